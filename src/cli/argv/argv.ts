/**
 * The command line before it is parsed. Pure.
 *
 * @since 0.1.0
 */

import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { nearest } from "../../internal/text/nearest.ts"
import { formats } from "../logging.ts"
import { runsProgram, subcommands } from "../subcommands.ts"
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
  /** The command of `exec` or `play` and its arguments, to be passed on as they are. */
  readonly command: ReadonlyArray<string>
  /** What `--log-level` says, wherever it stands; `undefined` without it. */
  readonly logLevel: LogLevel.LogLevel | undefined
  /** What is asked for instead of running a command. */
  readonly asks: Asks | undefined
}

/**
 * What a command line may ask for instead of running a command.
 *
 * - `Help`: of a command, or of the program.
 * - `Completions`: the script for a shell.
 *
 * @since 0.1.0
 * @category models
 */
export type Asks =
  | { readonly _tag: "Help"; readonly command: string | undefined }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Completions"; readonly shell: Shell }

/**
 * A shell for which there are completions.
 *
 * @since 0.1.0
 * @category models
 */
export type Shell = typeof shells[number]

/**
 * All of them.
 *
 * @since 0.1.0
 * @category constants
 */
export const shells = ["bash", "zsh", "fish"] as const

const levels: ReadonlyMap<string, LogLevel.LogLevel> = new Map([
  ...LogLevel.allLevels.map((level) => [level._tag.toLowerCase(), level] as const),
  ["warn", LogLevel.Warning]
])

const oneOf = new Map<string, ReadonlyArray<string>>([
  ["--log-level", [...levels.keys()]],
  ["--log-format", formats],
  ["--completions", shells]
])

const help = ["--help"]

/** Options that mean something without a command. */
const standsAlone: ReadonlySet<string> = new Set(["--help", "-h", "--version", "--completions", "--wizard"])

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
  if (Words.flags.has(name)) {
    return value === undefined ? undefined : `${name} takes no value, but is given "${value}": leave that out`
  }
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
  if (first === undefined || !isPlain(first)) {
    return read.length === 0 || read.some((word) => !isPlain(word) && standsAlone.has(word.name))
      ? Either.right(words)
      : Either.left(`there is no command: use one of ${subcommands.join(", ")}`)
  }
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

/** Help goes before everything: whoever asks for it need not be told what else is wrong. */
const asked = (read: ReadonlyArray<Words.Word>): Asks | undefined => {
  const options = read.filter((word) => !isPlain(word))
  const has = (...names: ReadonlyArray<string>) => options.some(({ name }) => names.includes(name))
  const [command] = read.filter(isPlain)
  if (has("--help", "-h")) return { _tag: "Help", command: command?.text }
  if (has("--version")) return { _tag: "Version" }
  const shell = options.find(({ name }) => name === "--completions")?.value
  const known = shells.find((each) => each === shell)
  if (known !== undefined) return { _tag: "Completions", shell: known }
  return read.length === 0 ? { _tag: "Help", command: undefined } : undefined
}

/**
 * Takes a command line apart. What follows `exec … --` or `play … --` belongs to another program, whose `--help` is not ours; general
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
    const isExec = dashes !== -1 && runsProgram(Words.read(words.slice(0, dashes)).find(isPlain)?.text)
    const ours = yield* arranged(isExec ? words.slice(0, dashes) : words)
    const read = Words.read(ours)
    const asks = asked(read)
    const command = isExec ? words.slice(dashes + 1) : []
    if (asks?._tag === "Help") return { own: [...argv.slice(0, 2), ...ours], command, logLevel: undefined, asks }
    for (const word of read) {
      const problem = isPlain(word) ? undefined : problemOf(word)
      if (problem !== undefined) return yield* Either.left(problem)
    }
    const stray = runsProgram(ours[0]) && asks === undefined ? read.slice(1).find(isPlain) : undefined
    if (stray !== undefined) {
      return yield* Either.left(
        `put the command behind --, as in: ${ours[0] === "exec" ? "exec --config FILE" : "play"} -- ${stray.text}`
      )
    }
    const isLevel = (word: Words.Word) => !isPlain(word) && word.name === "--log-level"
    const level = read.findLast(isLevel)
    return {
      own: [
        ...argv.slice(0, 2),
        ...read.filter((word) => !isLevel(word)).flatMap((word) => isPlain(word) ? [word.text] : word.words)
      ],
      command,
      logLevel: level === undefined || isPlain(level) ? undefined : levels.get((level.value ?? "").toLowerCase()),
      asks
    }
  })

/**
 * Whether a command line needs no other commands than those that run the channel.
 *
 * @since 0.1.0
 * @category parsing
 */
export const runsChannel = ({ own }: Argv): boolean =>
  (own[2] === "listen" || own[2] === "exec") && !own.includes("--wizard")

/**
 * Whether a command line is to be put together by questions.
 *
 * @since 0.1.0
 * @category parsing
 */
export const isWizard = ({ own }: Argv): boolean => own.includes("--wizard")
