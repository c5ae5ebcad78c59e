/**
 * The boundary to the process: arguments, signals, the exit code.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import { fromExit, ofFailures } from "./exitCode.ts"
import { run } from "./main.ts"
import * as Hangup from "./process/Hangup.ts"
import type { Signals } from "./process/signals.ts"
import * as Stderr from "./process/stderr.ts"
import { codeOfStop, stopWithinMs } from "./process/stopping.ts"
import { named } from "./subcommands.ts"
import * as UnhurriedTerminal from "./terminal/unhurriedTerminal.ts"
import * as Catalogue from "./words/Catalogue.ts"

declare const __PACKAGE_VERSION__: string | undefined

const version = typeof __PACKAGE_VERSION__ === "string" ? __PACKAGE_VERSION__ : "0.0.0"

/** How long what was printed may take to leave, in milliseconds; a reader that is stuck is not waited for. */
const flushMs = 500

/**
 * Runs the program that the process was started for, to its end or to the first signal. `isTerminal`: one of its standard
 * streams was a terminal at the start.
 *
 * @since 0.1.0
 * @category operations
 */
export const start = (signals: Signals, isTerminal: boolean): void => {
  process.stderr.on("error", constVoid)
  if (isTerminal) UnhurriedTerminal.make({ 1: process.stdout, 2: process.stderr })
  const subcommand = named(process.argv)
  const keepAlive = setInterval(constVoid, 2 ** 31 - 1)
  // The program's one way into Effect. Signals have been heard since before anything was loaded, so no other runner is to.
  const fiber = Effect.runFork(
    Catalogue.spoken(
      ofFailures(Effect.provide(run(process.argv, version), Hangup.layer(signals, isTerminal)), subcommand)
    )
  )
  signals.onStop(() => {
    // A timer of Node's: it has to go off when no fiber comes to its end any more.
    setTimeout(() => process.exit(codeOfStop(subcommand)), stopWithinMs).unref()
    fiber.unsafeInterruptAsFork(fiber.id())
  })
  fiber.addObserver((exit) => {
    clearInterval(keepAlive)
    const { code, text } = fromExit(exit, subcommand)
    if (text !== "") Stderr.makeWriter()(text)
    process.exitCode = code
    // There is no fiber any more that could wait.
    setTimeout(() => process.exit(code), flushMs).unref()
  })
}
