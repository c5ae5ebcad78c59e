/**
 * Where the process begins: it listens to signals at once, and only then loads the program, which takes a while.
 *
 * @since 0.1.0
 */
import * as Signals from "./process/signals.ts"
import { codeOfStop } from "./process/stopping.ts"
import { named, runsChannel } from "./subcommands.ts"

const signals = Signals.listen(() => process.exit(codeOfStop(named(process.argv))))

const { closeAtExit, terminals } = await import("./process/terminalGone.ts")
const ours = terminals()
closeAtExit(ours)
// The configuration has yet to be read.
if (ours.length === 0 && runsChannel(named(process.argv))) signals.onHangup(Signals.ignored)

const { start } = await import("./program.ts")
start(signals, ours.length > 0)
