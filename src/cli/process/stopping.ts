/**
 * What a signal means to the exit code. Pure, and without imports: it is needed before anything else is there.
 *
 * @since 0.1.0
 */

/** Commands that come to an end by themselves: stopped, they have not done what they were asked for. */
const finite: ReadonlySet<string | undefined> = new Set(["send", "recall", "inbox", "init"])

/**
 * The exit code of a program that a signal stopped.
 *
 * @since 0.1.0
 * @category decisions
 */
export const codeOfStop = (subcommand: string | undefined): 0 | 1 => finite.has(subcommand) ? 1 : 0

/**
 * From the first signal to the end of the process, in milliseconds; what is not done then is given up.
 *
 * @since 0.1.0
 * @category constants
 */
export const stopWithinMs = 6_500
