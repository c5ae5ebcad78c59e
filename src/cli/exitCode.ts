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
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { DingTalkConfigError } from "../DingTalkConfig.ts"
import type { AccountsStopped, ChecksFailed, Incomplete, UsageError } from "./errors.ts"
import { describeCause } from "./logging.ts"
import type { StdoutClosed } from "./process/Stdout.ts"
import { codeOfStop } from "./process/stopping.ts"
import { inLanguage, Language, type Words } from "./words/Catalogue.ts"
import { messageOf } from "./words/hintOf.ts"

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

const hint = ({ ending }: Words, subcommand: string | undefined): string =>
  ending.tryHelp([program, ...(subcommand === undefined ? [] : [subcommand]), "--help"].join(" "))

const told = (code: Ending["code"], text: string): Ending => ({ code, text: `${program}: ${text}` })

/** What means more than that something went wrong. */
type Known =
  | StdoutClosed
  | AccountsStopped
  | ChecksFailed
  | DingTalkConfigError
  | Incomplete
  | UsageError

/**
 * Turns what a command fails with into the end of the program; `subcommand` is the one that runs, if any.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofFailures = <R>(
  self: Effect.Effect<unknown, Known | Error, R>,
  subcommand: string | undefined
): Effect.Effect<Ending, never, R> => {
  const ended = (words: Words) => {
    const misused = (problem: string) => {
      const { code, text } = told(2, problem)
      return { code, text: `${text}\n${hint(words, subcommand)}` }
    }
    const { badConfig, issue } = words.ending
    return self.pipe(
      Effect.as(quiet(0)),
      Effect.catchTags({
        StdoutClosed: () => Effect.succeed(quiet(0)),
        Incomplete: () => Effect.succeed(quiet(1)),
        ChecksFailed: ({ refused }) => Effect.succeed(quiet(refused ? 3 : 1)),
        UsageError: ({ problem }) => Effect.map(inLanguage(problem), misused),
        DingTalkConfigError: ({ issues, source }) =>
          Effect.succeed(
            misused(badConfig(source, issues.map(({ message, path }) => `${path} ${issue(message)}`.trim())))
          ),
        AccountsStopped: (error) => Effect.succeed(told(3, error.inWords(words)))
      }),
      Effect.catchAll((error) => Effect.succeed(told(1, messageOf(words, error))))
    )
  }
  return Effect.flatMap(Language, ended)
}

/**
 * Reads the end of a program that only a signal or a defect can keep from saying how it ended.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromExit = (exit: Exit.Exit<Ending>, subcommand: string | undefined): Ending =>
  Exit.getOrElse(exit, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? quiet(codeOfStop(subcommand))
      : { code: 1, text: `${program}: this is a defect, please report it: ${describeCause(cause)}` })
