/** Random numbers from a seed: the same seed gives the same run. */

export interface Random {
  /** In [0, 1). */
  readonly next: () => number
  /** A whole number from 0 to below `n`. */
  readonly below: (n: number) => number
  /** Once in so many times. */
  readonly once: (inTimes: number) => boolean
  readonly pick: <A>(items: readonly [A, ...ReadonlyArray<A>]) => A
}

/** Two words of state stirred from a seed and a stream number, so that each stream can be begun anew by itself. */
export const make = (seed: number, stream = 0): Random => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 0x7f4a7c15, 0xc2b2ae35)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    once: (inTimes) => below(inTimes) === 0,
    pick: (items) => items[below(items.length)] ?? items[0]
  }
}

export const shuffled = <A>(items: ReadonlyArray<A>, random: Random): ReadonlyArray<A> =>
  items.map((item) => ({ item, rank: random.next() })).toSorted((a, b) => a.rank - b.rank).map(({ item }) => item)
