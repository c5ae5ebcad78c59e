import * as Schedule from "effect/Schedule"
import { type ApiError, isApiError } from "../ApiError.ts"
import type { Failure } from "../classifyAnswer.ts"

/** How often a call is made at most, the first time included. */
export const maxTries = 3

/** Nobody waits longer than this inside one call; whoever has to is told so by a `Throttled`. In milliseconds. */
export const longestWaitMs = 30_000

/**
 * How long to wait before the next try, in milliseconds, after `tries` tries of which the last failed thus; `undefined`
 * where there is none. 1 s · 2ⁿ, or longer if DingTalk asks for it. Only what certainly was not done is tried again.
 */
export const delayBefore = (failure: Failure, tries: number): number | undefined => {
  if (tries >= maxTries) return undefined
  const backoff = 1_000 * 2 ** (tries - 1)
  switch (failure._tag) {
    case "Unavailable":
      return backoff
    case "Throttled":
      return failure.retryAfterMs > longestWaitMs ? undefined : Math.max(backoff, failure.retryAfterMs)
    default:
      return undefined
  }
}

/**
 * Waits as {@link delayBefore} says, for at most so many tries, the first time included. An `ApiError` is final: it comes
 * from what precedes a try.
 */
export const schedule = (tries: number): Schedule.Schedule<unknown, Failure | ApiError> => {
  const delay = ([failure, before]: readonly [Failure | ApiError, number]) =>
    isApiError(failure) || before + 1 >= tries ? undefined : delayBefore(failure, before + 1)
  return Schedule.identity<Failure | ApiError>().pipe(
    Schedule.intersect(Schedule.forever),
    Schedule.whileOutput((output) => delay(output) !== undefined),
    Schedule.addDelay((output) => delay(output) ?? 0)
  )
}
