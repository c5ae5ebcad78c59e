/**
 * `recall`: take messages back.
 *
 * @since 0.1.0
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkRobot from "../../DingTalkRobot.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import * as Target from "../../outbound/message/Target.ts"
import * as Options from "../argv/options.ts"
import { Incomplete, UsageError } from "../errors.ts"
import * as Network from "../network.ts"
import * as Stderr from "../process/stderr.ts"
import * as Stdin from "../process/stdin.ts"
import { closedIsFailed, Stdout } from "../process/Stdout.ts"
import * as Entries from "../recall/entries.ts"
import { strangeCharacter } from "../send/recipients.ts"
import { toJson } from "../text/printable.ts"
import { Language } from "../words/Catalogue.ts"

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  account: Options.account,
  to: CliOptions.text("to").pipe(
    CliOptions.withPseudoName("TARGET"),
    CliOptions.withDescription("Where they were sent: chat:<conversation id> for a group. Default: to people."),
    CliOptions.optional
  )
}

const keys = Args.text({ name: "KEY" }).pipe(
  Args.withDescription(
    "The messageId that send has printed; - reads keys, or lines that send has printed, from stdin."
  ),
  Args.repeated
)

/** Where all of them are, if that was said. */
const placeOf = (to: Option.Option<string>) =>
  Option.isNone(to)
    ? Effect.succeedNone
    : Effect.map(Target.parse(to.value), (target) => Option.some(target._tag === "Group" ? target.id : undefined))

const entriesOf = (keys: ReadonlyArray<string>, to: Option.Option<string>) =>
  Effect.gen(function*() {
    const strange = Option.flatMapNullable(to, strangeCharacter)
    if (Option.isSome(strange)) return yield* new UsageError({ problem: `--to ${strange.value}` })
    const place = yield* placeOf(to)
    const mistaken = keys.filter((key) => key !== "-").map(Entries.problemOf).find((problem) => problem !== undefined)
    if (mistaken !== undefined) return yield* new UsageError({ problem: mistaken })
    const read = keys.includes("-")
      ? yield* Effect.mapError(
        Effect.flatMap(Stdin.all, Entries.fromLines),
        (problems) => new UsageError({ problem: ["stdin can't be read as keys:", ...problems].join("\n  - ") })
      )
      : []
    const named = keys.filter((key) => key !== "-" && key.trim() !== "").map((key) => ({ key, group: undefined }))
    const entries = [...named, ...read]
    if (entries.length === 0) {
      return yield* new UsageError({
        problem: "there is no message to recall: give the messageId that send has printed, or - to read them from stdin"
      })
    }
    return Option.match(place, {
      onNone: () => entries,
      onSome: (group) => entries.map((entry) => ({ ...entry, group }))
    })
  })

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("recall", { ...options, keys }, (given) =>
  Effect.gen(function*() {
    const { check, print } = yield* Stdout
    const groups = Entries.byGroup(yield* entriesOf(given.keys, given.to))
    const settings = yield* Options.settings(given.config)
    const account = Option.getOrUndefined(given.account)
    const results = yield* Effect.forEach(groups, ([group, messageIds]) =>
      Effect.gen(function*() {
        const { failed, recalled } = yield* DingTalkRobot.recall({ account, group, messageIds })
        for (const messageId of recalled) yield* print(toJson({ messageId, outcome: "recalled" }))
        for (const one of failed) yield* print(toJson({ ...one, outcome: "failed" }))
        return { recalled: recalled.length, total: messageIds.length }
      })).pipe(Effect.provide(DingTalkSender.layer.pipe(
        Layer.provide(DingTalkConfig.layer(settings)),
        Layer.provide(Network.layer)
      )))
    const recalled = results.reduce((sum, each) => sum + each.recalled, 0)
    const total = results.reduce((sum, each) => sum + each.total, 0)
    yield* Stderr.line((yield* Language).sending.recalled(recalled, total))
    // What was to be taken back is, whether that can be told or not.
    yield* closedIsFailed(check)
    if (recalled < total) return yield* new Incomplete()
  }).pipe(Effect.provide(Options.logging(given.logFormat)))).pipe(
    Command.withDescription(
      "Take back messages that are at most 24 hours old; nothing of them stays in the chat. What becomes of each is a " +
        "line of JSON."
    )
  )
