/**
 * Telling what becomes of each target: lines on stdout, a bar on a terminal, a summary in the end, whatever that is.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Incomplete } from "../errors.ts"
import * as Stderr from "../process/stderr.ts"
import { closedIsFailed, Stdout, type StdoutFailed } from "../process/Stdout.ts"
import * as StatusLine from "../terminal/statusLine.ts"
import { Language } from "../words/Catalogue.ts"
import type { Step } from "./delivery.ts"
import * as Outcomes from "./outcomes.ts"

/**
 * Runs the steps. What is final is printed before the next step is taken; who was under way at an interruption or a
 * failure is `unknown`. Stops when stdout is gone: what became of whom could no longer be told.
 *
 * Fails as the steps do, with `StdoutFailed`, and with `Incomplete` if it was not sent to everybody.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = <E, R>(
  steps: Stream.Stream<Step, E, R>,
  total: number
): Effect.Effect<void, E | StdoutFailed | Incomplete, R | Stdout> =>
  Effect.gen(function*() {
    const { check, ended, writeLine } = yield* Stdout
    const state = yield* Ref.make(Outcomes.initial(total))
    const missing = yield* Ref.make(0)
    const report = (step: Step) =>
      Effect.gen(function*() {
        const final = yield* Ref.modify(state, (before) => Outcomes.advance(before, step))
        yield* StatusLine.clear
        const [untold] = yield* Effect.partition(final, (outcome) => writeLine(Outcomes.line(outcome)))
        yield* Ref.update(missing, (count) => count + untold.length)
        const { counts } = yield* Ref.get(state)
        yield* StatusLine.show((columns) => Outcomes.bar(counts, columns))
        yield* closedIsFailed(check)
      })
    const tell = Effect.gen(function*() {
      yield* Effect.ignore(report([]))
      yield* StatusLine.clear
      const { counts } = yield* Ref.get(state)
      const untold = yield* Ref.get(missing)
      const words = yield* Language
      const { semicolon, untold: told } = words.sending
      yield* Stderr.line(Outcomes.summary(words, counts) + (untold === 0 ? "" : `${semicolon}${told(untold)}`))
    })
    yield* Effect.raceFirst(Stream.runForEach(steps, report), closedIsFailed(ended)).pipe(
      Effect.ensuring(tell)
    )
    yield* closedIsFailed(check)
    const { counts } = yield* Ref.get(state)
    if (!Outcomes.isComplete(counts)) return yield* new Incomplete()
  })
