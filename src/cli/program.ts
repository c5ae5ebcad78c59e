/**
 * The boundary to the process: arguments, signals, the exit code.
 *
 * @since 0.1.0
 */
import { makeRunMain } from "@effect/platform/Runtime"
import { constVoid } from "effect/Function"
import * as Argv from "./argv.ts"
import { fromExit } from "./exitCode.ts"
import type { Signals } from "./internal/signals.ts"
import * as Stderr from "./internal/stderr.ts"
import { run } from "./main.ts"
import { codeOfStop, stopWithinMs } from "./stopping.ts"

declare const __PACKAGE_VERSION__: string | undefined

const version = typeof __PACKAGE_VERSION__ === "string" ? __PACKAGE_VERSION__ : "0.0.0"

/** How long what was printed may take to leave, in milliseconds; a reader that is stuck is not waited for. */
const flushMs = 500

const runMain = (signals: Signals, subcommand: string | undefined) =>
  makeRunMain(({ fiber, teardown }) => {
    const keepAlive = setInterval(constVoid, 2 ** 31 - 1)
    signals.onFirst(() => {
      setTimeout(() => process.exit(codeOfStop(subcommand)), stopWithinMs).unref()
      fiber.unsafeInterruptAsFork(fiber.id())
    })
    fiber.addObserver((exit) => {
      clearInterval(keepAlive)
      teardown(exit, (code) => {
        process.exitCode = code
        setTimeout(() => process.exit(code), flushMs).unref()
      })
    })
  })

/**
 * Runs the program that the process was started for, to its end or to the first signal.
 *
 * @since 0.1.0
 * @category operations
 */
export const start = (signals: Signals): void => {
  process.stderr.on("error", constVoid)
  const subcommand = Argv.subcommand(process.argv)
  runMain(signals, subcommand)(run(process.argv, version), {
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit, onExit) => {
      const { code, text } = fromExit(exit, subcommand)
      if (text !== "") Stderr.makeWriter()(text)
      onExit(code)
    }
  })
}
