/**
 * What the channels of one process share: the memory that waiting deliveries may take, and the pace of opening calls.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as QueueMemory from "../inbound/queue/QueueMemory.ts"
import * as Openings from "./Openings.ts"

/**
 * The bounds in force.
 *
 * @since 0.1.0
 * @category tags
 */
export class ProcessBounds extends Context.Tag("effect-dingtalk/accounts/ProcessBounds")<ProcessBounds, {
  readonly memory: QueueMemory.Ledger
  readonly openings: Openings.Openings
}>() {}

/**
 * Bounds that nobody else has a share in.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Context.Tag.Service<ProcessBounds>, never, Scope.Scope> = Effect.all({
  memory: QueueMemory.make,
  openings: Openings.make
})

/**
 * Bounds for all channels that are put together into one application: a layer is built once for all of them.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ProcessBounds> = Layer.scoped(ProcessBounds, make)

/**
 * The bounds of the context; for a channel that stands alone, ones of its own.
 *
 * @since 0.1.0
 * @category accessors
 */
export const ofContext: Effect.Effect<Context.Tag.Service<ProcessBounds>, never, Scope.Scope> = Effect.flatMap(
  Effect.serviceOption(ProcessBounds),
  Option.match({ onNone: () => make, onSome: Effect.succeed })
)
