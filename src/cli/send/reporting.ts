/**
 * Telling what becomes of each target: lines on stdout, a bar on a terminal, a summary in the end, whatever that is.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Incomplete } from "../errors.ts"
import * as StatusLine from "../process/statusLine.ts"
import * as Stderr from "../process/stderr.ts"
import { Stdout, StdoutFailed } from "../process/Stdout.ts"
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
    const { ended, writeLine } = yield* Stdout
    const state = yield* Ref.make(Outcomes.initial(total))
    const take = (step: Step) =>
      Effect.gen(function*() {
        const final = yield* Ref.modify(state, (before) => Outcomes.advance(before, step))
        yield* StatusLine.clear
        yield* Effect.forEach(final, (outcome) => writeLine(Outcomes.line(outcome)), { discard: true })
        const { counts } = yield* Ref.get(state)
        yield* StatusLine.show((columns) => Outcomes.bar(counts, columns))
      })
    const tell = Effect.gen(function*() {
      yield* take([])
      yield* StatusLine.clear
      const { counts } = yield* Ref.get(state)
      yield* Stderr.line(Outcomes.summary(counts))
    })
    const gone = Effect.catchTag(ended, "StdoutClosed", () => new StdoutFailed({ code: "EPIPE" }))
    yield* Effect.raceFirst(Stream.runForEach(steps, take), gone).pipe(Effect.ensuring(tell))
    const { counts } = yield* Ref.get(state)
    if (!Outcomes.isComplete(counts)) return yield* new Incomplete()
  })
