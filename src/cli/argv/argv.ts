/**
 * The command line before it is parsed. Pure.
 *
 * @since 0.1.0
 */

import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { formats } from "../logging.ts"

/**
 * A command line, taken apart.
 *
 * @since 0.1.0
 * @category models
 */
export interface Argv {
  /** What the parser gets; the first two are Node and the script. */
  readonly own: ReadonlyArray<string>
  /** The command of `exec` and its arguments, to be passed on as they are. */
  readonly command: ReadonlyArray<string>
  /** What `--log-level` says, wherever it stands; `undefined` without it. */
  readonly logLevel: LogLevel.LogLevel | undefined
}

/**
 * The subcommands.
 *
 * @since 0.1.0
 * @category constants
 */
export const subcommands = ["listen", "exec", "send", "recall", "doctor", "simulate", "demo"] as const

const levels: ReadonlyMap<string, LogLevel.LogLevel> = new Map([
  ...LogLevel.allLevels.map((level) => [level._tag.toLowerCase(), level] as const),
  ["warn", LogLevel.Warning]
])

const levelOption = "--log-level"
const formatOption = "--log-format"

interface Taken {
  readonly rest: ReadonlyArray<string>
  readonly value: string | undefined
}

/** Takes `--name X` and `--name=X` out; the last one counts. */
const take = (own: ReadonlyArray<string>, name: string): Taken => {
  const at = own.findLastIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  const found = own[at]
  if (found === undefined) return { rest: own, value: undefined }
  const apart = found === name
  const before = take(own.slice(0, at), name).rest
  return {
    rest: [...before, ...own.slice(at + (apart ? 2 : 1))],
    value: apart ? own[at + 1] ?? "" : found.slice(name.length + 1)
  }
}

const notOneOf = (name: string, accepted: Iterable<string>, value: string): string =>
  `${name} must be one of ${[...accepted].join(", ")}${value === "" ? "" : `, but is "${value}"`}`

/**
 * Takes a command line apart. What follows `exec … --` belongs to another program, whose `--help` is not ours.
 * `--log-level` is taken out because the parser, whose own option it is, overlooks it next to others. `--log-format` is
 * only looked at: of a wrong value the parser does not say whose it is.
 *
 * Fails with what is wrong, in words.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (argv: ReadonlyArray<string>): Either.Either<Argv, string> => {
  const at = argv[2] === "exec" ? argv.indexOf("--") : -1
  const { rest: own, value } = take(at === -1 ? argv : argv.slice(0, at), levelOption)
  const logLevel = value === undefined ? undefined : levels.get(value.toLowerCase())
  if (value !== undefined && logLevel === undefined) return Either.left(notOneOf(levelOption, levels.keys(), value))
  const format = take(own, formatOption).value
  return format === undefined || formats.some((known) => known === format)
    ? Either.right({ own, command: at === -1 ? [] : argv.slice(at + 1), logLevel })
    : Either.left(notOneOf(formatOption, formats, format))
}

/**
 * The subcommand of a command line, if it has one: for the hint behind a mistake.
 *
 * @since 0.1.0
 * @category parsing
 */
export const subcommand = (argv: ReadonlyArray<string>): string | undefined =>
  subcommands.find((known) => known === argv[2])

/**
 * Whether a command line needs no other commands than those that run the channel.
 *
 * @since 0.1.0
 * @category parsing
 */
export const runsChannel = ({ own }: Argv): boolean =>
  (own[2] === "listen" || own[2] === "exec") &&
  // These two options tell of all commands.
  !own.some((argument) => argument === "--wizard" || argument.startsWith("--completions"))
