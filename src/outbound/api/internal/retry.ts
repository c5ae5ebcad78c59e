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
