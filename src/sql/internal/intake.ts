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

export interface Place {
  readonly line: string
  /** It goes before all that waits, by a way of its own. */
  readonly isAhead: boolean
}

export interface Hands {
  /** How many of a conversation are in memory; `undefined` for one of which nothing more is handed out. */
  readonly ofLine: (line: string) => number | undefined
  /** How many more of a conversation are handed out behind its first one. */
  readonly mostFollowing: number
  /** How many workers have nothing to do. */
  readonly idle: number
  /** How many more than those workers take is written down as begun ahead of them. */
  readonly ahead: number
}

/**
 * Which of those that arrived are written down as begun at once, for their turn has come: else each of them would wait for
 * another transaction. Of a conversation that is silent the first, as long as a worker is idle; more where it is written
 * ahead what begins.
 */
export const begins = (
  arrived: ReadonlyArray<Place>,
  { ahead, idle, mostFollowing, ofLine }: Hands
): ReadonlyArray<boolean> => {
  const before = new Map<string, number>()
  let claimed = 0
  return arrived.map(({ isAhead, line }) => {
    const inMemory = isAhead ? undefined : ofLine(line)
    if (inMemory === undefined) return false
    const earlier = inMemory + (before.get(line) ?? 0)
    before.set(line, earlier - inMemory + 1)
    const isNext = earlier === 0 ? claimed < Math.max(ahead, idle) : claimed < ahead && earlier <= mostFollowing
    if (isNext) claimed += 1
    return isNext
  })
}

/** A transaction of so many is large: what comes next is waited for, for so long, in milliseconds. */
const large = 128
const gatherMs = 10

export interface Gathering {
  /** How much has come up in this iteration of the event loop. */
  readonly more: number
  /** How much the last transaction wrote, and how long ago that was, in milliseconds. */
  readonly last: number
  readonly sinceMs: number
}

/**
 * Whether the next transaction waits for another iteration: each one writes the same few pages of the indexes anew, and moves
 * them to their place, which is the most of what it costs.
 */
export const gathers = ({ last, more, sinceMs }: Gathering): boolean => more > 0 && last >= large && sinceMs < gatherMs
