/**
 * What `listen` and `exec` have in common: a channel that runs until nothing will arrive any more.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ProcessBounds from "../accounts/ProcessBounds.ts"
import * as DingTalkChannel from "../DingTalkChannel.ts"
import * as DingTalkConfig from "../DingTalkConfig.ts"
import * as DingTalkSender from "../DingTalkSender.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import * as Options from "./argv/options.ts"
import { AccountsStopped } from "./errors.ts"
import * as InHand from "./inHand.ts"
import { cliEvents, type LogFormat } from "./logging.ts"
import * as Network from "./network.ts"

/**
 * The options of a command that runs the channel.
 *
 * @since 0.1.0
 * @category options
 */
export const options = { config: Options.config, logFormat: Options.logFormat, ...Options.health }

/**
 * What was given for {@link options}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given {
  readonly config: Option.Option<string>
  readonly logFormat: Option.Option<LogFormat>
  readonly healthPort: Option.Option<number>
  readonly healthHost: string
  readonly healthName: ReadonlyArray<string>
}

const serveHealth = ({ healthHost, healthName, healthPort }: Given, channel: DingTalkChannel.Channel) =>
  Option.match(healthPort, {
    onNone: () => Effect.void,
    // Read when it is asked for: an HTTP server is a tenth of the program.
    onSome: (port) =>
      Effect.flatMap(
        Effect.promise(() => import("./health/server.ts")),
        (Health) => Health.serve({ host: healthHost, names: healthName, port, statuses: channel.statuses })
      )
  })

/**
 * Runs the channel with these settings and handlers. Never succeeds; fails with `AccountsStopped` once DingTalk refuses
 * every account for good. An account that stops alone is logged, and the others go on.
 *
 * `onStopping` is run at the beginning of a stop, while handlers still have their time to finish.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <R>(
  { given, handlers, onStopping = Effect.void, settings }: {
    readonly given: Given
    readonly settings: DingTalkConfig.Settings
    readonly handlers: Handlers<R>
    readonly onStopping?: Effect.Effect<void>
  }
) => {
  const config = DingTalkConfig.layer(settings)
  const services = Layer.mergeAll(
    config,
    DingTalkSender.layer.pipe(Layer.provide(config), Layer.provide(Network.layer)),
    Network.layer,
    Network.timing
  )
  return Effect.gen(function*() {
    const bounds = yield* ProcessBounds.make
    const channel = yield* DingTalkChannel.make(yield* InHand.tracked(handlers, bounds.memory.waiting)).pipe(
      Effect.provideService(ProcessBounds.ProcessBounds, bounds)
    )
    yield* serveHealth(given, channel)
    // Registered last, so it runs first.
    yield* Effect.addFinalizer((exit) =>
      Effect.zipRight(Exit.isInterrupted(exit) ? Effect.logInfo(cliEvents.stopping) : Effect.void, onStopping)
    )
    const reasons = yield* channel.awaitAllStopped
    return yield* new AccountsStopped({ reasons })
  }).pipe(Effect.scoped, Effect.provide(services))
}
