/**
 * Answers messages by a program.
 *
 * @since 0.1.0
 */
import * as CliOptions from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { resolve } from "node:path"
import * as DingTalkCards from "../../DingTalkCards.ts"
import { DingTalkConfig, type Settings } from "../../DingTalkConfig.ts"
import * as DingTalkMedia from "../../DingTalkMedia.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { DeadLetter, Handlers } from "../../inbound/Handlers.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { iteration } from "../../internal/runtime/eventLoop.ts"
import * as Encoding from "../../internal/text/encoding.ts"
import { UsageError } from "../errors.ts"
import { cliEvents } from "../logging.ts"
import { escaped } from "../text/printable.ts"
import * as Child from "./Child.ts"
import * as Children from "./Children.ts"
import * as Environment from "./environment.ts"
import * as Find from "./find.ts"
import * as LiveOutput from "./liveOutput.ts"
import * as Host from "./persistent/Host.ts"
import type * as Perform from "./persistent/perform.ts"

/** At a stop, how long programs may run on, in milliseconds: shorter than `drainTimeoutMs`, so that none is left alone. */
const graceMs = 1_000

const said = (name: string, description: string) =>
  CliOptions.text(name).pipe(
    CliOptions.withPseudoName("TEXT"),
    CliOptions.withDescription(description),
    CliOptions.optional
  )

/**
 * The options that say how.
 *
 * @since 0.1.0
 * @category options
 */
export const options = {
  timeout: CliOptions.float("timeout").pipe(
    CliOptions.withPseudoName("SECONDS"),
    CliOptions.withDescription(
      "End a program that takes longer: SIGTERM, and SIGKILL 2 s later. Default: no bound. With --persistent: give up a " +
        "message that is not done by then. Default: 300."
    ),
    CliOptions.optional
  ),
  persistent: CliOptions.boolean("persistent").pipe(
    CliOptions.withDescription(
      "Start the program once, and talk with it by lines of JSON: see docs/exec.md. It is started anew when it ends."
    )
  ),
  stream: CliOptions.boolean("stream").pipe(
    CliOptions.withDescription("Reply by a card that shows what the program prints as it prints it.")
  ),
  cardTemplate: CliOptions.text("card-template").pipe(
    CliOptions.withPseudoName("ID"),
    CliOptions.withDescription("The AI template of the card. Default: one that DingTalk publishes for everybody."),
    CliOptions.optional
  ),
  cardKey: CliOptions.text("card-key").pipe(
    CliOptions.withPseudoName("NAME"),
    CliOptions.withDescription("The variable of the template that holds the text. Default: msgContent."),
    CliOptions.optional
  ),
  encoding: CliOptions.text("encoding").pipe(
    CliOptions.withPseudoName("NAME"),
    CliOptions.withDescription(
      "Of what the program prints. Default: UTF-8, or GB18030 for what is not; with --stream UTF-8."
    ),
    CliOptions.optional
  ),
  download: CliOptions.text("download").pipe(
    CliOptions.withPseudoName("DIR"),
    CliOptions.withDescription(
      "Put the files of a message there first; DINGTALK_MEDIA_PATHS has their paths, one a line. Default: not fetched."
    ),
    CliOptions.optional
  ),
  onError: said("on-error", "What to reply when the program fails. Default: nothing."),
  onTimeout: said("on-timeout", "What to reply when it takes longer than --timeout. Default: as --on-error."),
  onBusy: said("on-busy", "What to reply to a message that finds no room in the queue. Default: nothing.")
}

/**
 * What was given for {@link options}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Given extends CardGiven {
  readonly timeout: Option.Option<number>
  readonly encoding: Option.Option<string>
  readonly download: Option.Option<string>
  readonly onError: Option.Option<string>
  readonly onTimeout: Option.Option<string>
  readonly onBusy: Option.Option<string>
}

interface CardGiven {
  readonly persistent: boolean
  readonly stream: boolean
  readonly cardTemplate: Option.Option<string>
  readonly cardKey: Option.Option<string>
}

/** How the card is made; `undefined` without one. */
const cardOf = (
  { cardKey, cardTemplate, persistent, stream }: CardGiven
): Effect.Effect<DingTalkCards.LiveOptions | undefined, UsageError> => {
  if (stream && persistent) {
    return new UsageError({ problem: "--stream is not for --persistent: there the program makes cards by card.create" })
  }
  const alone = Option.isSome(cardTemplate) ? "--card-template" : Option.isSome(cardKey) ? "--card-key" : undefined
  if (!stream) {
    return alone === undefined
      ? Effect.succeed(undefined)
      : new UsageError({ problem: `${alone} belongs to --stream: leave it out, or give that` })
  }
  return Effect.succeed({
    templateId: Option.getOrUndefined(cardTemplate),
    contentKey: Option.getOrUndefined(cardKey),
    // The bound is that of the bytes, of which each character has at least one.
    maxCharacters: Child.maxOutputBytes
  })
}

/** Longest time from a message to its end, for a program that stays, in milliseconds. */
const persistentTimeoutMs = 300_000

/** How long after its time-out what is said about that may take, in milliseconds. */
const apologyMs = 30_000

/**
 * The time-outs are kept here, where the one who waits can be told; and a program that stays gets what is said in a
 * conversation one after the other.
 */
const adapt = (persistent: boolean) => (settings: Settings): Settings => ({
  ...settings,
  accounts: new Map(Array.from(settings.accounts, ([id, account]) => [id, {
    ...account,
    ordering: persistent ? "conversation" : account.ordering,
    handlerTimeoutMs: account.handlerTimeoutMs === undefined ? undefined : account.handlerTimeoutMs + apologyMs
  }]))
})

/** The shorter one of what was given and the account's own. */
const boundOf = (accountId: string, givenMs: number | undefined) =>
  Effect.map(Effect.flatMap(DingTalkConfig, ({ get }) => get), ({ accounts }) => {
    const own = accounts.get(accountId)?.handlerTimeoutMs
    const bound = Math.min(givenMs ?? Infinity, own === undefined ? Infinity : own - apologyMs)
    return bound === Infinity ? undefined : bound
  })

const secretsOf = ({ accounts }: Settings): ReadonlySet<string> =>
  new Set(Array.from(accounts.values(), ({ appSecret }) => Redacted.value(appSecret)))

/** The bound in milliseconds; a bound that is none is a mistake. */
const timeoutOf = (seconds: Option.Option<number>): Effect.Effect<number | undefined, UsageError> => {
  const value = Option.getOrUndefined(seconds)
  return value === undefined || (value > 0 && Number.isFinite(value))
    ? Effect.succeed(value === undefined ? undefined : value * 1_000)
    : Effect.fail(new UsageError({ problem: `--timeout must be more than 0 seconds, but is ${value}` }))
}

/** Python keeps back what it prints to a pipe, and on Windows prints it in the encoding of the country. */
const unbuffered = { PYTHONUNBUFFERED: "1", PYTHONUTF8: "1" }

/** Starting a process takes milliseconds, in which nothing is acknowledged: first everything that came is read. */
const behindReading = iteration

/** Answers by one message, when all is there. */
const reply = (message: Message, options: Child.Options) =>
  Effect.flatMap(Child.run(options), (output) => {
    const text = output.trimEnd()
    return text === "" ? Effect.void : DingTalkSender.reply(message, text)
  })

/** Answers by a card, as it comes. */
const replyLive = (message: Message, options: Child.Options, card: DingTalkCards.LiveOptions) =>
  Effect.flatMap(
    DingTalkCards.streamReply(
      message,
      LiveOutput.withoutEnd(LiveOutput.decoded(Child.stream(options), options.encoding)),
      card
    ),
    ({ degraded }) =>
      degraded === undefined
        ? Effect.void
        : Effect.annotateLogs(Effect.logWarning(cliEvents.degraded), {
          account: message.accountId,
          reason: degraded.message
        })
  )

/** Fetches the files of a message, and gives their paths; what can't be had is logged, and has none. */
const fetched = (message: Message, directory: string) =>
  Effect.forEach(message.media, (media) =>
    Effect.matchEffect(DingTalkMedia.downloadTo(directory, message, media), {
      onSuccess: ({ path }) => Effect.succeed<string | undefined>(resolve(path)),
      onFailure: (error) =>
        Effect.annotateLogs(Effect.logWarning(cliEvents.download), {
          account: message.accountId,
          messageId: message.messageId,
          reason: error.message
        }).pipe(Effect.as(undefined))
    }))

/** An encoding that is none is a mistake. */
const encodingOf = (given: Option.Option<string>): Effect.Effect<string | undefined, UsageError> => {
  const name = Option.getOrUndefined(given)
  return name === undefined || Encoding.isKnown(name)
    ? Effect.succeed(name)
    : Effect.fail(new UsageError({ problem: `--encoding: there is no "${name}"; name one such as utf-8 or gb18030` }))
}

/** That the command failed, and not the reply, or that this program is being stopped. */
const isOfCommand = (error: unknown): boolean =>
  Predicate.isTagged(error, "Unanswered") ||
  (Predicate.isTagged(error, "CommandFailed") && !(Predicate.hasProperty(error, "kind") && error.kind === "stopped"))

/** That the program was cut off, or let go of a message, because this one is being stopped. */
const isOfStop = (error: unknown): boolean =>
  Predicate.hasProperty(error, "kind") && (error.kind === "stopped" || error.kind === "lost")

const isTooLate = (error: unknown): boolean => Predicate.hasProperty(error, "kind") && error.kind === "tooLate"

/** Replies with what was given for the case, if anything. */
const replyWith = (message: Message, text: Option.Option<string>) =>
  Option.match(text, { onNone: () => Effect.void, onSome: (words) => DingTalkSender.reply(message, words) })

/**
 * How each message is answered, found right as far as the command line goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  readonly given: Given
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly timeoutMs: number | undefined
  readonly card: DingTalkCards.LiveOptions | undefined
  readonly encoding: string | undefined
}

/**
 * Reads what was given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plan = (
  given: Given,
  [program, ...args]: readonly [string, ...ReadonlyArray<string>]
): Effect.Effect<Plan, UsageError> =>
  Effect.all({
    given: Effect.succeed(given),
    program: Effect.succeed(program),
    args: Effect.succeed(args),
    timeoutMs: timeoutOf(given.timeout),
    card: cardOf(given),
    encoding: encodingOf(given.encoding)
  })

/** What handlers need beyond the channel: all of it is there where it runs. */
type Does = Perform.Needs | DingTalkConfig | Children.Children

/**
 * What runs a channel whose messages a program answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answering {
  /** What is made of the settings, of those that a reload brings, too. */
  readonly adapt: (settings: Settings) => Settings
  readonly handlers: Effect.Effect<Handlers<Does>, UsageError, Does | Scope.Scope>
  /** Run at the beginning of a stop. */
  readonly onStopping: Effect.Effect<void>
}

/**
 * Gets ready to answer by what was planned.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  { args, card, encoding, given, program, timeoutMs }: Plan,
  settings: Settings,
  /** Whether messages are kept where what fails is tried again. */
  isKept: boolean
): Effect.Effect<Answering, UsageError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const inherited = Environment.inherited(process.env, secretsOf(settings))
    yield* Find.check(program, inherited)
    const download = Option.getOrUndefined(given.download)
    const apologise = (message: Message, error: unknown) =>
      replyWith(message, isTooLate(error) ? Option.orElse(given.onTimeout, () => given.onError) : given.onError)
    const stopping = yield* Deferred.make<void>()
    /** What a stop has cut off is no attempt: the channel, which stops too, cuts off who still waits, and keeps it so. */
    const unlessStopped = <A, E, R>(answer: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.tapError(answer, (error) =>
        Effect.flatMap(
          Deferred.isDone(stopping),
          (isStopping) => isStopping && isOfStop(error) ? Effect.never : Effect.void
        ))
    /** Who wrote what is tried again is told when nobody tries any more. */
    const apologising = <A, E, R>(onMessage: (message: Message) => Effect.Effect<A, E, R>) =>
      isKept
        ? {
          onMessage: (message: Message) => unlessStopped(onMessage(message)),
          onDeadLetter: (message: Message, { cause }: DeadLetter) => apologise(message, Cause.squash(cause))
        }
        : {
          onMessage: (message: Message) =>
            Effect.tapError(onMessage(message), (error) => isOfCommand(error) ? apologise(message, error) : Effect.void)
        }
    const onDropped = Option.map(given.onBusy, (words) => (message: Message) => DingTalkSender.reply(message, words))
    const running = {
      adapt: adapt(given.persistent),
      onStopping: Effect.asVoid(Deferred.succeed(stopping, undefined))
    }
    if (given.persistent) {
      const handlers = Effect.gen(function*() {
        const host = yield* Host.make({
          command: { command: program, args, env: { ...unbuffered, ...inherited } },
          accounts: [...settings.accounts.keys()],
          encoding,
          timeoutOf: (id) => Effect.map(boundOf(id, timeoutMs), (ms) => ms ?? persistentTimeoutMs),
          download: download === undefined ? undefined : (message) => fetched(message, download)
        })
        yield* Effect.forkScoped(Effect.zipRight(Deferred.await(stopping), host.stop))
        return {
          ...host,
          ...apologising(host.onMessage),
          onDropped: Option.getOrUndefined(onDropped)
        }
      }).pipe(
        Effect.catchTag("NotStarted", ({ message }) => new UsageError({ problem: `${escaped(program)} ${message}` }))
      )
      return { ...running, handlers }
    }
    const stop = Deferred.await(stopping).pipe(
      Effect.zipRight(Effect.sleep(graceMs)),
      Effect.zipRight(Effect.fail("was ended, because this program is being stopped"))
    )
    const known = yield* Ref.make<{ readonly of: Settings; readonly env: typeof inherited }>({
      of: settings,
      env: inherited
    })
    /** What of the environment is left for the command, by the secrets in force. */
    const environment = Effect.gen(function*() {
      const of = yield* Effect.flatMap(DingTalkConfig, ({ get }) => get)
      const before = yield* Ref.get(known)
      if (before.of === of) return before.env
      const env = Environment.inherited(process.env, secretsOf(of))
      yield* Ref.set(known, { of, env })
      return env
    })
    const answer = (message: Message) =>
      Effect.gen(function*() {
        // What waited in the queue until now is given up, and counted so, rather than begun.
        if (yield* Deferred.isDone(stopping)) return yield* Effect.never
        yield* behindReading
        const paths = download === undefined ? [] : yield* fetched(message, download)
        const options: Child.Options = {
          command: program,
          args,
          env: Environment.forMessage(yield* environment, message, paths),
          stdin: Environment.stdinOf(message),
          encoding,
          timeoutMs: yield* boundOf(message.accountId, timeoutMs),
          stop
        }
        const { accounts } = yield* Effect.flatMap(DingTalkConfig, ({ get }) => get)
        // A card knows no plain text.
        const renderMode = accounts.get(message.accountId)?.renderMode === "markdown" ? "markdown" : "auto"
        yield* card === undefined ? reply(message, options) : replyLive(message, options, { ...card, renderMode })
      })
    return {
      ...running,
      handlers: Effect.succeed({ ...apologising(answer), onDropped: Option.getOrUndefined(onDropped) })
    }
  })
