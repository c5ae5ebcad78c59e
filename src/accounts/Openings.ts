/**
 * Paces the opening calls of the accounts of a process, so that hundreds that start, or come back from the same
 * outage, do not run into DingTalk's rate limit together.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Number from "effect/Number"
import * as Random from "effect/Random"
import * as RateLimiter from "effect/RateLimiter"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { StreamTiming } from "../stream/StreamTiming.ts"

/**
 * The pace of the opening calls of a process.
 *
 * @since 0.1.0
 * @category models
 */
export interface Openings {
  /**
   * Waits until an opening call may go out, in the order of asking: after a quiet time `openingBurst` of them at once,
   * and then `openingsPerSecond`, each with a jitter of up to two fifths of the time between two. Nobody waits while there
   * are no more accounts than `openingBurst`: each of them has a pace of its own.
   */
  readonly pass: Effect.Effect<void>
  /** Has the accounts of one more channel count, until its scope closes. */
  readonly join: (accounts: Effect.Effect<number>) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * Makes a pace, for as long as the scope lasts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Openings, never, Scope.Scope> = Effect.gen(function*() {
  const { openingBurst: burst, openingsPerSecond } = yield* StreamTiming
  const spacingMs = 1_000 / openingsPerSecond
  const paced = yield* RateLimiter.make({ limit: burst, interval: burst * spacingMs, algorithm: "token-bucket" })
  const channels = yield* Ref.make<ReadonlyArray<Effect.Effect<number>>>([])
  const jitter = Effect.flatMap(Random.nextIntBetween(0, Math.ceil(0.4 * spacingMs)), Effect.sleep)
  return {
    pass: Effect.gen(function*() {
      const counts = yield* Effect.all(yield* Ref.get(channels))
      if (Number.sumAll(counts) > burst) yield* paced(jitter)
    }),
    join: (accounts) =>
      Effect.asVoid(Effect.acquireRelease(
        Ref.update(channels, (all) => [...all, accounts]),
        () => Ref.update(channels, (all) => all.filter((other) => other !== accounts))
      ))
  }
})
