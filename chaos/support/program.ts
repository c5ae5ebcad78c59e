/** What all programs here have in common: printing, the exit code, and that nothing fails unseen. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as CommandLine from "./commandLine.ts"

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** What was thrown or rejected and caught by nobody, so far. */
export const uncaught: Array<string> = []

const note = (what: string) => (error: unknown) => {
  uncaught.push(`${what}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
}

/** The value of `--name value`, as a number. */
export const numberOption = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  const value = Number(at === -1 ? Number.NaN : process.argv[at + 1])
  return Number.isFinite(value) ? value : fallback
}

/** The value of `--name value`. */
export const textOption = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? undefined : process.argv[at + 1]
}

/** What `--name one,two` names; all of them without it. */
export const listOption = <A extends string>(name: string, all: ReadonlyArray<A>): ReadonlyArray<A> => {
  const given = textOption(name)?.split(",")
  return given === undefined ? all : all.filter((each) => given.includes(each))
}

/** The words of the command line that are neither options nor their values, and those that `--only` names. */
export const words = (): ReadonlyArray<string> => CommandLine.read(process.argv.slice(2)).words

/**
 * Runs a program that gives the bars it missed; says so, and exits with 1 if there are any. What it does not know is an error
 * before it begins: exit 2.
 */
export const main = async (
  program: Effect.Effect<ReadonlyArray<string>, unknown>,
  known: CommandLine.Known
): Promise<void> => {
  const argv = process.argv.slice(2)
  if (argv.includes("--help")) {
    print(CommandLine.usage(known))
    process.exit(0)
  }
  const problem = CommandLine.misuse(argv, known)
  if (problem !== undefined) {
    process.stderr.write(`${problem}\nThere are:\n${CommandLine.usage(known)}\n`)
    process.exit(2)
  }
  process.on("uncaughtException", note("uncaught exception"))
  process.on("unhandledRejection", note("unhandled rejection"))
  const exit = await Effect.runPromiseExit(program)
  const missed = Exit.isSuccess(exit) ? exit.value : [Cause.pretty(exit.cause)]
  const all = [...missed, ...uncaught]
  print(all.length === 0 ? "\nPASS" : `\nFAIL\n${all.map((bar) => `  - ${bar}`).join("\n")}`)
  process.exit(all.length === 0 ? 0 : 1)
}
