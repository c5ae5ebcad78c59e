/**
 * The boundary to the process: arguments, signals, the exit code.
 *
 * @since 0.1.0
 */
import { makeRunMain } from "@effect/platform/Runtime"
import { constVoid } from "effect/Function"
import * as Argv from "./argv.ts"
import { fromExit } from "./exitCode.ts"
import * as Stderr from "./internal/stderr.ts"
import { run } from "./main.ts"
import { stopWithinMs } from "./network.ts"

declare const __PACKAGE_VERSION__: string | undefined

const version = typeof __PACKAGE_VERSION__ === "string" ? __PACKAGE_VERSION__ : "0.0.0"

/** How long what was printed may take to leave, in milliseconds; a reader that is stuck is not waited for. */
const flushMs = 500

const signalNumber = { SIGINT: 2, SIGTERM: 15 } as const

/** The first signal stops in good order, and in time; the second one at once. */
const runMain = makeRunMain(({ fiber, teardown }) => {
  const keepAlive = setInterval(constVoid, 2 ** 31 - 1)
  let stopping = false
  const onSignal = (signal: keyof typeof signalNumber) => {
    if (stopping) process.exit(128 + signalNumber[signal])
    stopping = true
    setTimeout(() => process.exit(0), stopWithinMs).unref()
    fiber.unsafeInterruptAsFork(fiber.id())
  }
  process.on("SIGINT", onSignal)
  process.on("SIGTERM", onSignal)
  fiber.addObserver((exit) => {
    clearInterval(keepAlive)
    teardown(exit, (code) => {
      process.exitCode = code
      setTimeout(() => process.exit(code), flushMs).unref()
    })
  })
})

process.stderr.on("error", constVoid)

runMain(run(process.argv, version), {
  disableErrorReporting: true,
  disablePrettyLogger: true,
  teardown: (exit, onExit) => {
    const { code, text } = fromExit(exit, Argv.subcommand(process.argv))
    if (text !== "") Stderr.makeWriter()(text)
    onExit(code)
  }
})
