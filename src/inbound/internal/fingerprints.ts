/**
 * A table of keys by their fingerprints: 62 bits of hash and 2 of state, in one typed array with open addressing.
 *
 * A `Map` of the keys themselves costs five times as much, and twenty times with a hundred accounts: it keeps every
 * string alive into the collector's old space, and its rows lie anywhere. A new key is taken for one of 10,000 that are
 * known with a probability of 2 in 10^15.
 */

/** What is known of a key: nothing, that it was taken out again, that it is in flight, or that it is done. */
export type State = 0 | 1 | 2 | 3

export const unknown = 0
export const forgotten = 1
export const inFlight = 2
export const done = 3

const stateBits = 3

export interface Fingerprint {
  low: number
  high: number
}

// Differs from process to process: nobody can prepare keys that fall together.
const seed = Math.floor(Math.random() * 2 ** 32)

/** Murmur's rounds over the UTF-16 units, twice over with different constants in one pass. */
export const hash = (key: string, into: Fingerprint): void => {
  let low = seed
  let high = ~seed
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x5bd1e995)
    low ^= low >>> 15
    high = Math.imul(high ^ unit, 0x27d4eb2f)
    high ^= high >>> 13
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b)
  high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35)
  into.low = low ^ (low >>> 13)
  into.high = (high ^ (high >>> 16)) & ~stateBits
}

export interface Table {
  readonly get: (it: Fingerprint) => State
  /** Sets a known state. */
  readonly set: (it: Fingerprint, state: Exclude<State, typeof unknown>) => void
  /** How many keys are in a state. */
  readonly count: (state: typeof inFlight | typeof done) => number
  readonly forEachInFlight: (f: (it: Fingerprint) => void) => void
}

/** An empty table; it makes room when three quarters of its slots are used. */
export const make = (): Table => {
  let slots = new Int32Array(2 * 16)
  let used = 0
  const counts = [0, 0, 0, 0]

  /** Where a fingerprint is, or the free slot where it would be. */
  const find = (low: number, high: number): number => {
    const mask = slots.length - 1
    let at = (low << 1) & mask
    for (;;) {
      const word = slots[at + 1] ?? 0
      if (word === 0 || (slots[at] === low && (word & ~stateBits) === high)) return at
      at = (at + 2) & mask
    }
  }
  const add = (state: number, n: number) => {
    counts[state] = (counts[state] ?? 0) + n
  }
  /** Leaves out what was forgotten, and doubles only if the rest needs it. */
  const makeRoom = () => {
    const before = slots
    used -= counts[forgotten] ?? 0
    counts[forgotten] = 0
    slots = new Int32Array(used * 4 >= before.length ? before.length * 2 : before.length)
    for (let at = 0; at < before.length; at += 2) {
      const low = before[at] ?? 0
      const word = before[at + 1] ?? 0
      if ((word & stateBits) <= forgotten) continue
      const to = find(low, word & ~stateBits)
      slots[to] = low
      slots[to + 1] = word
    }
  }

  return {
    get: ({ high, low }) => stateOf(slots[find(low, high) + 1] ?? 0),
    set: ({ high, low }, state) => {
      const at = find(low, high)
      const before = (slots[at + 1] ?? 0) & stateBits
      slots[at] = low
      slots[at + 1] = high | state
      add(state, 1)
      if (before !== unknown) return add(before, -1)
      used += 1
      if (used * 8 >= slots.length * 3) makeRoom()
    },
    count: (state) => counts[state] ?? 0,
    forEachInFlight: (f) => {
      if (counts[inFlight] === 0) return
      for (let at = 0; at < slots.length; at += 2) {
        const word = slots[at + 1] ?? 0
        if ((word & stateBits) === inFlight) f({ low: slots[at] ?? 0, high: word & ~stateBits })
      }
    }
  }
}

const stateOf = (word: number): State => {
  switch (word & stateBits) {
    case 1:
      return forgotten
    case 2:
      return inFlight
    case 3:
      return done
    default:
      return unknown
  }
}
