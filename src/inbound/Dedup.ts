/**
 * Which deliveries of an account are at work or done, so that a redelivery is not handled twice.
 *
 * DingTalk redelivers a message that was acknowledged late, under a new frame id and with the same `msgId`, and it gives
 * that `msgId` to every robot that one message mentions: hence one memory per account.
 *
 * A synchronous state machine. A key is unknown, in flight or done: {@link Dedup.begin} takes an unknown key into flight,
 * {@link Dedup.succeed} makes it done, {@link Dedup.fail} forgets it, and time or want of room forgets what is done.
 *
 * @since 0.1.0
 */

/**
 * What is known of a key at the moment that it comes in.
 *
 * - `fresh`: nothing, or its handling had failed: handle it. It is in flight from now on
 * - `inFlight`: it is being handled
 * - `done`: it was handled
 *
 * @since 0.1.0
 * @category models
 */
export type Knowledge = "fresh" | "inFlight" | "done"

/**
 * The memory of one account. Each operation takes constant time. Times are in milliseconds; a clock that runs backwards
 * stands still instead.
 *
 * @since 0.1.0
 * @category models
 */
export interface Dedup {
  /** What is known of `key`. After `fresh`, {@link Dedup.succeed} or {@link Dedup.fail} must follow. */
  readonly begin: (key: string, nowMs: number) => Knowledge
  /** `key` was handled. Nothing happens unless it is in flight. */
  readonly succeed: (key: string, nowMs: number) => void
  /** `key` is to be handled again when it comes again. Nothing happens unless it is in flight. */
  readonly fail: (key: string) => void
  /** How many keys are remembered, in flight and done. */
  readonly size: number
}

/**
 * The bounds of a memory.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * Most done keys to remember, at least 2; the last half of as many are remembered for certain. Default 10 000.
   */
  readonly capacity?: number
  /**
   * How long a done key is remembered at least, unless there are too many, in milliseconds; at most it is twice as long.
   * Default 600 000: redeliveries were seen for minutes.
   */
  readonly ttlMs?: number
}

/**
 * Makes an empty memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Dedup => {
  const { capacity = 10_000, ttlMs = 600_000 } = options
  const generation = Math.max(1, Math.floor(capacity / 2))
  const inFlight = new Set<string>()
  // Two generations that are dropped whole: deleting keys one by one from a large set costs more than all else here.
  let young = new Set<string>()
  let old = new Set<string>()
  let youngSince = Number.NEGATIVE_INFINITY
  let latestMs = Number.NEGATIVE_INFINITY

  const age = (nowMs: number): void => {
    if (nowMs > latestMs) latestMs = nowMs
    if (latestMs - youngSince < ttlMs) return
    // If nothing happened for too long, the young have become as old as the old may get.
    const inTime = latestMs - youngSince < 2 * ttlMs
    old = inTime ? young : new Set()
    young = new Set()
    youngSince = inTime ? youngSince + ttlMs : latestMs
  }

  return {
    begin: (key, nowMs) => {
      age(nowMs)
      if (inFlight.has(key)) return "inFlight"
      if (young.has(key) || old.has(key)) return "done"
      inFlight.add(key)
      return "fresh"
    },
    succeed: (key, nowMs) => {
      if (!inFlight.delete(key)) return
      age(nowMs)
      if (young.size >= generation) {
        old = young
        young = new Set()
        youngSince = latestMs
      }
      young.add(key)
    },
    fail: (key) => {
      inFlight.delete(key)
    },
    get size() {
      return inFlight.size + young.size + old.size
    }
  }
}
