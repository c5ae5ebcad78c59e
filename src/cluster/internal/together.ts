/** What comes while a write is under way is written together by the next one. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { iteration } from "../../internal/runtime/eventLoop.ts"

const mostAtOnce = 500

/** Gives what writes one and waits for it; `write` gives what each of them is told. */
export const together = <In, Out, E>(
  write: (all: ReadonlyArray<In>) => Effect.Effect<(one: In) => Out, E>
): Effect.Effect<(one: In) => Effect.Effect<Out, E>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const waiting = yield* Queue.unbounded<{ readonly one: In; readonly written: Deferred.Deferred<Out, E> }>()
    // With all that comes up in the same iteration.
    const batch = Effect.zipWith(
      Effect.zipLeft(Queue.take(waiting), iteration),
      Queue.takeUpTo(waiting, mostAtOnce - 1),
      (first, others) => [first, ...others]
    )
    const some = Effect.flatMap(batch, (all) =>
      Effect.suspend(() => write(all.map(({ one }) => one))).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            for (const { one, written } of all) Deferred.unsafeDone(written, Exit.map(exit, (told) => told(one)))
          })
        ),
        // Those who asked are told.
        Effect.catchAllCause(() => Effect.void)
      ))
    yield* Effect.forkScoped(Effect.forever(some))
    return (one) =>
      Effect.flatMap(
        Deferred.make<Out, E>(),
        (written) => Effect.zipRight(Queue.offer(waiting, { one, written }), Deferred.await(written))
      )
  })
