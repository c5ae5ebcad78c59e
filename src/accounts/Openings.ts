/**
 * Paces the opening calls of the accounts of a process, so that hundreds that start, or come back from the same
 * outage, do not run into DingTalk's rate limit together.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Number from "effect/Number"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { monotonicMillis } from "../internal/runtime/clock.ts"
import { StreamTiming } from "../stream/StreamTiming.ts"

/**
 * What one opening call has to wait, and the moment from which on there is no debt any more. Times in milliseconds.
 *
 * `spacingMs` goes by between two calls; after a quiet time `burst` of them are let through at once. So there are at
 * most `burst + t / spacingMs` within any time `t`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const reserve = (
  clearAt: number,
  { burst, now, spacingMs }: { readonly now: number; readonly spacingMs: number; readonly burst: number }
): { readonly waitMs: number; readonly clearAt: number } => {
  const from = Math.max(clearAt, now)
  return { waitMs: Math.max(0, from - (burst - 1) * spacingMs - now), clearAt: from + spacingMs }
}

/**
 * The pace of the opening calls of a process.
 *
 * @since 0.1.0
 * @category models
 */
export interface Openings {
  /**
   * Waits until an opening call may go out, in the order of asking, with a jitter of up to two fifths of the time between
   * two calls. Nobody waits while there are no more accounts than `openingBurst`: each of them has a pace of its own.
   */
  readonly turn: Effect.Effect<void>
  /** Has the accounts of one more channel count, until its scope closes. */
  readonly join: (accounts: Effect.Effect<number>) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * Makes a pace.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Openings> = Effect.gen(function*() {
  const { openingBurst: burst, openingsPerSecond } = yield* StreamTiming
  const spacingMs = 1_000 / openingsPerSecond
  const clearAt = yield* Ref.make(0)
  const channels = yield* Ref.make<ReadonlyArray<Effect.Effect<number>>>([])
  const paced = Effect.gen(function*() {
    const now = yield* monotonicMillis
    const waitMs = yield* Ref.modify(clearAt, (before) => {
      const { clearAt, waitMs } = reserve(before, { now, spacingMs, burst })
      return [waitMs, clearAt] as const
    })
    if (waitMs === 0) return
    const jitterMs = yield* Random.nextRange(0, 0.4 * spacingMs)
    yield* Effect.sleep(Math.ceil(waitMs + jitterMs)).pipe(
      // Who is stopped while waiting leaves no gap behind.
      Effect.onInterrupt(() => Ref.update(clearAt, (at) => at - spacingMs))
    )
  })
  return {
    turn: Effect.gen(function*() {
      const counts = yield* Effect.all(yield* Ref.get(channels))
      if (Number.sumAll(counts) > burst) yield* paced
    }),
    join: (accounts) =>
      Effect.asVoid(Effect.acquireRelease(
        Ref.update(channels, (all) => [...all, accounts]),
        () => Ref.update(channels, (all) => all.filter((other) => other !== accounts))
      ))
  }
})
