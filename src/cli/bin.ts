/**
 * Where the process begins: it listens to signals at once, and only then loads the program, which takes a while.
 *
 * @since 0.1.0
 */
import * as Module from "node:module"
import * as Signals from "./process/signals.ts"
import { codeOfStop } from "./process/stopping.ts"
import { named, runsChannel } from "./subcommands.ts"

// Since Node 22.1, and not among Node 20's types: the next start finds compiled what this one compiles, and takes a third
// less. `NODE_DISABLE_COMPILE_CACHE=1` switches it off.
if ("enableCompileCache" in Module && typeof Module.enableCompileCache === "function") Module.enableCompileCache()

const signals = Signals.listen(() => process.exit(codeOfStop(named(process.argv))))

const { closeAtExit, terminals } = await import("./terminal/terminalGone.ts")
const ours = terminals()
closeAtExit(ours)
// The configuration has yet to be read.
if (ours.length === 0 && runsChannel(named(process.argv))) signals.onHangup(Signals.ignored)

const { start } = await import("./program.ts")
start(signals, ours.length > 0)
