/**
 * How fast an account may send: a token bucket, first come, first served.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { AccountSettings } from "../DingTalkConfig.ts"

/**
 * The bucket's measures.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limit {
  /** Sends a second in the long run; more than 0. */
  readonly rate: number
  /** Sends that may go out at once after a quiet time; at least 1. */
  readonly burst: number
}

/**
 * The limit that an account's settings set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromSettings = (settings: Pick<AccountSettings, "rateLimit" | "rateBurst">): Limit => ({
  rate: settings.rateLimit,
  burst: settings.rateBurst
})

/**
 * A bucket, as the one number that says all about it: when it would be full again, in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bucket {
  readonly fullAt: number
}

/**
 * A full bucket.
 *
 * @since 0.1.0
 * @category constants
 */
export const full: Bucket = { fullAt: 0 }

const interval = (limit: Limit): number => 1_000 / limit.rate

/** An empty bucket is full after `burst` intervals; a later time comes from a clock that was set back. */
const fullAt = (limit: Limit, bucket: Bucket, now: number): number =>
  Math.min(Math.max(bucket.fullAt, now), now + limit.burst * interval(limit))

/**
 * How long until the next send may go out, in milliseconds; 0 for at once.
 *
 * @since 0.1.0
 * @category decisions
 */
export const waitMs = (limit: Limit, bucket: Bucket, now: number): number =>
  Math.max(0, fullAt(limit, bucket, now) - (limit.burst - 1) * interval(limit) - now)

/**
 * The bucket after a send at `now`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const spend = (limit: Limit, bucket: Bucket, now: number): Bucket => ({
  fullAt: fullAt(limit, bucket, now) + interval(limit)
})

/**
 * The gate in front of an account's sends.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimit {
  /**
   * Waits for the caller's turn and takes it; returns how long that took, in milliseconds. Callers go in the order in
   * which they came. One that is interrupted leaves the line and takes nothing. The limit may differ from call to call:
   * the bucket stays.
   */
  readonly take: (limit: Limit) => Effect.Effect<number>
}

/**
 * A gate with a full bucket. Unsafe because each call makes another one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (): RateLimit => {
  let bucket = full
  // In the order of coming. Only the first one looks at the bucket; nothing is reserved for those behind it.
  const line = new Set<Deferred.Deferred<void>>()

  const callFirst = Effect.suspend(() => {
    const [first] = line
    return first === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(first, undefined))
  })
  const join = Effect.tap(Deferred.make<void>(), (turn) => {
    line.add(turn)
    return callFirst
  })
  const leave = (turn: Deferred.Deferred<void>) =>
    Effect.suspend(() => {
      line.delete(turn)
      return callFirst
    })
  const pass = (limit: Limit): Effect.Effect<number> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const wait = waitMs(limit, bucket, now)
      if (wait > 0) return Effect.zipRight(Clock.sleep(Math.ceil(wait)), pass(limit))
      bucket = spend(limit, bucket, now)
      return Effect.succeed(now)
    })

  return {
    take: (limit) =>
      Effect.flatMap(Clock.currentTimeMillis, (came) =>
        Effect.acquireUseRelease(
          join,
          (turn) => Effect.map(Effect.zipRight(Deferred.await(turn), pass(limit)), (went) => went - came),
          leave
        ))
  }
}
