/** When something is tried again, and when no more; and why. Pure. */
import * as Cause from "effect/Cause"

export interface Policy {
  /** How often a handler is begun at most; at least 1. */
  readonly maxAttempts: number
  /** The wait before the second attempt, in milliseconds; each later one is four times as long. */
  readonly firstMs: number
  /** The longest wait. */
  readonly longestMs: number
}

/** The wait before the next attempt, in milliseconds, after so many that count; `undefined`: there is none. */
export const delayAfter = (attempts: number, { firstMs, longestMs, maxAttempts }: Policy): number | undefined =>
  attempts >= maxAttempts ? undefined : Math.min(longestMs, firstMs * 4 ** Math.max(0, attempts - 1))

/** The longest cause that is kept, in characters. */
const mostOfCause = 4_000

export const causeText = (cause: Cause.Cause<unknown>): string => Cause.pretty(cause).slice(0, mostOfCause)

/** The cause of one that ended without a word. */
export const vanished = (attempts: number) =>
  Cause.fail(new Error(`the process ended while this was being handled, in the last of ${attempts} attempts`))
