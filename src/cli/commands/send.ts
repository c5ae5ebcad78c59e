/**
 * `send`: a text, a file or a card, to one or to many.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import * as Encoding from "../../internal/encoding.ts"
import { problemOf } from "../../outbound/media/Source.ts"
import * as Target from "../../outbound/message/Target.ts"
import * as Options from "../argv/options.ts"
import { Incomplete, UsageError } from "../errors.ts"
import * as Network from "../network.ts"
import * as Stderr from "../process/stderr.ts"
import * as Stdin from "../process/stdin.ts"
import { closedIsFailed, Stdout } from "../process/Stdout.ts"
import * as Content from "../send/content.ts"
import * as Delivery from "../send/delivery.ts"
import * as DryRun from "../send/dryRun.ts"
import * as Load from "../send/load.ts"
import * as Outcomes from "../send/outcomes.ts"
import * as Recipients from "../send/recipients.ts"
import * as Reporting from "../send/reporting.ts"
import { toJson } from "../text/printable.ts"

const text = (name: string, pseudoName: string, description: string) =>
  CliOptions.text(name).pipe(CliOptions.withPseudoName(pseudoName), CliOptions.withDescription(description))

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  account: Options.account,
  to: text(
    "to",
    "TARGET",
    "Whom it is for: user:STAFF_ID, or chat:CONVERSATION_ID for a group. May be given again and again."
  )
    .pipe(
      CliOptions.repeated
    ),
  toFile: text("to-file", "FILE", "A list of targets, one a line, for as many as you like; - reads it from stdin.")
    .pipe(
      CliOptions.optional
    ),
  text: text("text", "TEXT", "What to say, as renderMode has it; - reads it from stdin.").pipe(CliOptions.optional),
  markdown: text("markdown", "TEXT", "What to say, in Markdown; - reads it from stdin.").pipe(CliOptions.optional),
  title: text("title", "TITLE", "What notifications show of --markdown. Default: its first line.").pipe(
    CliOptions.optional
  ),
  file: text("file", "PATH|URL", "A file: xlsx, pdf, zip, rar, doc, docx or html; others with --zip.").pipe(
    CliOptions.optional
  ),
  image: text("image", "PATH|URL", "A picture: jpg, gif, png or bmp.").pipe(CliOptions.optional),
  zip: CliOptions.boolean("zip").pipe(CliOptions.withDescription("Zip a --file that DingTalk does not take as it is.")),
  allowHost: text("allow-host", "HOST", "Fetch a URL of this host although it is not public, or not https.").pipe(
    CliOptions.repeated
  ),
  cardTemplate: text("card-template", "ID", "A card of this template, one for each target.").pipe(CliOptions.optional),
  param: text("param", "NAME=VALUE", "A variable of the card. May be given again and again.").pipe(CliOptions.repeated),
  resume: text("resume", "FILE", "What an earlier run has printed: go on with those who did not get it.").pipe(
    CliOptions.optional
  ),
  againUnknown: CliOptions.boolean("again-unknown").pipe(
    CliOptions.withDescription("With --resume, also send again to those who may have got it.")
  ),
  dryRun: CliOptions.boolean("dry-run").pipe(
    CliOptions.withDescription("Send nothing: print the requests, as lines of JSON, that would be made.")
  )
}

const usage = (problems: ReadonlyArray<string>): UsageError =>
  new UsageError({
    problem: problems.length === 1 ? problems.join("") : ["there are several mistakes:", ...problems].join("\n  - ")
  })

const orUsage = <A>(either: Either.Either<A, ReadonlyArray<string>>): Effect.Effect<A, UsageError> =>
  Effect.mapError(either, usage)

const isStdin = (option: Option.Option<string>): boolean => Option.contains(option, "-")

/** The text of a file that an option names, or of stdin. */
const read = (option: string, path: string, mayBeStdin: boolean) =>
  mayBeStdin && path === "-" ? Stdin.all : FileSystem.FileSystem.pipe(
    Effect.flatMap((fileSystem) => fileSystem.readFile(path)),
    Effect.map((bytes) => Encoding.read(bytes).text),
    Effect.mapError((error) => usage([`${option} ${path}: ${problemOf(error)}; check the path`]))
  )

interface Given {
  readonly to: ReadonlyArray<string>
  readonly toFile: Option.Option<string>
  readonly resume: Option.Option<string>
  readonly againUnknown: boolean
}

/** To whom, and whether that is one target or a list. */
const recipients = ({ againUnknown, resume, to, toFile }: Given) =>
  Effect.gen(function*() {
    const problems = to.flatMap((each) => {
      // Of an empty target the sender has its own word.
      const problem = Target.bare(each) === "" ? undefined : Recipients.problemOf(each)
      return problem === undefined ? [] : [`--to ${problem}`]
    })
    if (problems.length > 0) return yield* usage(problems)
    const named = yield* Effect.forEach(to, (each) => Target.parse(each))
    const listed = Option.isNone(toFile) ? [] : yield* Effect.flatMap(
      read("--to-file", toFile.value, true),
      (list) => orUsage(Recipients.fromList(toFile.value === "-" ? "--to-file -" : toFile.value, list))
    )
    const all = Recipients.unique([...named, ...listed])
    if (all.length === 0) return yield* usage(["there is nobody to send to: give --to, or --to-file"])
    if (Option.isNone(resume) && againUnknown) {
      return yield* usage(["--again-unknown belongs to --resume: leave it out, or give that"])
    }
    const earlier = Option.isNone(resume) ? { outcomes: new Map(), torn: [] } : yield* Effect.flatMap(
      read("--resume", resume.value, false),
      (lines) => orUsage(Outcomes.fromLines(resume.value, lines))
    )
    for (const number of earlier.torn) {
      yield* Stderr.line(`${Option.getOrElse(resume, () => "")}, line ${number} ends too early and was left out`)
    }
    return {
      remaining: Outcomes.remaining(all, earlier.outcomes, againUnknown),
      isList: all.length > 1 || Option.isSome(toFile) || Option.isSome(resume)
    }
  })

const withText = (content: Content.Content): Effect.Effect<Content.Content> =>
  content._tag === "Text" && content.text === "-"
    ? Effect.map(Stdin.all, (text) => ({ ...content, text }))
    : Effect.succeed(content)

interface Job {
  readonly account: string | undefined
  readonly content: Content.Content
  readonly targets: ReadonlyArray<Target.Target>
  readonly isList: boolean
}

/** To one target: it succeeds, or says why not. Gives the line to be printed. */
const toOne = ({ account, content }: Job, target: Target.Target) =>
  Effect.gen(function*() {
    const to = Target.format(target)
    if (content._tag === "Text" && content.title === undefined) {
      const { text } = content
      const renderMode = content.markdown ? "markdown" : undefined
      const { chatId, chunks, messageId } = yield* DingTalkSender.send({ account, to, text, renderMode })
      return toJson({ messageId, chatId, chunks })
    }
    const load = yield* Load.make(account, content)
    const { messageId, outTrackId } = yield* Delivery.toOne(account, load, target)
    return toJson({ messageId, chatId: target.id, outTrackId })
  })

const toMany = ({ account, content, targets }: Job) =>
  Stream.unwrap(Effect.map(Load.make(account, content), (load) => Delivery.toMany(account, load, targets)))

const sender = (settings: DingTalkConfig.Settings) =>
  DingTalkSender.layer.pipe(Layer.provide(DingTalkConfig.layer(settings)))

const perform = (job: Job, settings: DingTalkConfig.Settings) =>
  Effect.gen(function*() {
    const { writeLine } = yield* Stdout
    const [target] = job.targets
    if (job.isList) yield* Reporting.run(toMany(job), job.targets.length)
    else if (target !== undefined) yield* Effect.flatMap(toOne(job, target), (line) => closedIsFailed(writeLine(line)))
  }).pipe(Effect.provide(Layer.provide(sender(settings), Network.layer)))

const rehearse = (job: Job, settings: DingTalkConfig.Settings) =>
  Effect.gen(function*() {
    const { check, print } = yield* Stdout
    const rehearsal = Effect.gen(function*() {
      const [target] = job.targets
      if (job.isList) yield* Stream.runDrain(toMany(job))
      else if (target !== undefined) yield* toOne(job, target)
    })
    const isImage = job.content._tag === "Media" && job.content.kind === "image"
    const count = yield* DryRun.run(print, isImage, (client) =>
      Effect.provide(
        rehearsal,
        Layer.provide(sender(DryRun.unhurried(settings)), Layer.succeed(HttpClient.HttpClient, client))
      ))
    yield* closedIsFailed(check)
    yield* Stderr.line(`dry run: ${count} ${count === 1 ? "request" : "requests"}, and none was made`)
  })

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "send",
  options,
  (given) =>
    Effect.gen(function*() {
      const content = yield* orUsage(Content.fromOptions(given))
      if ((isStdin(given.text) || isStdin(given.markdown)) && isStdin(given.toFile)) {
        return yield* usage(["stdin is wanted twice, for the text and for --to-file: put one of them into a file"])
      }
      const { isList, remaining } = yield* recipients(given)
      const { targets } = remaining
      const leftOut = Outcomes.leftOut(remaining)
      const rest = leftOut === ""
        ? Effect.void
        : Effect.zipRight(Stderr.line(leftOut), Effect.fail(new Incomplete()))
      if (targets.length === 0) {
        return yield* leftOut === ""
          ? Stderr.line("everybody has got it already: nothing is left to be sent")
          : rest
      }
      const settings = yield* Options.settings(given.config)
      const job = { account: Option.getOrUndefined(given.account), content: yield* withText(content), targets, isList }
      yield* given.dryRun ? rehearse(job, settings) : perform(job, settings)
      yield* rest
    }).pipe(Effect.provide(Options.logging(given.logFormat)))
).pipe(
  Command.withDescription(
    "Send a text, a file, a picture or a card. To one target: print DingTalk's id of it as a line of JSON. To many: " +
      "people are sent to 20 per call, and what becomes of each target is a line of JSON, by which a later run can go on."
  )
)
