import * as Effect from "effect/Effect"
import type { Start } from "./boundary.ts"

/** Time between two records of a summary, in milliseconds. */
export const intervalMs = 10_000

export interface Summary {
  /** Counts one more; synchronous and cheap. */
  readonly report: () => void
  /** Logs what was not logged yet; to be run at the end. */
  readonly rest: Effect.Effect<void>
}

/**
 * Counts what happens too often for a log record each. `log` is run with the count at the first happening, then at most
 * every {@link intervalMs} while it goes on. Nothing runs while nothing happens.
 */
export const unsafeMake = (start: Start<never>, log: (count: number) => Effect.Effect<void>): Summary => {
  let count = 0
  let running = false
  const rest = Effect.suspend(() => {
    const n = count
    count = 0
    return n === 0 ? Effect.void : log(n)
  })
  const watch: Effect.Effect<void> = Effect.suspend(() => {
    if (count === 0) {
      running = false
      return Effect.void
    }
    return Effect.zipRight(rest, Effect.zipRight(Effect.sleep(intervalMs), watch))
  })
  return {
    report: () => {
      count += 1
      if (running) return
      running = true
      start(watch)
    },
    rest
  }
}
