/**
 * Where the process begins: it listens to signals at once, and only then loads the program, which takes a while.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import * as Compiled from "./process/compiled.ts"
import * as Signals from "./process/signals.ts"
import { codeOfStop } from "./process/stopping.ts"
import { named, purpose, runsChannel } from "./subcommands.ts"
import * as TerminalGone from "./terminal/terminalGone.ts"

/** From the loaded program until the start is over for certain, in milliseconds. */
const startMs = 5_000

const command = named(process.argv)
const signals = Signals.listen(() => process.exit(codeOfStop(command)))

const terminals = TerminalGone.terminals()
TerminalGone.closeAtExit(terminals)
// The configuration has yet to be read.
if (terminals.length === 0 && runsChannel(command)) signals.onHangup(Signals.ignored)

const { exports, keep } = Compiled.load(
  createRequire(import.meta.url).resolve("./bin.program.cjs"),
  purpose(process.argv),
  Compiled.folder(process.env)
)
const { start }: typeof import("./program.ts") = exports
start(signals, terminals.length > 0)

// What a start has compiled is kept when it is over. A channel that ends before has not come far enough.
if (keep !== undefined) {
  if (runsChannel(command)) setTimeout(keep, startMs).unref()
  else {
    process.once("exit", (code) => {
      if (code === 0) keep()
    })
  }
}
