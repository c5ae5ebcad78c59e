/**
 * `inbox`: look at what waits in an inbox and at its dead letters, and say what becomes of them.
 *
 * @since 0.1.0
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Options from "../argv/options.ts"
import { Incomplete, UsageError } from "../errors.ts"
import * as Database from "../inbox/Database.ts"
import * as Stderr from "../process/stderr.ts"
import { Stdout } from "../process/Stdout.ts"
import { toJson } from "../text/printable.ts"
import { inLanguage } from "../words/Catalogue.ts"

const states = ["waiting", "dead", "dropped", "done"] as const

const options = {
  inbox: Options.inbox,
  logFormat: Options.logFormat,
  account: CliOptions.text("account").pipe(
    CliOptions.withPseudoName("ID"),
    CliOptions.withDescription("The account. Default: for list all, else `default`."),
    CliOptions.optional
  ),
  state: CliOptions.choice("state", states).pipe(
    CliOptions.withDescription("For list: only these. May be given again. Default: all but done."),
    CliOptions.repeated
  ),
  limit: CliOptions.integer("limit").pipe(
    CliOptions.withDescription("For list: how many at most. Default: 100."),
    CliOptions.withDefault(100)
  )
}

const words = Args.text({ name: "ACTION" }).pipe(
  Args.withDescription(
    "list: what waits and what is dead, a line of JSON each. show ENTRY…: with the message. retry ENTRY…: have it handled again. " +
      "drop ENTRY…: never, unless it begins within the next second. An entry is its " +
      "number in the list, or its id there: the messageId of DingTalk, event:…, or request:…. What waits in a cluster has an id only."
  ),
  Args.repeated
)

const numbered = (entry: string): number | string => /^\d{1,15}$/.test(entry) ? Number(entry) : entry

const time = (at: number | undefined) => at === undefined ? undefined : new Date(at).toISOString()

const printed = <E extends { readonly receivedAt: number; readonly endedAt: number | undefined }>(entry: E) =>
  toJson({ ...entry, receivedAt: time(entry.receivedAt), endedAt: time(entry.endedAt) })

type Given = Omit<Command.Command.ParseConfig<typeof options>, "inbox" | "logFormat"> & {
  readonly action: string
  readonly entries: ReadonlyArray<string>
}

const misused = (problem: string) => new UsageError({ problem })

const perform = ({ account, action, entries, limit, state }: Given) =>
  Effect.gen(function*() {
    const { print } = yield* Stdout
    const Inbox = yield* Effect.promise(() => import("../../sql/DingTalkInbox.ts"))
    if (action === "list") {
      const listed = yield* Inbox.list({
        account: Option.getOrUndefined(account),
        limit,
        ...state.length === 0 ? {} : { states: state }
      })
      yield* Effect.forEach(listed, (entry) => print(printed(entry)), { discard: true })
      return listed.length === limit
        ? yield* Effect.flatMap(inLanguage(`these are the oldest ${limit}: --limit shows more`), Stderr.line)
        : undefined
    }
    const each = (entry: string) => {
      const which = { account: Option.getOrElse(account, () => "default"), entry: numbered(entry) }
      switch (action) {
        case "show":
          return Effect.flatMap(Inbox.show(which), (found) => print(printed(found)))
        case "retry":
          return Effect.zipRight(Inbox.retry(which), print(toJson({ ...which, outcome: "waiting" })))
        default:
          return Effect.zipRight(Inbox.drop(which), print(toJson({ ...which, outcome: "dropped" })))
      }
    }
    const failed = yield* Effect.forEach(entries, (entry) =>
      Effect.as(each(entry), 0).pipe(
        Effect.catchTag("NoSuchEntry", ({ message }) =>
          Effect.flatMap(inLanguage(message), (said) => Effect.as(Stderr.line(`effect-dingtalk: ${said}`), 1)))
      ))
    if (failed.includes(1)) return yield* new Incomplete()
  })

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("inbox", { ...options, words }, (given) =>
  Effect.gen(function*() {
    const { account, inbox, limit, state, words: [action = "", ...entries] } = given
    const stray = entries.find((entry) => entry.startsWith("--"))
    if (stray !== undefined) return yield* misused(`${stray} is given twice: inbox takes it once`)
    if (!["list", "show", "retry", "drop"].includes(action)) {
      return yield* misused(`inbox does list, show, retry or drop, not ${action === "" ? "nothing" : action}`)
    }
    if (Option.isNone(inbox)) {
      return yield* misused("which inbox? give --inbox with the file or the URL that listen or exec was given")
    }
    if (action === "list" && entries.length > 0) return yield* misused(`list takes no ${entries[0]}: show does`)
    if (action !== "list" && entries.length === 0) {
      return yield* misused(`${action} what? give numbers that list has shown, or ids`)
    }
    if (action !== "list" && state.length > 0) return yield* misused("--state is for list")
    if (limit < 1) return yield* misused(`--limit must be at least 1, but is ${limit}`)
    yield* Database.provide(inbox.value, { mayBeNew: false })(
      perform({ account, action, entries, limit, state })
    )
  }).pipe(Effect.provide(Options.logging(given.logFormat)))).pipe(
    Command.withDescription(
      "Look at an inbox: what waits in it, and what was given up. What is retried, a running listen or exec takes up within " +
        "a second, and otherwise the next one."
    )
  )
