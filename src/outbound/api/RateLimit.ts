/**
 * How fast an account may send: a token bucket. Pure; who goes first is the scheduler's business.
 *
 * Not Effect's `RateLimiter`: that one goes by the order of coming alone, begins with a full bucket whenever the limit changes,
 * and fills up while DingTalk refuses everything ("against Effect's RateLimiter" in test/outbound/api/Scheduler.test.ts).
 *
 * @since 0.1.0
 */
import type { AccountSettings } from "../../config/Settings.ts"

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
 * The bucket as it is to be kept from `now` on: the same, unless the clock was set back. Without it, who waits would look
 * at a later time again and again.
 *
 * @since 0.1.0
 * @category decisions
 */
export const settled = (limit: Limit, bucket: Bucket, now: number): Bucket => ({ fullAt: fullAt(limit, bucket, now) })

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
 * The bucket that lets one send go at `until`, and the next ones at the pace of the rate.
 *
 * @since 0.1.0
 * @category decisions
 */
export const emptyUntil = (limit: Limit, bucket: Bucket, until: number): Bucket => ({
  fullAt: Math.max(bucket.fullAt, until + (limit.burst - 1) * interval(limit))
})
