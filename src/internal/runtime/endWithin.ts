/** What must be done at the end of something, whatever happens to the fiber that does it. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

/**
 * `Effect.timeoutOption` for an uninterruptible region, in a fiber of its own: who is interrupted passes that on to the
 * fibers that it has forked, those of a time-out among them, even where it can't be interrupted itself ("Effect.timeoutOption
 * does the one or the other …" in test/internal/runtime/ends.test.ts).
 */
export const endWithin =
  (ms: number) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<Option.Option<A>, E, R> =>
    // Interruptible inside the time-out, or a call that is never answered would be waited for.
    Effect.disconnect(Effect.timeoutOption(Effect.interruptible(self), ms))
