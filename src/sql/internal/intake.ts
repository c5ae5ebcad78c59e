/**
 * How much is written next. Pure.
 *
 * What is written faster than it is handled has to be read back from the table, and that takes as much as all the rest: a
 * flood that could be handled as it comes would be twice the work. So those who handle go first, as long as they are quick.
 */

export interface State {
  /** Nothing is written after that. */
  readonly isLast: boolean
  /** In how many iterations of the event loop there was nothing else to write. */
  readonly iterations: number
  /** How long ago what arrived was last written, or nothing of it waited, in milliseconds. */
  readonly sinceMs: number
  /** How many have been handled since. */
  readonly ended: number
  /** How many would stay in memory. */
  readonly atHand: number
}

/** Most that one transaction keeps: it takes the event loop for as long as it takes. */
export const mostAtOnce = 500

/** What is waited for ends at least so many in a millisecond; others are not waited for. */
const quick = 1

/** Those who are at work say what has ended within so many iterations of the event loop, or are not waited for. */
const mostIterations = 4

/** So many are written each time that has passed, in milliseconds. */
const least = 64
const longestMs = 100

/** How many of those that arrived. */
export const most = ({ atHand, ended, isLast, sinceMs, iterations }: State): number => {
  if (isLast || iterations >= mostIterations || ended < quick * sinceMs) return mostAtOnce
  return Math.min(mostAtOnce, sinceMs >= longestMs ? Math.max(least, atHand) : atHand)
}

/** A transaction of so many is large: what comes next is waited for, for so long, in milliseconds. */
const large = 32
const gatherMs = 10

export interface Gathering {
  /** How much has come up in this iteration of the event loop. */
  readonly more: number
  /** How much the last transaction wrote, and how long ago that was, in milliseconds. */
  readonly last: number
  readonly sinceMs: number
}

/**
 * Whether the next transaction waits for another iteration: each one writes the same few pages of the indexes anew, and moves them
 * to their place, which is the most of what it costs.
 */
export const gathers = ({ last, more, sinceMs }: Gathering): boolean => more > 0 && last >= large && sinceMs < gatherMs
