/**
 * The command line as a service, for what the parser must not see.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Argv } from "./argv.ts"

/**
 * The command line of this process, cut.
 *
 * @since 0.1.0
 * @category tags
 */
export class CommandLine extends Context.Tag("effect-dingtalk/cli/argv/CommandLine")<CommandLine, Argv>() {}
