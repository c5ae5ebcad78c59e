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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Awaiting, Faults, ReadBack, Speaking } from "./Face.ts"
import { Settings } from "./internal/settings.ts"
import { Timers } from "./internal/Timers.ts"
import { Watch } from "./internal/Watch.ts"
import type { Options } from "./Options.ts"
import { Conversations } from "./people/Conversations.ts"
import { Files } from "./people/Files.ts"
import { awaiting, readBack } from "./people/seeing.ts"
import { speaking } from "./people/speaking.ts"
import { unreached } from "./people/unreached.ts"
import * as Api from "./routes/Api.ts"
import { Calls } from "./server/Calls.ts"
import { Credentials } from "./server/Credentials.ts"
import { Deliveries } from "./server/Deliveries.ts"
import { callFaults, socketFaults } from "./server/faults.ts"
import { Gate } from "./server/Gate.ts"
import * as HttpSide from "./server/HttpSide.ts"
import { Links } from "./server/Links.ts"
import { Listener } from "./server/Listener.ts"
import { Upgrades } from "./server/Upgrades.ts"

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
  /**
   * The settings of an account that talks to it, as they stand in a configuration's JSON. Its own rate limit is out of
   * reach, so that no call waits for a clock that a test does not move: set `rateLimit` and `rateBurst` if they matter.
   */
  readonly config: {
    readonly appKey: string
    readonly appSecret: string
    readonly apiBaseUrl: string
    readonly oapiBaseUrl: string
    readonly rateLimit: number
    readonly rateBurst: number
  }
}

/**
 * The fake as a service.
 *
 * @since 0.1.0
 * @category tags
 */
export class FakeDingTalk extends Context.Tag("effect-dingtalk/testing/FakeDingTalk")<FakeDingTalk, Fake>() {}

/** What a fake is made of, from the ground up. */
const services = (options: Options) =>
  Layer.mergeAll(HttpSide.layer, Upgrades.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Deliveries.layer, Calls.layer)),
    Layer.provide(Layer.mergeAll(Gate.layer, Api.layer)),
    Layer.provideMerge(Layer.mergeAll(Conversations.layer, Credentials.layer, Files.layer, Listener.baseUrl)),
    Layer.provideMerge(Layer.mergeAll(Links.layer, Listener.layer, Watch.layer)),
    Layer.provideMerge(Layer.merge(Settings.layer(options), Timers.layer))
  )

/** A bucket that no test empties. */
const unlimited = { rateLimit: 1_000_000, rateBurst: 1_000_000 }

const start = Effect.gen(function*() {
  const { listen } = yield* Listener
  const { apps: [{ clientId, clientSecret }] } = yield* Settings
  const seen = yield* readBack
  const faces = {
    ...yield* speaking,
    ...yield* callFaults,
    ...yield* socketFaults,
    ...yield* unreached,
    ...seen,
    ...yield* awaiting(seen)
  }
  const port = yield* listen
  const url = `http://127.0.0.1:${port}`
  return {
    ...faces,
    port,
    url,
    config: { ...unlimited, appKey: clientId, appSecret: clientSecret, apiBaseUrl: url, oapiBaseUrl: url }
  } satisfies Fake
})

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
export const make = (options: Options = {}): Effect.Effect<Fake, never, Scope.Scope> =>
  Effect.flatMap(Layer.build(services(options)), (context) => Effect.provide(start, context))

/**
 * The fake as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<FakeDingTalk> => Layer.scoped(FakeDingTalk, make(options))
