/**
 * `exec`: each message is answered by a program.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandLine } from "../argv/CommandLine.ts"
import * as Options from "../argv/options.ts"
import { UsageError } from "../errors.ts"
import * as Answering from "../exec/answering.ts"
import * as Children from "../exec/Children.ts"
import * as Running from "../running.ts"

const description = "Answer each message by a program: it gets the text on stdin, and what it prints is the reply. " +
  "If it prints nothing, nothing is sent. With --stream the reply is a card that shows it while it comes; " +
  "with --persistent the program stays, and answers by lines of JSON. " +
  "The program is started directly, never by a shell."

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "exec",
  { ...Running.options, ...Answering.options },
  (given) =>
    Effect.gen(function*() {
      const [program, ...args] = (yield* CommandLine).command
      if (program === undefined) {
        return yield* new UsageError({
          problem: "there is no command to run; put it behind --, as in: exec --config FILE -- cat"
        })
      }
      const plan = yield* Answering.plan(given, [program, ...args])
      const settings = yield* Running.settings(given)
      return yield* Running.run({
        given,
        settings,
        ...yield* Answering.make(plan, settings, Option.isSome(given.inbox))
      })
    }).pipe(Effect.provide(Children.layer), Effect.provide(Options.logging(given.logFormat)))
).pipe(
  Command.withDescription(description)
)
