/** Time that no correction of the wall clock moves: durations and deadlines go by it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"

const live = Context.get(DefaultServices.liveServices, Clock.Clock)

/** Whether a clock goes by the real time; one of a test does not. */
export const isLive = (clock: Clock.Clock): boolean => clock === live

/** A clock's monotonic time in milliseconds, synchronously. */
export const unsafeMonotonicMillis = (clock: Clock.Clock): () => number =>
  // The clock's own nanoseconds are of `bigint`, which costs as much as the rest of a delivery's book-keeping.
  isLive(clock) ? () => performance.now() : () => Number(clock.unsafeCurrentTimeNanos()) / 1e6

/** The monotonic time, in whole milliseconds. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.currentTimeNanos,
  (nanos) => Number(nanos / 1_000_000n)
)
