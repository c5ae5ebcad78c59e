/**
 * The names of the commands. Without imports: it is needed before anything else is there.
 *
 * @since 0.1.0
 */

/**
 * In the order of the help.
 *
 * @since 0.1.0
 * @category constants
 */
export const subcommands = [
  "listen",
  "exec",
  "send",
  "recall",
  "inbox",
  "init",
  "new",
  "doctor",
  "simulate",
  "play",
  "demo"
] as const

/**
 * The command that a command line names, if it does.
 *
 * @since 0.1.0
 * @category parsing
 */
export const named = (argv: ReadonlyArray<string>): string | undefined =>
  argv.slice(2).find((word) => subcommands.some((known) => known === word))

/** What asks for words about the program, instead of running it. */
const asking: ReadonlySet<string> = new Set(["help", "--help", "-h", "--version"])

/**
 * What a process was started for, as far as it shows without parsing.
 *
 * @since 0.1.0
 * @category parsing
 */
export const purpose = (argv: ReadonlyArray<string>): string =>
  argv.slice(2).find((word) => asking.has(word)) ?? named(argv) ?? "none"

/**
 * Whether a command runs until it is stopped, and reads its configuration anew on SIGHUP.
 *
 * @since 0.1.0
 * @category decisions
 */
export const runsChannel = (subcommand: string | undefined): boolean => subcommand === "listen" || subcommand === "exec"

/**
 * Whether another program and its arguments may stand behind a command's `--`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const runsProgram = (subcommand: string | undefined): boolean => subcommand === "exec" || subcommand === "play"
