/**
 * The playground as a whole: DingTalk, a robot, a page.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import type { AccountStatus } from "../../accounts/AccountStatus.ts"
import * as DingTalkChannel from "../../DingTalkChannel.ts"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { Handlers } from "../../inbound/Handlers.ts"
import * as PageServer from "../../pageServer/PageServer.ts"
import { defaults, StreamTiming } from "../../stream/StreamTiming.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import * as FakeDingTalk from "../../testing/FakeDingTalk.ts"
import { PortUnavailable } from "../../testing/Seen.ts"
import * as Options from "../argv/options.ts"
import { AccountsStopped, UsageError } from "../errors.ts"
import * as Answering from "../exec/answering.ts"
import * as Children from "../exec/Children.ts"
import * as Logging from "../logging.ts"
import * as Network from "../network.ts"
import { Stdout } from "../process/Stdout.ts"
import { Language } from "../words/Catalogue.ts"
import * as BuiltIn from "./robot.ts"
import * as Routes from "./routes.ts"
import * as Sightings from "./sightings.ts"
import * as Stage from "./Stage.ts"

/**
 * What was given to `play`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given extends Answering.Given {
  readonly logFormat: Option.Option<Logging.LogFormat>
  readonly port: number
  readonly dingtalkPort: number
  readonly own: boolean
  readonly open: boolean
  readonly robotOnly: boolean
}

/** Waiting has no bound here: as good as for ever, and the longest that a timer of Node's can do. */
const forEverMs = 2 ** 31 - 1

/** A heart that beats faster than in earnest, so that nobody has to wait for a minute to see a dead socket found. */
const timing = { ...defaults, closeTimeoutMs: 2_000, pingIntervalMs: 2_000 }

const account = "default"

const settingsFor = ({ config: { apiBaseUrl, appKey, appSecret, oapiBaseUrl } }: Fake) =>
  Effect.orDie(DingTalkConfig.decodeUnknown({ appKey, appSecret, apiBaseUrl, oapiBaseUrl, drainTimeoutMs: 1_000 }))

/** What a robot stands on, for the life of the scope. */
const ground = (settings: DingTalkConfig.Settings) =>
  Layer.build(
    Layer.provideMerge(
      DingTalkSender.layer,
      Layer.mergeAll(DingTalkConfig.layer(settings), Network.layer, Layer.succeed(StreamTiming, timing))
    )
  )

/** A robot that runs here, for the life of the scope. */
const running = <R>(handlers: Handlers<R>) =>
  Effect.map(DingTalkChannel.make(handlers), (channel) => ({
    status: Effect.map(channel.statuses, (statuses) => statuses.get(account)?._tag),
    changes: channel.statusChanges,
    start: Effect.orDie(channel.start(account)),
    stop: Effect.orDie(channel.stop(account))
  }))

type Robot = Pick<Routes.Robot, "start" | "stop" | "changes"> & {
  readonly status: Effect.Effect<AccountStatus["_tag"] | undefined>
}

/** Nobody's business here: it comes and goes as it likes. */
const ownRobot: Robot = {
  status: Effect.succeed(undefined),
  changes: Stream.empty,
  start: Effect.void,
  stop: Effect.void
}

/** The options of `exec` that were given, as they are to be given again. */
const answeringWords = (given: Answering.Given): ReadonlyArray<string> => [
  ...given.persistent ? ["--persistent"] : [],
  ...given.stream ? ["--stream"] : [],
  ...Object.entries({
    "--timeout": Option.map(given.timeout, String),
    "--card-template": given.cardTemplate,
    "--card-key": given.cardKey,
    "--encoding": given.encoding,
    "--download": given.download,
    "--on-error": given.onError,
    "--on-timeout": given.onTimeout,
    "--on-busy": given.onBusy
  }).flatMap(([name, value]) => Option.match(value, { onNone: () => [], onSome: (text) => [name, text] }))
]

/** What the system opens an address with. */
const openers: Readonly<Record<string, ReadonlyArray<string>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""]
}

/** Whether a browser could be asked to open it. */
const opened = (url: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const [program = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"]
    const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" })
    child.once("error", () => resume(Effect.succeed(false)))
    child.once("spawn", () => {
      child.unref()
      resume(Effect.succeed(true))
    })
  })

/** The log goes to the page; to stderr, too, if somebody asks for a format. */
const loggers = (notes: Logger.Logger<unknown, void>, format: Option.Option<Logging.LogFormat>) =>
  Effect.map(FiberRef.get(FiberRef.currentMinimumLogLevel), (least) =>
    Logger.replace(
      Logger.defaultLogger,
      Option.match(format, {
        onNone: () => notes,
        onSome: (style) =>
          Logger.map(
            Logger.zip(
              notes,
              Logger.filterLogLevel(Logging.make(style), (level) => LogLevel.greaterThanEqual(level, least))
            ),
            () => undefined
          )
      })
    ))

/** The built-in robot without a page, as a saved test runs it. */
const robotAlone = (logFormat: Option.Option<Logging.LogFormat>) =>
  Effect.gen(function*() {
    const services = yield* ground(yield* DingTalkConfig.fromEnv)
    const channel = yield* Effect.provide(DingTalkChannel.make(BuiltIn.handlers), services)
    return yield* new AccountsStopped({ reasons: yield* channel.awaitAllStopped })
  }).pipe(Effect.provide(Options.logging(logFormat)))

/** What can't go together. */
const problemOf = (
  given: Given,
  command: ReadonlyArray<string>
): string | undefined => {
  const alone = given.own ? "--own" : given.robotOnly ? "--robot-only" : undefined
  if (given.own && given.robotOnly) return "--own and --robot-only: one starts no robot, the other nothing else"
  if (alone !== undefined && command.length > 0) return `${alone} is not for a COMMAND: leave one of them out`
  const [word] = answeringWords(given)
  return word !== undefined && command.length === 0
    ? `${word} belongs to a COMMAND: put one behind --, as in: play ${word} … -- cat`
    : undefined
}

/**
 * Plays, until it is stopped: with the robot that this command is, if there is one.
 *
 * Fails with `UsageError` when a port can't be had, or the command can't be run.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = (given: Given, command: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const problem = problemOf(given, command)
    if (problem !== undefined) return yield* new UsageError({ problem })
    if (given.robotOnly) return yield* robotAlone(given.logFormat)
    const [program, ...args] = command
    const plan = program === undefined ? undefined : yield* Answering.plan(given, [program, ...args])
    const { ended, print } = yield* Stdout
    const words = (yield* Language).play
    const fake = yield* FakeDingTalk.make({
      port: given.dingtalkPort,
      acceptAnyCredentials: true,
      awaitTimeoutMs: forEverMs
    }).pipe(
      Effect.catchSomeDefect((defect) =>
        defect instanceof PortUnavailable
          ? Option.some(new UsageError({ problem: `--dingtalk-port: ${defect.message}` }))
          : Option.none()
      )
    )
    const stage = yield* Stage.make(fake)
    if (given.own) yield* Effect.forkScoped(Sightings.noted(fake, stage.notes))
    const settings = yield* settingsFor(fake)
    const robot = yield* Effect.gen(function*() {
      if (given.own) return ownRobot
      if (plan === undefined) return yield* Effect.provide(running(BuiltIn.handlers), yield* ground(settings))
      const { adapt, handlers, onStopping } = yield* Answering.make(plan, settings, false)
      const started = yield* Effect.provide(Effect.flatMap(handlers, running), yield* ground(adapt(settings)))
      // Registered last, so it runs first.
      yield* Effect.addFinalizer(() => onStopping)
      return started
    }).pipe(
      Logger.withMinimumLogLevel(LogLevel.Debug),
      Effect.provide(yield* loggers(stage.notes.logger, given.logFormat))
    )
    const { apiBaseUrl, appKey, appSecret, oapiBaseUrl } = fake.config
    const own = {
      DINGTALK_CLIENT_ID: appKey,
      DINGTALK_CLIENT_SECRET: appSecret,
      DINGTALK_API_BASE_URL: apiBaseUrl,
      DINGTALK_OAPI_BASE_URL: oapiBaseUrl,
      DINGTALK_OPENAPI_ENDPOINT: apiBaseUrl
    }
    const routes = Routes.make(stage, {
      ...robot,
      command: given.own
        ? undefined
        : command.length === 0
        ? ["effect-dingtalk", "play", "--robot-only"]
        : ["effect-dingtalk", "exec", ...answeringWords(given), "--", ...command],
      changes: robot.changes,
      now: Effect.map(Effect.all({ live: fake.connections, status: robot.status }), ({ live, status }) => ({
        kind: given.own ? "own" : command.length === 0 ? "builtin" : "command",
        command,
        connections: live.length,
        status,
        settings: own
      }))
    })
    const { url } = yield* PageServer.serve({ page: "play", port: given.port, api: routes }).pipe(
      Effect.catchTags({
        PageNotBuilt: ({ message }) => new UsageError({ problem: message }),
        PagePortUnavailable: ({ message }) => new UsageError({ problem: `--port: ${message}` })
      })
    )
    yield* print(words.welcome(url))
    if (given.own) yield* print(words.own(Object.entries(own).map(([name, value]) => `export ${name}=${value}`)))
    if (given.open && !(yield* opened(url))) yield* print(words.noBrowser)
    yield* print(words.stop)
    return yield* ended
  }).pipe(Effect.scoped, Effect.provide(Children.layer))
