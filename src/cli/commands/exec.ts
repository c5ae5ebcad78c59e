/**
 * `exec`: each message is answered by a program.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as DingTalkCards from "../../DingTalkCards.ts"
import type { Settings } from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { turn } from "../../internal/eventLoop.ts"
import { CommandLine } from "../argv/CommandLine.ts"
import * as Options from "../argv/options.ts"
import { UsageError } from "../errors.ts"
import * as Child from "../exec/Child.ts"
import * as Children from "../exec/Children.ts"
import * as Environment from "../exec/environment.ts"
import * as Find from "../exec/find.ts"
import * as LiveOutput from "../exec/liveOutput.ts"
import { cliEvents } from "../logging.ts"
import * as Running from "../running.ts"

const description = "Answer each message by a program: it gets the text on stdin, and what it prints is the reply. " +
  "If it prints nothing, nothing is sent. With --stream the reply is a card that shows it while it comes. " +
  "The program is started directly, never by a shell: effect-dingtalk exec --config FILE -- COMMAND ARGS…"

/** At a stop, how long programs may run on, in milliseconds: shorter than `drainTimeoutMs`, so that none is left alone. */
const graceMs = 1_000

const options = {
  ...Running.options,
  timeout: CliOptions.float("timeout").pipe(
    CliOptions.withPseudoName("SECONDS"),
    CliOptions.withDescription("End a program that takes longer: SIGTERM, and SIGKILL 2 s later. Default: no bound."),
    CliOptions.optional
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
  )
}

interface CardGiven {
  readonly stream: boolean
  readonly cardTemplate: Option.Option<string>
  readonly cardKey: Option.Option<string>
}

/** How the card is made; `undefined` without one. */
const cardOf = (
  { cardKey, cardTemplate, stream }: CardGiven
): Effect.Effect<DingTalkCards.LiveOptions | undefined, UsageError> => {
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

const secretsOf = ({ accounts }: Settings): ReadonlySet<string> =>
  new Set(Array.from(accounts.values(), ({ appSecret }) => Redacted.value(appSecret)))

/** The bound in milliseconds; a bound that is none is a mistake. */
const timeoutOf = (seconds: Option.Option<number>): Effect.Effect<number | undefined, UsageError> => {
  const value = Option.getOrUndefined(seconds)
  return value === undefined || (value > 0 && Number.isFinite(value))
    ? Effect.succeed(value === undefined ? undefined : value * 1_000)
    : Effect.fail(new UsageError({ problem: `--timeout must be more than 0 seconds, but is ${value}` }))
}

/** Starting a process takes milliseconds, in which nothing is acknowledged: first everything that came is read. */
const behindReading = turn

/** Answers by one message, when all is there. */
const reply = (message: Message, options: Child.Options) =>
  Effect.flatMap(Child.run(options), (output) => {
    const text = output.trimEnd()
    return text === "" ? Effect.void : DingTalkSender.reply(message, text)
  })

/** Answers by a card, as it comes. */
const replyLive = (message: Message, options: Child.Options, card: DingTalkCards.LiveOptions) =>
  Effect.flatMap(
    DingTalkCards.streamReply(message, LiveOutput.withoutEnd(LiveOutput.decoded(Child.stream(options))), card),
    ({ degraded }) =>
      degraded === undefined
        ? Effect.void
        : Effect.annotateLogs(Effect.logWarning(cliEvents.degraded), {
          account: message.accountId,
          reason: degraded.message
        })
  )

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("exec", options, (given) =>
  Effect.gen(function*() {
    const [program, ...args] = (yield* CommandLine).command
    if (program === undefined) {
      return yield* new UsageError({
        problem: "there is no command to run; put it behind --, as in: exec --config FILE -- cat"
      })
    }
    const timeoutMs = yield* timeoutOf(given.timeout)
    const card = yield* cardOf(given)
    const settings = yield* Options.settings(given.config)
    const inherited = Environment.inherited(process.env, secretsOf(settings))
    yield* Find.check(program, inherited)
    const stopping = yield* Deferred.make<void>()
    const stop = Deferred.await(stopping).pipe(
      Effect.zipRight(Effect.sleep(graceMs)),
      Effect.zipRight(Effect.fail("was ended, because this program is being stopped"))
    )
    const answer = (message: Message) =>
      Effect.gen(function*() {
        // What waited in the queue until now is given up, and counted so, rather than begun.
        if (yield* Deferred.isDone(stopping)) return yield* Effect.never
        yield* behindReading
        const options: Child.Options = {
          command: program,
          args,
          env: Environment.forMessage(inherited, message),
          stdin: message.text,
          timeoutMs,
          stop
        }
        // A card knows no plain text.
        const renderMode = settings.accounts.get(message.accountId)?.renderMode === "markdown" ? "markdown" : "auto"
        yield* card === undefined ? reply(message, options) : replyLive(message, options, { ...card, renderMode })
      })
    return yield* Running.run({
      given,
      settings,
      handlers: { onMessage: answer },
      onStopping: Effect.asVoid(Deferred.succeed(stopping, undefined))
    })
  }).pipe(Effect.provide(Children.layer), Effect.provide(Options.logging(given.logFormat)))).pipe(
    Command.withDescription(description)
  )
