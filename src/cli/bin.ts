/**
 * Where the process begins: it listens to signals at once, and only then loads the program, which takes a while.
 *
 * @since 0.1.0
 */
import * as Signals from "./process/signals.ts"
import { codeOfStop } from "./process/stopping.ts"
import { named } from "./subcommands.ts"

const signals = Signals.listen(() => process.exit(codeOfStop(named(process.argv))))

const { start } = await import("./program.ts")
start(signals)
