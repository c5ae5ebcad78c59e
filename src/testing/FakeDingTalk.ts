/**
 * A DingTalk on loopback: its HTTP APIs and its WebSocket gateway on real sockets, for tests and for trying a robot out
 * without an account.
 *
 * It follows the protocol's documents and what was seen in the field, shares no code with the client, and where no
 * source says what DingTalk does, a comment says that the choice is ours. It is a server, so its clock is the real one:
 * under a `TestClock` its own times go on.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Awaiting, Faults, ReadBack, Speaking } from "./Face.ts"
import * as internal from "./internal/make.ts"
import { resolve } from "./internal/settings.ts"
import type { Options } from "./Options.ts"

export type { Awaiting, Faults, PutFile, ReadBack, Speaking } from "./Face.ts"

/**
 * A running fake.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fake extends Speaking, Faults, ReadBack, Awaiting {
  readonly port: number
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The settings of an account that talks to it, as they stand in a configuration's JSON. */
  readonly config: {
    readonly appKey: string
    readonly appSecret: string
    readonly apiBaseUrl: string
    readonly oapiBaseUrl: string
  }
}

/**
 * The fake as a service.
 *
 * @since 0.1.0
 * @category tags
 */
export class FakeDingTalk extends Context.Tag("effect-dingtalk/testing/FakeDingTalk")<FakeDingTalk, Fake>() {}

/**
 * Starts a fake on 127.0.0.1. At the end of the scope all its sockets are destroyed at once, whatever clients do.
 *
 * Dies with `Seen.PortUnavailable` when a port was asked for and can't be had.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { FakeDingTalk } from "effect-dingtalk/testing"
 *
 * export const program = Effect.gen(function*() {
 *   const fake = yield* FakeDingTalk.make()
 *   // start a robot with fake.config
 *   yield* fake.awaitConnection
 *   yield* fake.say("你好", { from: "zhangsan" })
 *   return yield* fake.awaitReplies(1)
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Fake, never, Scope.Scope> => internal.make(resolve(options))

/**
 * The fake as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<FakeDingTalk> => Layer.scoped(FakeDingTalk, make(options))
