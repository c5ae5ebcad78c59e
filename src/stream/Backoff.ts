/**
 * When to open the next connection.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleInterval from "effect/ScheduleInterval"
import type { StreamTimingValues } from "./StreamTiming.ts"

/**
 * Why another connection is wanted; the wait depends on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  /** `notice`: the old connection is still served while the next one is opened. `cooled`: all waiting is done. */
  readonly ended: "closed" | "notice" | "cooled"
  /** From ready to the end or the notice, in milliseconds; 0 for one that never came up. */
  readonly uptimeMs: number
  /** The least wait that the server asked for, in milliseconds. */
  readonly retryAfterMs: number
}

/**
 * The wait before try number `attempt` (from 0), in milliseconds, before jitter.
 *
 * @since 0.1.0
 * @category decisions
 */
export const delayFor = (attempt: number, timing: StreamTimingValues): number =>
  timing.backoffMs[Math.min(attempt, timing.backoffMs.length - 1)] ?? timing.backoffMs[0]

/**
 * One step of the back-off: the wait in milliseconds, before jitter, and the attempt number to remember.
 *
 * A session that lived `healthyMs` resets it: by the session's length, never by the time since the outage began, nor by
 * what was delivered. A notice after a healthy session costs no wait, for a replacement must be up before the old
 * connection goes; nor does the first one after a short session. A server that goes on giving notice to young
 * connections is paced like any other failure, one try behind.
 *
 * @since 0.1.0
 * @category decisions
 */
export const step = (
  attempt: number,
  { ended, retryAfterMs, uptimeMs }: Outcome,
  timing: StreamTimingValues
): { readonly delayMs: number; readonly attempt: number } => {
  if (ended === "cooled") return { delayMs: 0, attempt: 0 }
  const healthy = uptimeMs >= timing.healthyMs
  if (ended === "notice") {
    return healthy || attempt === 0
      ? { delayMs: 0, attempt: healthy ? 0 : 1 }
      : { delayMs: delayFor(attempt - 1, timing), attempt: attempt + 1 }
  }
  const from = healthy ? 0 : attempt
  return { delayMs: Math.max(delayFor(from, timing), retryAfterMs), attempt: from + 1 }
}

/**
 * The wait before the next connection, in milliseconds, and what it follows.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pause<O extends Outcome> {
  readonly waitMs: number
  readonly after: O
}

/**
 * The schedule of a runner: 2, 5, 10, 30, 60, 60 … s with ±20 % jitter, reset by a healthy session. It never ends.
 *
 * @since 0.1.0
 * @category schedules
 */
export const schedule = <O extends Outcome = Outcome>(timing: StreamTimingValues): Schedule.Schedule<Pause<O>, O> =>
  Schedule.makeWithState(0, (now, after: O, attempt) =>
    Effect.map(Random.nextRange(0.8, 1.2), (jitter) => {
      const { attempt: next, delayMs } = step(attempt, after, timing)
      const waitMs = Math.max(Math.round(delayMs * jitter), after.retryAfterMs)
      return [next, { waitMs, after }, ScheduleDecision.continueWith(ScheduleInterval.after(now + waitMs))] as const
    }))
