/**
 * What `listen` and `exec` have in common: a channel that runs until nothing will arrive any more.
 *
 * @since 0.1.0
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as ProcessBounds from "../accounts/ProcessBounds.ts"
import * as SilentStart from "../accounts/SilentStart.ts"
import * as DingTalkChannel from "../DingTalkChannel.ts"
import * as DingTalkConfig from "../DingTalkConfig.ts"
import * as DingTalkSender from "../DingTalkSender.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import * as Options from "./argv/options.ts"
import { AccountsStopped, UsageError } from "./errors.ts"
import * as InHand from "./inHand.ts"
import * as Draft from "./init/draft.ts"
import { cliEvents, type LogFormat } from "./logging.ts"
import * as Network from "./network.ts"
import { Hangup } from "./process/Hangup.ts"
import * as SecretFile from "./process/secretFile.ts"

/**
 * The options of a command that runs the channel.
 *
 * @since 0.1.0
 * @category options
 */
export const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  inbox: Options.inbox,
  ...Options.health,
  ...Options.console
}

/**
 * What was given for {@link options}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given {
  readonly config: Option.Option<string>
  readonly logFormat: Option.Option<LogFormat>
  readonly inbox: Option.Option<string>
  readonly healthPort: Option.Option<number>
  readonly healthHost: string
  readonly healthName: ReadonlyArray<string>
  readonly consolePort: Option.Option<number>
  readonly consoleText: boolean
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

/** With the console, if one is wanted: read then, as the health port is. */
const shown =
  ({ config, consolePort, consoleText }: Given, reload: Effect.Effect<void>) =>
  <A, E, R>(program: Effect.Effect<A, E, R>) =>
    Option.match(consolePort, {
      onNone: (): Effect.Effect<A, E | UsageError, R> => program,
      onSome: (port) =>
        Effect.flatMap(
          Effect.promise(() => import("./console/layer.ts")),
          (Console) => Effect.provide(program, Console.make({ port, showText: consoleText, config, reload }))
        )
    })

/** With the inbox, if one is wanted: its drivers are read then. */
const kept = ({ inbox }: Given) => <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Option.match(inbox, {
    onNone: (): Effect.Effect<A, E | UsageError, R> => program,
    onSome: (given) =>
      Effect.flatMap(
        Effect.promise(() => import("./inbox/durable.ts")),
        (Durable) => Durable.provide(given)(program)
      )
  })

/**
 * What a command runs the channel with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Command<R, E, R2> {
  readonly given: Given
  readonly settings: DingTalkConfig.Settings
  /** What the command makes of the settings, of those that a reload brings, too. Default: nothing. */
  readonly adapt?: (settings: DingTalkConfig.Settings) => DingTalkConfig.Settings
  /** Made before the first connection; what they acquire outlives the last one. */
  readonly handlers: Effect.Effect<Handlers<R>, E, R2>
  /** Run at the beginning of a stop, while handlers still have their time to finish. Default: nothing. */
  readonly onStopping?: Effect.Effect<void>
}

/** Whether a file holds no credentials, and no accounts: it is not there yet, or waits to be filled in. */
const isBlank = (path: string): Effect.Effect<boolean> =>
  Effect.flatMap(SecretFile.read(path), Draft.read).pipe(
    Effect.map((fields) => !Draft.hasCredentials(fields) && !("accounts" in fields)),
    Effect.orElseSucceed(() => false),
    Effect.provide(NodeFileSystem.layer)
  )

/**
 * The settings that were given. With the console over a file without credentials there are no accounts yet, instead of a
 * failure: its form makes them.
 *
 * @since 0.1.0
 * @category operations
 */
export const settings = (
  { config, consolePort, consoleText }: Given
): Effect.Effect<DingTalkConfig.Settings, DingTalkConfig.DingTalkConfigError | UsageError> =>
  consoleText && Option.isNone(consolePort)
    ? new UsageError({ problem: "--console-text belongs to --console-port: leave it out, or give that" })
    : Effect.catchTag(
      Options.settings(config),
      "DingTalkConfigError",
      (error) =>
        Option.match(Option.zipRight(consolePort, config), {
          onNone: () => error,
          onSome: (path) =>
            Effect.if(isBlank(path), {
              onTrue: () =>
                Effect.as(
                  Effect.annotateLogs(Effect.logWarning(cliEvents.noAccounts), {
                    config: path,
                    hint: "open the console's address, and fill in its set-up form"
                  }),
                  { accounts: new Map(), warnings: [] }
                ),
              onFalse: () => error
            })
        })
    )

/** Reads the configuration anew and puts it in force. One that can't be used changes nothing. */
const reload = (
  channel: DingTalkChannel.Channel,
  config: Option.Option<string>,
  adapt: (settings: DingTalkConfig.Settings) => DingTalkConfig.Settings
): Effect.Effect<void> => {
  const refused = (reason: string) => Effect.annotateLogs(Effect.logError(cliEvents.notReloaded), { reason })
  return Option.isNone(config)
    ? refused(
      "the settings come from the environment, which a running program keeps: give --config FILE, or restart it"
    )
    : Effect.matchEffect(Options.settings(config), {
      onFailure: ({ message }) => refused(message),
      onSuccess: (settings) => channel.reload(adapt(settings))
    })
}

/** The first process of a container inherits what others leave behind, and Node waits for its own children only. */
const warnIfFirst = Effect.suspend(() =>
  process.pid === 1
    ? Effect.annotateLogs(Effect.logWarning(cliEvents.firstProcess), {
      hint: "orphans that programs leave behind are not reaped by this process 1: docker run --init, or tini before it"
    })
    : Effect.void
)

/**
 * Runs the channel. Never succeeds; fails with `AccountsStopped` once DingTalk refuses every account for good. An account
 * that stops alone is logged, and the others go on. SIGHUP reloads the configuration. With the console over a file it goes
 * on even then: the file can be mended there.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <R, E, R2>(
  { adapt = identity, given, handlers, onStopping = Effect.void, settings }: Command<R, E, R2>
) => {
  const services = Layer.provideMerge(
    DingTalkSender.layer,
    Layer.mergeAll(DingTalkConfig.layer(adapt(settings)), Network.layer, Network.timing)
  )
  const running = (written: Queue.Dequeue<void>) =>
    Effect.gen(function*() {
      yield* warnIfFirst
      const bounds = yield* ProcessBounds.make
      const channel = yield* DingTalkChannel.make(yield* InHand.tracked(yield* handlers, bounds.memory.waiting)).pipe(
        Effect.provideService(ProcessBounds.ProcessBounds, bounds),
        Effect.provideService(SilentStart.ForAnyAccount, true)
      )
      yield* serveHealth(given, channel)
      const { requests } = yield* Hangup
      const reloads = Stream.merge(requests, Stream.fromQueue(written))
      yield* Effect.forkScoped(Stream.runForEach(reloads, () => reload(channel, given.config, adapt)))
      // Registered last, so it runs first.
      yield* Effect.addFinalizer((exit) =>
        Effect.zipRight(Exit.isInterrupted(exit) ? Effect.logInfo(cliEvents.stopping) : Effect.void, onStopping)
      )
      const reasons = yield* channel.awaitAllStopped
      // Somebody may mend the configuration by the console's form.
      if (Option.isSome(given.consolePort) && Option.isSome(given.config)) return yield* Effect.never
      return yield* new AccountsStopped({ reasons })
    }).pipe(Effect.scoped, Effect.provide(services))
  return Effect.gen(function*() {
    // On a terminal SIGHUP is no request, but a form that was saved is.
    const written = yield* Queue.sliding<void>(1)
    return yield* shown(given, Effect.asVoid(Queue.offer(written, undefined)))(running(written))
  }).pipe(kept(given))
}
