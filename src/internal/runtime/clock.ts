/** Time that no correction of the wall clock moves: durations and deadlines go by it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

const live = Context.get(DefaultServices.liveServices, Clock.Clock)

/** A clock's monotonic time in milliseconds, synchronously. */
export const unsafeMonotonicMillis = (clock: Clock.Clock): () => number =>
  // The clock's own nanoseconds are of `bigint`, which costs as much as the rest of a delivery's book-keeping.
  clock === live ? () => performance.now() : () => Number(clock.unsafeCurrentTimeNanos()) / 1e6

/** The monotonic time, in whole milliseconds. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.currentTimeNanos,
  (nanos) => Number(nanos / 1_000_000n)
)

/** Longest real time for the end of something whose own bound a test's clock may never reach, in milliseconds. */
const releaseMs = 3_000

/**
 * `Effect.timeoutOption` for the end of something: by the clock of the context, and, when that one stands still as a test's
 * does, by the real time, though never earlier than by `ms` of it ("Effect.timeoutOption waits there for ever" in
 * test/internal/runtime/ends.test.ts).
 */
export const releaseWithin =
  (ms: number) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<Option.Option<A>, E, R> =>
    Effect.raceFirst(
      Effect.interruptible(Effect.timeoutOption(self, ms)),
      Effect.interruptible(Effect.withClock(Effect.as(Effect.sleep(Math.max(ms, releaseMs)), Option.none<A>()), live))
    )
