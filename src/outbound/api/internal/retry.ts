import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { waitsAfter } from "../../../internal/runtime/waits.ts"
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

/** Goes on as {@link delayBefore} says, for at most so many tries. An `ApiError` is final: it comes from what precedes a try. */
const schedule = (most: number) =>
  waitsAfter((failure: Failure | ApiError, tries) =>
    isApiError(failure) || tries >= most ? undefined : delayBefore(failure, tries)
  )

/**
 * Tries for at most so many times, the first time included, and waits in between as {@link delayBefore} says. `ended` is
 * told the outcome, and how often it was tried.
 */
export const tried = <A, E extends Failure | ApiError>(
  attempt: Effect.Effect<A, E>,
  most: number,
  ended: (outcome: string, tries: number) => Effect.Effect<void>
): Effect.Effect<A, E> =>
  Effect.flatMap(Ref.make(0), (tries) => {
    const tell = (outcome: string) => Effect.flatMap(Ref.get(tries), (count) => ended(outcome, count))
    return Ref.update(tries, (count) => count + 1).pipe(
      Effect.zipRight(attempt),
      Effect.retry(schedule(most)),
      Effect.tapBoth({ onSuccess: () => tell("ok"), onFailure: ({ _tag }) => tell(_tag) })
    )
  })
