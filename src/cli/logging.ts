/**
 * Log records on stderr, one line each.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Stderr from "./process/stderr.ts"
import * as Terminal from "./terminal/terminal.ts"
import { escaped, toJson } from "./text/printable.ts"

/**
 * The events that this program logs beside the library's own.
 *
 * @since 0.1.0
 * @category constants
 */
export const cliEvents = {
  /** WARN. The process ended at once; this was in a handler's hands (`messageId`, `conversationId`, …), maybe half done. */
  abandoned: "dingtalk.cli.abandoned",
  /** WARN; DEBUG if it had an id. A command of a persistent program failed (`command`, `line`, `code`, `reason`). */
  command: "dingtalk.cli.command_failed",
  /** WARN. `exec --stream` answered by ordinary messages instead of a card (`reason`). */
  degraded: "dingtalk.cli.degraded",
  /** WARN. A file of a message could not be fetched for `exec --download` (`reason`): the command goes without it. */
  download: "dingtalk.cli.download_failed",
  /** WARN. The output of a command is not UTF-8 and was read as `encoding`. */
  encoding: "dingtalk.cli.encoding",
  /** WARN. This is process 1, which reaps no orphans (`hint`). */
  firstProcess: "dingtalk.cli.first_process",
  /** INFO. `/healthz` and `/metrics` are served at `address`. */
  health: "dingtalk.cli.health",
  /** WARN. A line of a persistent program is no command (`line`, `reason`): the first three, then each tenth, hundredth. */
  line: "dingtalk.cli.odd_line",
  /** WARN. A persistent program ended (`how`, `lost`, their `ids`, `stderr`), and is started anew `delayMs` later. */
  programEnded: "dingtalk.cli.program_ended",
  /** INFO. A persistent program was started (`pid`). */
  programStarted: "dingtalk.cli.program_started",
  /** WARN. The file `config` has no credentials yet: the console's set-up form waits for them (`hint`). */
  noAccounts: "dingtalk.cli.no_accounts",
  /** ERROR. SIGHUP came, and nothing changed (`reason`). */
  notReloaded: "dingtalk.cli.not_reloaded",
  /** DEBUG. What a command wrote to stderr (`stderr`, its end). */
  stderr: "dingtalk.cli.stderr",
  /** INFO. A signal came, or stdout is gone: handlers finish, connections close. */
  stopping: "dingtalk.cli.stopping"
} as const

/**
 * How a record is written: for people, for `grep`, for machines.
 *
 * @since 0.1.0
 * @category models
 */
export type LogFormat = "pretty" | "logfmt" | "json"

/**
 * @since 0.1.0
 * @category constants
 */
export const formats = ["pretty", "logfmt", "json"] as const satisfies ReadonlyArray<LogFormat>

/**
 * A record.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly date: Date
  readonly level: LogLevel.LogLevel
  readonly message: string
  readonly annotations: ReadonlyArray<readonly [key: string, value: unknown]>
  /** Empty if there is none. */
  readonly cause: string
}

const named = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error === "string" ? error : Cause.pretty(Cause.fail(error))
  const tag = "_tag" in error && typeof error._tag === "string" ? error._tag : error.name
  return error.message === "" ? tag : `${tag}: ${error.message}`
}

/**
 * A cause in words: an expected error by its tag and message, which say all; a defect with its stack.
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeCause = (cause: Cause.Cause<unknown>): string => {
  const failures = Chunk.toReadonlyArray(Cause.failures(cause)).map(named)
  const defects = Chunk.toReadonlyArray(Cause.defects(cause)).map((defect) => Cause.pretty(Cause.die(defect)))
  const all = [...failures, ...defects]
  return all.length > 0 ? all.join("; ") : Cause.isEmpty(cause) ? "" : "interrupted"
}

const scalar = (value: unknown): string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : JSON.stringify(value) ?? ""

/** What needs no quotes. */
const plain = /^[^\s"=\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+$/

const pair = (key: string, value: unknown): string => {
  const text = String(scalar(value))
  return `${key}=${plain.test(text) ? text : toJson(text)}`
}

const colours: Record<string, string> = { ERROR: "31", FATAL: "31;1", WARN: "33", INFO: "32", DEBUG: "36", TRACE: "90" }

const painted = (colour: string | undefined, text: string): string =>
  colour === undefined ? text : `\u001b[${colour}m${text}\u001b[0m`

const twoDigits = (n: number): string => String(n).padStart(2, "0")

/** A time as people here read it: that of the clock on the wall, with its distance from UTC. */
const local = (date: Date): string => {
  const offset = -date.getTimezoneOffset()
  const distance = `${offset < 0 ? "-" : "+"}${twoDigits(Math.trunc(Math.abs(offset) / 60))}:${
    twoDigits(Math.abs(offset) % 60)
  }`
  return new Date(date.getTime() + offset * 60_000).toISOString().replace("T", " ").replace("Z", distance)
}

/**
 * Writes an entry on one line, without the line's end. Colours only where they are wanted, and only in `pretty`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const format = (style: LogFormat, colour: boolean) => ({ annotations, cause, date, level, message }: Entry) => {
  switch (style) {
    case "json":
      return toJson({
        time: date.toISOString(),
        level: level.label,
        message,
        ...Object.fromEntries(annotations.map(([key, value]) => [key, scalar(value)])),
        ...(cause === "" ? {} : { cause })
      })
    case "logfmt":
      return [
        pair("time", date.toISOString()),
        pair("level", level.label),
        pair("message", message),
        ...annotations.map(([key, value]) => pair(key, value)),
        ...(cause === "" ? [] : [pair("cause", cause)])
      ].join(" ")
    case "pretty": {
      const dim = (text: string) => painted(colour ? "90" : undefined, text)
      return [
        dim(local(date)),
        painted(colour ? colours[level.label] : undefined, level.label.padEnd(5)),
        escaped(message),
        ...annotations.map(([key, value]) => dim(pair(key, value))),
        ...(cause === "" ? [] : [escaped(cause)])
      ].join(" ")
    }
  }
}

const text = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((part: unknown) => (typeof part === "string" ? part : JSON.stringify(part) ?? String(part)))
    .join(" ")

/** The two that every record has come first; the others have no order of their own, so they get one. */
const ordered = (annotations: HashMap.HashMap<string, unknown>): Entry["annotations"] => {
  const rank = (key: string) => (key === "account" ? "0" : key === "module" ? "1" : `2${key}`)
  return HashMap.toEntries(annotations).toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
}

/**
 * The default for a stderr that is a terminal or not.
 *
 * @since 0.1.0
 * @category decisions
 */
export const defaultFormat = (isTerminal: boolean): LogFormat => (isTerminal ? "pretty" : "logfmt")

/**
 * Writes log records to stderr in this format.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (style: LogFormat): Logger.Logger<unknown, void> => {
  const line = format(style, Terminal.stderrHasColours())
  const write = Stderr.makeWriter()
  return Logger.make(({ annotations, cause, date, logLevel, message }) => {
    write(line({
      date,
      level: logLevel,
      message: text(message),
      annotations: ordered(annotations),
      cause: describeCause(cause)
    }))
  })
}

/**
 * Sends all log records to stderr in this format. The level is set by `--log-level`, an option of every command.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (style: LogFormat): Layer.Layer<never> => Logger.replace(Logger.defaultLogger, make(style))
