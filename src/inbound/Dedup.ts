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
 * The memory of one account. Each operation takes constant time, averaged over many. Times are in milliseconds; a clock
 * that runs backwards stands still instead.
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
   * Most keys to remember. Beyond it the oldest done ones are forgotten; those in flight never are, so that there can
   * be more only while more are in flight. Default 10 000.
   */
  readonly capacity?: number
  /** How long a done key is remembered, in milliseconds. Default 600 000: redeliveries were seen for minutes. */
  readonly ttlMs?: number
}

interface Done {
  readonly key: string
  readonly atMs: number
}

/**
 * An empty memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Dedup => {
  const { capacity = 10_000, ttlMs = 600_000 } = options
  const inFlight = new Set<string>()
  const done = new Set<string>()
  // The done ones, oldest first, from `head` on. The set gives its oldest too, but walks over all deleted before it.
  let order: Array<Done> = []
  let head = 0
  let latestMs = Number.NEGATIVE_INFINITY

  const forget = (nowMs: number): void => {
    latestMs = Math.max(latestMs, nowMs)
    for (let oldest = order[head]; oldest !== undefined; oldest = order[head]) {
      if (inFlight.size + done.size <= capacity && latestMs - oldest.atMs < ttlMs) break
      done.delete(oldest.key)
      head++
    }
    if (head > 32 && head * 2 > order.length) {
      order = order.slice(head)
      head = 0
    }
  }

  return {
    begin: (key, nowMs) => {
      if (inFlight.has(key)) return "inFlight"
      forget(nowMs)
      if (done.has(key)) return "done"
      inFlight.add(key)
      forget(nowMs)
      return "fresh"
    },
    succeed: (key, nowMs) => {
      if (!inFlight.delete(key)) return
      done.add(key)
      order.push({ key, atMs: Math.max(latestMs, nowMs) })
      forget(nowMs)
    },
    fail: (key) => {
      inFlight.delete(key)
    },
    get size() {
      return inFlight.size + done.size
    }
  }
}
