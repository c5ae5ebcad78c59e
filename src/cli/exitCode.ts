/**
 * What the program's end means to whoever started it. Pure.
 *
 * - 0: done, or stopped by a signal, or nobody reads stdout any more
 * - 1: something else went wrong; what was to be sent or recalled was not, or not all of it
 * - 2: the command line or the configuration can't be used
 * - 3: DingTalk refuses every account for good (for `doctor`: one)
 *
 * @since 0.1.0
 */
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { ChecksFailed, Incomplete } from "./errors.ts"
import { describeCause } from "./logging.ts"
import { codeOfStop } from "./stopping.ts"

/**
 * The end of the program.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ending {
  readonly code: 0 | 1 | 2 | 3
  /** What to tell on stderr; empty where everything is said. */
  readonly text: string
}

const program = "effect-dingtalk"

const quiet = (code: Ending["code"]): Ending => ({ code, text: "" })

const hint = (subcommand: string | undefined): string =>
  `Try: ${[program, ...(subcommand === undefined ? [] : [subcommand]), "--help"].join(" ")}`

const told = (code: Ending["code"], error: unknown): Ending => ({
  code,
  text: `${program}: ${error instanceof Error ? error.message : String(error)}`
})

const ofFailure = (error: unknown, subcommand: string | undefined): Ending => {
  // The parser has printed what is wrong, but not what to do.
  if (ValidationError.isValidationError(error)) return { code: 2, text: hint(subcommand) }
  if (error instanceof ChecksFailed) return quiet(error.refused ? 3 : 1)
  if (error instanceof Incomplete) return quiet(1)
  if (Predicate.isTagged(error, "StdoutClosed")) return quiet(0)
  if (Predicate.isTagged(error, "AccountsStopped")) return told(3, error)
  if (Predicate.isTagged(error, "UsageError") || Predicate.isTagged(error, "DingTalkConfigError")) {
    const ending = told(2, error)
    return { ...ending, text: `${ending.text}\n${hint(subcommand)}` }
  }
  return told(1, error)
}

/**
 * Reads the end of the program; `subcommand` is the one that ran, if any.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromExit = (exit: Exit.Exit<unknown, unknown>, subcommand: string | undefined): Ending =>
  Exit.match(exit, {
    onSuccess: () => quiet(0),
    onFailure: (cause) =>
      Option.match(Cause.failureOption(cause), {
        onSome: (error) => ofFailure(error, subcommand),
        onNone: () =>
          Cause.isInterruptedOnly(cause)
            ? quiet(codeOfStop(subcommand))
            : { code: 1, text: `${program}: this is a defect, please report it: ${describeCause(cause)}` }
      })
  })
