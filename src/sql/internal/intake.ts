/**
 * How many of those that arrived are written next. Pure.
 *
 * What is written faster than it is handled has to be read back from the table, and that takes as much as all the rest: a
 * flood that could be handled as it comes would be twice the work. So those who handle go first, as long as they are quick.
 */

export interface State {
  /** Nothing else is to be written. */
  readonly isAlone: boolean
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

/** So many are written each time that has passed, in milliseconds. */
const least = 64
const longestMs = 100

export const most = ({ atHand, ended, isAlone, sinceMs }: State): number => {
  if (isAlone || ended < quick * sinceMs) return mostAtOnce
  return Math.min(mostAtOnce, sinceMs >= longestMs ? Math.max(least, atHand) : atHand)
}
