/**
 * The command line before it is parsed. Pure.
 *
 * @since 0.1.0
 */

import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { nearest } from "../../internal/nearest.ts"
import { formats } from "../logging.ts"
import { subcommands } from "../subcommands.ts"
import * as Words from "./words.ts"

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

const levels: ReadonlyMap<string, LogLevel.LogLevel> = new Map([
  ...LogLevel.allLevels.map((level) => [level._tag.toLowerCase(), level] as const),
  ["warn", LogLevel.Warning]
])

const oneOf = new Map<string, ReadonlyArray<string>>([
  ["--log-level", [...levels.keys()]],
  ["--log-format", formats]
])

const help = ["--help"]

const meant = (guess: string | undefined, otherwise: string): string =>
  guess === undefined ? otherwise : `did you mean ${guess}?`

const unknownCommand = (word: string): string =>
  `there is no command "${word}": ${
    meant(nearest(word, [...subcommands, "help"]), `use one of ${subcommands.join(", ")}`)
  }`

/** What is wrong with an option by itself; `undefined` if nothing is. */
const problemOf = ({ name, value }: Extract<Words.Word, { readonly _tag: "Option" }>): string | undefined => {
  const accepted = oneOf.get(name)
  if (accepted !== undefined && !accepted.includes((value ?? "").toLowerCase())) {
    const found = value === undefined || value === "" ? "" : `, but is "${value}"`
    return `${name} must be one of ${accepted.join(", ")}${found}`
  }
  if (Words.valued.has(name)) {
    return value === undefined ? `${name} has no value: put one behind it, or leave it out` : undefined
  }
  if (Words.flags.has(name)) return undefined
  return `there is no option ${name}: ${
    meant(nearest(name, [...Words.valued, ...Words.flags]), "see which there are by --help")
  }`
}

const isPlain = (word: Words.Word): word is Extract<Words.Word, { readonly _tag: "Plain" }> => word._tag === "Plain"

/** The words with the command first, and what asks for help or the version in the parser's spelling. */
const arranged = (words: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, string> => {
  if (words.length === 1 && /^-v$/i.test(words[0] ?? "")) return Either.right(["--version"])
  const read = Words.read(words)
  const at = read.findIndex(isPlain)
  const first = read[at]
  if (first === undefined || !isPlain(first)) return Either.right(words)
  const before = read.slice(0, at).flatMap((word) => isPlain(word) ? [word.text] : word.words)
  const behind = read.slice(at + 1).flatMap((word) => isPlain(word) ? [word.text] : word.words)
  if (first.text === "help") {
    const [about] = read.slice(at + 1).filter(isPlain)
    if (about === undefined) return Either.right(help)
    return subcommands.some((known) => known === about.text)
      ? Either.right([about.text, ...help])
      : Either.left(unknownCommand(about.text))
  }
  return subcommands.some((known) => known === first.text)
    ? Either.right([first.text, ...before, ...behind])
    : Either.left(unknownCommand(first.text))
}

/**
 * Takes a command line apart. What follows `exec … --` belongs to another program, whose `--help` is not ours; general
 * options may stand before the command. What the parser overlooks, or does not say well, is looked at here: a command or
 * an option that does not exist, a value that is missing. `--log-level` is taken out, because the parser, whose own option
 * it is, overlooks it next to others.
 *
 * Fails with what is wrong, in words.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (argv: ReadonlyArray<string>): Either.Either<Argv, string> =>
  Either.gen(function*() {
    const words = argv.slice(2)
    const dashes = words.indexOf("--")
    const isExec = dashes !== -1 && Words.read(words.slice(0, dashes)).find(isPlain)?.text === "exec"
    const ours = yield* arranged(isExec ? words.slice(0, dashes) : words)
    const read = Words.read(ours)
    for (const word of read) {
      const problem = isPlain(word) ? undefined : problemOf(word)
      if (problem !== undefined) return yield* Either.left(problem)
    }
    const asksForHelp = read.some((word) => !isPlain(word) && (word.name === "--help" || word.name === "-h"))
    const stray = ours[0] === "exec" && !asksForHelp ? read.slice(1).find(isPlain) : undefined
    if (stray !== undefined) {
      return yield* Either.left(`put the command behind --, as in: exec --config FILE -- ${stray.text}`)
    }
    const isLevel = (word: Words.Word) => !isPlain(word) && word.name === "--log-level"
    const level = read.findLast(isLevel)
    return {
      own: [
        ...argv.slice(0, 2),
        ...read.filter((word) => !isLevel(word)).flatMap((word) => isPlain(word) ? [word.text] : word.words)
      ],
      command: isExec ? words.slice(dashes + 1) : [],
      logLevel: level === undefined || isPlain(level) ? undefined : levels.get((level.value ?? "").toLowerCase())
    }
  })

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
