import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"

/** Time between two records of a summary, in milliseconds. */
export const intervalMs = 10_000

/**
 * Counts what happens too often for a log record each. The function given back is synchronous and cheap: it counts.
 * `log` is run with the count at the first happening, then at most every {@link intervalMs} while it goes on, and once
 * more for the rest when the scope closes. Nothing runs while nothing happens.
 */
export const make = (log: (count: number) => Effect.Effect<void>): Effect.Effect<() => void, never, Scope.Scope> =>
  Effect.gen(function*() {
    let count = 0
    let running = false
    const rest = Effect.suspend(() => {
      const n = count
      count = 0
      return n === 0 ? Effect.void : log(n)
    })
    yield* Effect.addFinalizer(() => rest)
    const start = yield* FiberSet.runtime(yield* FiberSet.make<void>())()
    const watch: Effect.Effect<void> = Effect.suspend(() => {
      if (count === 0) {
        running = false
        return Effect.void
      }
      return Effect.zipRight(rest, Effect.zipRight(Effect.sleep(intervalMs), watch))
    })
    return () => {
      count += 1
      if (running) return
      running = true
      start(watch, { immediate: false })
    }
  })
