/** A clock that goes on to the next sleeper when told to, and stands still meanwhile. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export interface QuickClock {
  readonly clock: Clock.Clock
  /** Wakes whoever is to wake next; false if nobody sleeps. */
  readonly advance: () => boolean
}

/** `from` is its time at the beginning, in milliseconds since 1970. */
export const make = (from: number): QuickClock => {
  const sleepers = new Set<Sleeper>()
  let now = from
  const nanos = () => BigInt(now) * 1_000_000n
  return {
    clock: {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: () => now,
      unsafeCurrentTimeNanos: nanos,
      currentTimeMillis: Effect.sync(() => now),
      currentTimeNanos: Effect.sync(nanos),
      sleep: (duration) =>
        Effect.async<void>((resume) => {
          const sleeper: Sleeper = { at: now + Math.ceil(Duration.toMillis(duration)), wake: () => resume(Effect.void) }
          sleepers.add(sleeper)
          return Effect.sync(() => sleepers.delete(sleeper))
        })
    },
    advance: () => {
      const [next] = [...sleepers].toSorted((a, b) => a.at - b.at)
      if (next === undefined) return false
      sleepers.delete(next)
      now = Math.max(now, next.at)
      next.wake()
      return true
    }
  }
}
