/**
 * One run of an account: its inbound side and its connections, from a start to a stop.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { PermanentError } from "../DingTalkError.ts"
import * as Inbound from "../inbound/Inbound.ts"
import { subscriptions } from "../inbound/subscriptions.ts"
import { releasing } from "../internal/runtime/releasing.ts"
import type { Heartbeat } from "../stream/Heartbeat.ts"
import * as Runner from "../stream/Runner.ts"
import type { Transport } from "../stream/Transport.ts"
import type { Chosen } from "./Leadership.ts"

/**
 * What a run is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R> extends Pick<Runner.Options, "onPhase" | "beforeOpening" | "log">, Inbound.Options<R> {
  /** Told of the inbound side when it is there, and of `undefined` when it is gone. */
  readonly onInbound: (inbound: Inbound.Inbound | undefined) => Effect.Effect<void>
  /** Who holds the connection. Default: this run. */
  readonly leadership?: Chosen | undefined
  /** Told whether another process may hold the connection while this one stands by. */
  readonly onStandby: Effect.Effect<void>
}

/**
 * Runs what comes of a preparation, within the scope that this had; the scope is closed by a fiber of its own. A fiber passes
 * its interruption on to its children even where it is uninterruptible itself, and a wait within a bound is made of children: a run that is being wound up, and is
 * interrupted again by the end of the program, would drop what is in hand ("though the program ends meanwhile" in
 * `test/model/defects.model.test.ts` fails without it).
 */
const scopedApart = <A, E1, R1, E2, R2>(
  prepare: Effect.Effect<Effect.Effect<A, E1, R1>, E2, R2>
): Effect.Effect<A, E1 | E2, R1 | Exclude<R2, Scope.Scope>> =>
  Effect.acquireUseRelease(
    Scope.make(),
    // What has led up to it is not kept while it goes on, for days.
    (scope) => Effect.flatten(Scope.extend(prepare, scope)),
    (scope, exit) => Effect.flatMap(Effect.forkDaemon(Scope.close(scope, exit)), Fiber.join)
  )

/**
 * Runs an account until something permanent ends it, or it is interrupted. Its scope is left in this order: stop taking
 * and drain, at the bound of which what is still being handled is interrupted, then close the connections, then wait for
 * the handlers that end late.
 *
 * @since 0.1.0
 * @category operations
 */
export const make = <R>(
  options: Options<R>
): Effect.Effect<never, PermanentError, Exclude<R, Scope.Scope> | Transport | Heartbeat | HttpClient.HttpClient> =>
  scopedApart(Effect.gen(function*() {
    const inbound = yield* Inbound.make(options)
    yield* releasing(options.onInbound(inbound), () => options.onInbound(undefined))
    const connection = Runner.make({
      ...options,
      subscriptions: subscriptions(options.settings, options.handlers),
      onDelivery: inbound.onDelivery,
      onOdd: inbound.onOdd
    })
    const run = yield* options.leadership === undefined
      ? connection
      : options.leadership.elect(
        options.settings.id,
        Effect.flatten(connection),
        (isChosen) => isChosen ? Effect.void : options.onStandby
      )
    yield* releasing(Effect.void, () => inbound.drain)
    return run
  }))
