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
import * as JsonText from "../../config/internal/jsonText.ts"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkPeople from "../../DingTalkPeople.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import * as DingTalkWebhook from "../../DingTalkWebhook.ts"
import { isRecord } from "../../internal/json.ts"
import * as Encoding from "../../internal/text/encoding.ts"
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
import * as Mentions from "../send/mentions.ts"
import * as Outcomes from "../send/outcomes.ts"
import * as Recipients from "../send/recipients.ts"
import * as Reporting from "../send/reporting.ts"
import * as WebhookLoad from "../send/webhookLoad.ts"
import * as Webhooks from "../send/webhooks.ts"
import { toJson } from "../text/printable.ts"
import { Language } from "../words/Catalogue.ts"

const text = (name: string, pseudoName: string, description: string) =>
  CliOptions.text(name).pipe(CliOptions.withPseudoName(pseudoName), CliOptions.withDescription(description))

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  account: Options.account,
  to: text(
    "to",
    "TARGET",
    "Whom it is for: user:STAFF_ID, mobile:NUMBER, chat:CONVERSATION_ID for a group, or webhook:NAME for a custom " +
      "robot. May be given again and again."
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
  audio: text("audio", "PATH|URL", "A sound: amr, mp3, wav or ogg, up to 2 MB; with --duration.").pipe(
    CliOptions.optional
  ),
  video: text("video", "PATH|URL", "A film: mp4, up to 20 MB; with --duration.").pipe(CliOptions.optional),
  cover: text("cover", "PATH|URL", "The picture of a --video before it is played. Default: a grey one.").pipe(
    CliOptions.optional
  ),
  duration: CliOptions.float("duration").pipe(
    CliOptions.withPseudoName("SECONDS"),
    CliOptions.withDescription("How long a sound or a film is: DingTalk shows it, and does not measure it."),
    CliOptions.optional
  ),
  at: text(
    "at",
    "ID,…",
    "Mention people in a text or Markdown: staff ids, mobile numbers. By a webhook they are told; else names stand in it."
  ).pipe(CliOptions.repeated),
  atAll: CliOptions.boolean("at-all").pipe(CliOptions.withDescription("Mention everybody in the group.")),
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
  (mayBeStdin && path === "-" ? Stdin.all : FileSystem.FileSystem.pipe(
    Effect.flatMap((fileSystem) => fileSystem.readFile(path)),
    Effect.map((bytes) => Encoding.read(bytes).text),
    Effect.mapError((error) => usage([`${option} ${path}: ${problemOf(error)}; check the path`]))
  )).pipe(Effect.tap((text) => {
    const problem = Encoding.problemOf(text)
    return problem === undefined ? Effect.void : Effect.fail(usage([`${option} ${path} ${problem}`]))
  }))

interface Given {
  readonly to: ReadonlyArray<string>
  readonly toFile: Option.Option<string>
  readonly resume: Option.Option<string>
  readonly againUnknown: boolean
}

/** To whom, and whether that is one target or a list. */
const recipients = ({ to, toFile }: Given) =>
  Effect.gen(function*() {
    // Of an empty target the sender has its own word.
    yield* Effect.forEach(to.filter((each) => Target.bare(each) === ""), (each) => Target.parse(each))
    const named = yield* orUsage(
      Either.mapLeft(
        Either.all(to.map((each) => Either.mapLeft(Recipients.parse(each), (problem) => `--to ${problem}`))),
        (problem) => [problem]
      )
    )
    const listed = Option.isNone(toFile) ? [] : yield* Effect.flatMap(
      read("--to-file", toFile.value, true),
      (list) => orUsage(Recipients.fromList(toFile.value === "-" ? "--to-file -" : toFile.value, list))
    )
    const all = Recipients.unique([...named, ...listed])
    if (all.length === 0) return yield* usage(["there is nobody to send to: give --to, or --to-file"])
    return all
  })

/** What an earlier run has printed, if there was one. */
const earlierRun = ({ againUnknown, resume }: Given) =>
  Effect.gen(function*() {
    if (Option.isNone(resume)) {
      return againUnknown
        ? yield* usage(["--again-unknown belongs to --resume: leave it out, or give that"])
        : { outcomes: new Map(), torn: [] }
    }
    const earlier = yield* Effect.flatMap(
      read("--resume", resume.value, false),
      (lines) => orUsage(Outcomes.fromLines(resume.value, lines))
    )
    for (const number of earlier.torn) {
      yield* Stderr.line((yield* Language).sending.torn(resume.value, number))
    }
    return earlier
  })

/** What stdin says, where the text is `-`. */
const withText = (content: Content.Content): Effect.Effect<Content.Content, UsageError> => {
  if (content._tag !== "Text" || content.text !== "-") return Effect.succeed(content)
  const option = content.markdown ? "--markdown -" : "--text -"
  return Effect.filterOrFail(
    Effect.map(Stdin.all, (text) => ({ ...content, text })),
    ({ text }) => text.trim() !== "" && Encoding.problemOf(text) === undefined,
    ({ text }) =>
      usage([`${option}: stdin ${Encoding.problemOf(text) ?? "is empty: look at what should have written to it"}`])
  )
}

interface Job {
  readonly account: string | undefined
  readonly content: Content.Content
  readonly targets: ReadonlyArray<Target.Target>
  readonly webhooks: ReadonlyArray<DingTalkWebhook.Webhook>
  readonly isList: boolean
}

/** To one target: it succeeds, or says why not. Gives the line to be printed. */
const toOne = ({ account, content }: Job, target: Target.Target) =>
  Effect.gen(function*() {
    const to = Target.format(target)
    if (content._tag === "Text" && content.title === undefined) {
      const { at, text } = content
      const renderMode = content.markdown ? "markdown" : undefined
      const { chatId, chunks, messageId } = yield* DingTalkSender.send({
        account,
        to,
        text: at === undefined ? text : yield* Mentions.inText(account, text, at),
        renderMode
      })
      return toJson({ messageId, chatId, chunks })
    }
    const load = yield* Load.make(account, content)
    const { messageId, outTrackId } = yield* Delivery.toOne(account, load, target)
    return toJson({ messageId, chatId: target.id, outTrackId })
  })

const toWebhook = ({ content }: Job, webhook: DingTalkWebhook.Webhook) =>
  Effect.gen(function*() {
    const messages = yield* orUsage(WebhookLoad.make(content))
    const sender = yield* DingTalkWebhook.make(webhook)
    yield* Effect.forEach(messages, ({ at, message }) => sender.send(message, { at }), { discard: true })
    return messages.length
  }).pipe(Effect.scoped)

const toWebhooks = (job: Job) =>
  Stream.mapEffect(Stream.fromIterable(job.webhooks), (webhook) => {
    const to = Recipients.format({ _tag: "Webhook", id: webhook.name })
    return Effect.matchEffect(toWebhook(job, webhook), {
      onSuccess: () => Effect.succeed<Delivery.Step>([{ to, outcome: "sent", messageId: undefined }]),
      onFailure: (error) =>
        error._tag === "UsageError" ? Effect.fail(error) : Effect.succeed<Delivery.Step>([{
          to,
          outcome: error._tag === "Ambiguous" ? "unknown" : "failed",
          detail: error.message
        }])
    })
  })

const toMany = (job: Job) => {
  const { account, content, targets } = job
  const people = targets.length === 0
    ? Stream.empty
    : Stream.unwrap(Effect.map(
      Load.make(account, content),
      (load) => Delivery.toMany(account, load, targets)
    ))
  return Stream.concat(people, toWebhooks(job))
}

/** To the one target of a job. Gives the line to be printed. */
const toTheOne = (job: Job) =>
  Effect.gen(function*() {
    const [target] = job.targets
    const [webhook] = job.webhooks
    if (target !== undefined) return yield* toOne(job, target)
    if (webhook === undefined) return yield* Effect.dieMessage("a job has a target")
    const to = Recipients.format({ _tag: "Webhook", id: webhook.name })
    return toJson({ to, outcome: "sent", messages: yield* toWebhook(job, webhook) })
  })

/** No accounts: webhooks need none. */
const withoutAccounts: DingTalkConfig.Settings = { accounts: new Map(), warnings: [] }

const services = (settings: DingTalkConfig.Settings) =>
  DingTalkPeople.layer().pipe(
    Layer.provideMerge(DingTalkSender.layer),
    Layer.provide(DingTalkConfig.layer(settings))
  )

const perform = (job: Job, settings: DingTalkConfig.Settings) =>
  Effect.gen(function*() {
    const { writeLine } = yield* Stdout
    if (job.targets.length > 0 && job.content._tag === "Text" && job.content.at !== undefined) {
      yield* Stderr.line((yield* Language).sending.namesInText)
    }
    if (job.isList) yield* Reporting.run(toMany(job), job.targets.length + job.webhooks.length)
    else yield* Effect.flatMap(toTheOne(job), (line) => closedIsFailed(writeLine(line)))
  }).pipe(Effect.provide(Layer.provideMerge(services(settings), Network.layer)))

const rehearse = (job: Job, settings: DingTalkConfig.Settings) =>
  Effect.gen(function*() {
    const { check, print } = yield* Stdout
    const rehearsal = Effect.gen(function*() {
      if (job.isList) yield* Stream.runDrain(toMany(job))
      else yield* toTheOne(job)
    })
    const isImage = job.content._tag === "Media" && job.content.kind === "image"
    const count = yield* DryRun.run(print, isImage, (client) =>
      Effect.provide(
        rehearsal,
        Layer.provideMerge(services(DryRun.unhurried(settings)), Layer.succeed(HttpClient.HttpClient, client))
      ))
    yield* closedIsFailed(check)
    yield* Stderr.line((yield* Language).sending.rehearsed(count))
  })

/** People by their mobile numbers: who they are; in a rehearsal, where nobody can be asked, a word for it. */
const identified = (all: ReadonlyArray<Recipients.Recipient>, account: string | undefined, dryRun: boolean) =>
  Effect.gen(function*() {
    const [unknown, found] = yield* Effect.partition(all, (one) => {
      if (one._tag !== "Mobile") return Effect.succeed(one)
      const user = (id: string) => Target.User({ id })
      if (dryRun) return Effect.succeed(user(`<staff id of ${one.id}>`))
      return DingTalkPeople.staffIdByMobile(one.id, { account }).pipe(
        Effect.map(user),
        Effect.mapError((error) => ({ error, to: Recipients.format(one) }))
      )
    })
    const [first] = unknown
    if (first === undefined) return Recipients.unique(found)
    if (unknown.some(({ error }) => error._tag !== "TargetGone")) return yield* first.error
    return yield* usage(
      Recipients.shortened(
        unknown.map(({ to }) => `${to}: nobody of the organisation has this number: check it, or write user:STAFF_ID`)
      )
    )
  })

/** The `webhooks` of the configuration file, if there is one. */
const configuredWebhooks = (config: Option.Option<string>) =>
  Option.match(config, {
    onNone: () => Effect.succeed(undefined),
    onSome: (path) =>
      Effect.flatMap(read("--config", path, false), (text) =>
        Effect.map(
          Effect.mapError(JsonText.parse(text), (problem) => usage([`--config ${path}: ${problem}`])),
          (file) => isRecord(file) ? file["webhooks"] : undefined
        ))
  })

const webhooksOf = (names: ReadonlyArray<string>, config: Option.Option<string>) =>
  names.length === 0 ? Effect.succeed([]) : Effect.gen(function*() {
    const configured = yield* configuredWebhooks(config)
    const sources = { configured, file: Option.getOrUndefined(config), env: process.env }
    return yield* orUsage(
      Either.mapLeft(Either.all(names.map((name) => Webhooks.find(name, sources))), (problem) => [problem])
    )
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
      const words = yield* Language
      const content = yield* orUsage(Content.fromOptions(given))
      if ((isStdin(given.text) || isStdin(given.markdown)) && isStdin(given.toFile)) {
        return yield* usage(["stdin is wanted twice, for the text and for --to-file: put one of them into a file"])
      }
      const account = Option.getOrUndefined(given.account)
      const asked = yield* recipients(given)
      const earlier = yield* earlierRun(given)
      const settings = yield* Effect.cached(Options.settings(given.config))
      const all = asked.some(({ _tag }) => _tag === "Mobile")
        ? yield* Effect.flatMap(settings, (known) =>
          Effect.provide(
            identified(asked, account, given.dryRun),
            Layer.provide(services(known), Network.layer)
          ))
        : asked
      const remaining = Outcomes.remaining(all, earlier.outcomes, given.againUnknown)
      const leftOut = Outcomes.leftOut(words, remaining)
      const rest = leftOut === ""
        ? Effect.void
        : Effect.zipRight(Stderr.line(leftOut), Effect.fail(new Incomplete()))
      if (remaining.targets.length === 0) {
        return yield* leftOut === ""
          ? Stderr.line(words.sending.nobodyLeft)
          : rest
      }
      const targets = remaining.targets.flatMap((one) => one._tag === "User" || one._tag === "Group" ? [one] : [])
      const job: Job = {
        account,
        content: yield* withText(content),
        targets,
        webhooks: yield* webhooksOf(
          remaining.targets.flatMap((one) => one._tag === "Webhook" ? [one.id] : []),
          given.config
        ),
        isList: asked.length > 1 || Option.isSome(given.toFile) || Option.isSome(given.resume)
      }
      const known = targets.length === 0 ? withoutAccounts : yield* settings
      yield* given.dryRun ? rehearse(job, known) : perform(job, known)
      yield* rest
    }).pipe(Effect.provide(Options.logging(given.logFormat)))
).pipe(
  Command.withDescription(
    "Send a text, a file, a picture or a card. To one target: print DingTalk's id of it as a line of JSON. To many: " +
      "people are sent to 20 per call, and what becomes of each target is a line of JSON, by which a later run can go on."
  )
)
