/**
 * Where the process begins: it listens to signals at once, and only then loads the program, which takes a while.
 *
 * @since 0.1.0
 */
import * as Signals from "./internal/signals.ts"
import { codeOfStop } from "./stopping.ts"

const signals = Signals.listen(() => process.exit(codeOfStop(process.argv[2])))

const { start } = await import("./program.ts")
start(signals)
