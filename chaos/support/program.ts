/** What all programs here have in common: printing, the exit code, and that nothing fails unseen. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

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

/** The words of the command line that are neither options nor their values, and those that `--only` names. */
export const words = (): ReadonlyArray<string> =>
  process.argv.slice(2).filter((word, i, all) => {
    const before = all[i - 1]
    return !word.startsWith("--") && (before === "--only" || before?.startsWith("--") !== true)
  })

/** Runs a program that gives the bars it missed; says so, and exits with 1 if there are any. */
export const main = async (program: Effect.Effect<ReadonlyArray<string>, unknown>): Promise<void> => {
  process.on("uncaughtException", note("uncaught exception"))
  process.on("unhandledRejection", note("unhandled rejection"))
  const exit = await Effect.runPromiseExit(program)
  const missed = Exit.isSuccess(exit) ? exit.value : [Cause.pretty(exit.cause)]
  const all = [...missed, ...uncaught]
  print(all.length === 0 ? "\nPASS" : `\nFAIL\n${all.map((bar) => `  - ${bar}`).join("\n")}`)
  process.exit(all.length === 0 ? 0 : 1)
}
