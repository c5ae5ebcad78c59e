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
import * as Fingerprints from "./internal/fingerprints.ts"

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
  const most = Math.max(1, Math.floor(capacity / 2))
  // Two generations that are dropped whole: deleting keys one by one costs more than all else here.
  let young = Fingerprints.make()
  let old = Fingerprints.make()
  let youngSince = Number.NEGATIVE_INFINITY
  let latestMs = Number.NEGATIVE_INFINITY
  // A handler that does not suspend ends with the key with which it began, and a hash is then taken once.
  let last = ""
  const it: Fingerprints.Fingerprint = { low: 0, high: 0 }

  const hash = (key: string): void => {
    if (key === last) return
    last = key
    Fingerprints.hash(key, it)
  }
  /** Begins a generation with what the dropped tables have in flight. */
  const startGeneration = (sinceMs: number, ...dropped: ReadonlyArray<Fingerprints.Table>): void => {
    young = Fingerprints.make()
    youngSince = sinceMs
    for (const table of dropped) table.forEachInFlight((it) => young.set(it, Fingerprints.inFlight))
  }
  /** The young become the old ones, and the old are dropped. */
  const rotate = (sinceMs: number): void => {
    const dropped = old
    old = young
    startGeneration(sinceMs, dropped)
  }
  const age = (nowMs: number): void => {
    if (nowMs > latestMs) latestMs = nowMs
    if (latestMs - youngSince < ttlMs) return
    if (latestMs - youngSince < 2 * ttlMs) return rotate(youngSince + ttlMs)
    // Nothing happened for too long: the young have become as old as the old may get.
    startGeneration(latestMs, old, young)
    old = Fingerprints.make()
  }
  /** The table that knows of the key at hand, and what it knows. */
  const lookup = () => {
    const state = young.get(it)
    return state > Fingerprints.forgotten ? state : old.get(it)
  }

  return {
    begin: (key, nowMs) => {
      age(nowMs)
      hash(key)
      const state = lookup()
      if (state === Fingerprints.done) return "done"
      if (state === Fingerprints.inFlight) return "inFlight"
      young.set(it, Fingerprints.inFlight)
      return "fresh"
    },
    succeed: (key, nowMs) => {
      hash(key)
      if (lookup() !== Fingerprints.inFlight) return
      age(nowMs)
      if (young.count(Fingerprints.done) >= most) rotate(latestMs)
      // One that took longer than its generation is remembered with those that are done now.
      if (old.get(it) === Fingerprints.inFlight) old.set(it, Fingerprints.forgotten)
      young.set(it, Fingerprints.done)
    },
    fail: (key) => {
      hash(key)
      for (const table of [young, old]) {
        if (table.get(it) === Fingerprints.inFlight) table.set(it, Fingerprints.forgotten)
      }
    },
    get size() {
      return [young, old].reduce(
        (sum, table) => sum + table.count(Fingerprints.inFlight) + table.count(Fingerprints.done),
        0
      )
    }
  }
}
