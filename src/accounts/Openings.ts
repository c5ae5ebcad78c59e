/**
 * Paces the opening calls of the accounts of a process, so that hundreds that start, or come back from the same
 * outage, do not run into DingTalk's rate limit together.
 *
 * Not Effect's `RateLimiter`: that one wakes all who wait for each that may go ("wakes who may go, …" in
 * test/accounts/Openings.test.ts).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import * as Number from "effect/Number"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
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
  const permits = yield* Queue.dropping<void>(burst)
  yield* Queue.offerAll(permits, Array.from({ length: burst }, constVoid))
  // Nothing ticks while nobody opens.
  const isSpent = yield* Effect.makeLatch(false)
  const refill = Effect.all([
    isSpent.await,
    Effect.sleep(Math.ceil(spacingMs)),
    Queue.offer(permits, undefined),
    isSpent.close,
    Effect.unlessEffect(isSpent.open, Queue.isFull(permits))
  ], { discard: true })
  yield* Effect.forkScoped(Effect.forever(refill))
  const channels = yield* Ref.make<ReadonlyArray<Effect.Effect<number>>>([])
  const jitter = Effect.flatMap(Random.nextIntBetween(0, Math.ceil(0.4 * spacingMs)), Effect.sleep)
  return {
    pass: Effect.gen(function*() {
      const counts = yield* Effect.all(yield* Ref.get(channels))
      if (Number.sumAll(counts) > burst) {
        yield* Effect.all([isSpent.open, Queue.take(permits), jitter], { discard: true })
      }
    }),
    join: (accounts) =>
      Effect.asVoid(Effect.acquireRelease(
        Ref.update(channels, (all) => [...all, accounts]),
        () => Ref.update(channels, (all) => all.filter((other) => other !== accounts))
      ))
  }
})
