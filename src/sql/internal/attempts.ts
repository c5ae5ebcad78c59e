/** When something is tried again, and when no more. Pure. */

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
