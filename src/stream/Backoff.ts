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
 * What the wait depends on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  /** `notice`: the old connection is still served while the next one is opened. */
  readonly ended: "closed" | "notice"
  /** From ready to the end or the notice, in milliseconds; 0 for one that never came up. */
  readonly uptimeMs: number
  readonly deliveries: number
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
 * A session that lived `healthyMs` resets it: by the session's length, never by the time since the outage began. A
 * notice after a session that was of use costs no wait, for a replacement must be up before the old connection goes;
 * a server that sends nothing but notices is paced like any other failure, one try behind.
 *
 * @since 0.1.0
 * @category decisions
 */
export const step = (
  attempt: number,
  outcome: Outcome,
  timing: StreamTimingValues
): { readonly delayMs: number; readonly attempt: number } => {
  const healthy = outcome.uptimeMs >= timing.healthyMs
  if (outcome.ended === "notice") {
    if (healthy || outcome.deliveries > 0) return { delayMs: 0, attempt: 0 }
    return { delayMs: attempt === 0 ? 0 : delayFor(attempt - 1, timing), attempt: attempt + 1 }
  }
  const from = healthy ? 0 : attempt
  return { delayMs: Math.max(delayFor(from, timing), outcome.retryAfterMs), attempt: from + 1 }
}

/**
 * The schedule of a runner: 2, 5, 10, 30, 60, 60 … s with ±20 % jitter, reset by a healthy session. Its output is the
 * wait in milliseconds. It never ends.
 *
 * @since 0.1.0
 * @category schedules
 */
export const schedule = (timing: StreamTimingValues): Schedule.Schedule<number, Outcome> =>
  Schedule.makeWithState(0, (now, outcome: Outcome, attempt) =>
    Effect.map(Random.nextRange(0.8, 1.2), (jitter) => {
      const { attempt: next, delayMs } = step(attempt, outcome, timing)
      const wait = Math.max(Math.round(delayMs * jitter), outcome.retryAfterMs)
      return [next, wait, ScheduleDecision.continueWith(ScheduleInterval.after(now + wait))] as const
    }))
