/** Waits that depend on what came of the time before: a `Schedule` for `Effect.retry` and `Effect.repeat`. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleInterval from "effect/ScheduleInterval"

/**
 * Goes on in as many milliseconds as `waitMs` says of what came the time before and of how many times there were, 1 at
 * first; is over where it says nothing. Gives how many times there were.
 */
export const waitsAfter = <A>(waitMs: (came: A, times: number) => number | undefined): Schedule.Schedule<number, A> =>
  Schedule.makeWithState(1, (now, came: A, times) => {
    const ms = waitMs(came, times)
    const decision = ms === undefined
      ? ScheduleDecision.done
      : ScheduleDecision.continueWith(ScheduleInterval.after(now + ms))
    return Effect.succeed([times + 1, times, decision] as const)
  })
