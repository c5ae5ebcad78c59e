/**
 * The two bounded waiting lines behind a dispatch: plain synchronous data structures for the socket's callback.
 *
 * `offer` never blocks; when the line is full it gives back the item that gives way (the new one or the oldest), else
 * `undefined`. `take` gives the next item that may be handled now. `done` must be called for every taken item.
 */

export interface WaitingLine<A> {
  readonly offer: (item: A) => A | undefined
  readonly take: () => A | undefined
  readonly done: (item: A) => void
  /** Whether `take` would give an item. */
  readonly ready: () => boolean
  /** Items that wait. */
  readonly size: () => number
}

export type Overflow = "dropNewest" | "dropOldest"

/** First in, first out: a ring of fixed size. */
export const fifo = <A>(capacity: number, overflow: Overflow): WaitingLine<A> => {
  // Grows to its size as it is filled for the first time: an idle account does not pay for its line.
  const ring: Array<A | undefined> = []
  let head = 0
  let size = 0
  const shift = (): A | undefined => {
    if (size === 0) return undefined
    const item = ring[head]
    // A slot that is not cleared would keep a handled message alive.
    ring[head] = undefined
    size -= 1
    // An empty line begins anew where the memory is warm.
    head = size === 0 || head + 1 === capacity ? 0 : head + 1
    return item
  }
  return {
    offer: (item) => {
      const full = size === capacity
      if (full && overflow === "dropNewest") return item
      const victim = full ? shift() : undefined
      const tail = head + size
      ring[tail >= capacity ? tail - capacity : tail] = item
      size += 1
      return victim
    },
    take: shift,
    done: () => {},
    ready: () => size > 0,
    size: () => size
  }
}

interface Lane<A> {
  readonly key: string
  first: Entry<A> | undefined
  last: Entry<A> | undefined
  /** An item of this lane is being handled. */
  busy: boolean
  /** The lane stands in the list of ready lanes. */
  listed: boolean
}

/** A waiting item: in its lane's list, and in the list of all items by age. */
interface Entry<A> {
  readonly item: A
  readonly lane: Lane<A>
  nextInLane: Entry<A> | undefined
  older: Entry<A> | undefined
  younger: Entry<A> | undefined
}

/**
 * A lane per key: items of one key are taken in order and one at a time, while lanes with work take turns, so that a
 * busy conversation neither blocks a worker nor starves the others. A semaphore per key does not keep the order, and
 * hashing keys onto workers makes strangers wait for each other.
 */
export const lanes = <A>(capacity: number, overflow: Overflow, keyOf: (item: A) => string): WaitingLine<A> => {
  const byKey = new Map<string, Lane<A>>()
  // Ready lanes in turn. A lane that lost its only item to `dropOldest` is skipped when its turn comes.
  let turns: Array<Lane<A>> = []
  let turn = 0
  let waitingTurns = 0
  let oldest: Entry<A> | undefined
  let youngest: Entry<A> | undefined
  let size = 0

  const list = (lane: Lane<A>) => {
    if (lane.listed || lane.busy || lane.first === undefined) return
    lane.listed = true
    turns.push(lane)
    waitingTurns += 1
  }
  const unlist = (lane: Lane<A>) => {
    lane.listed = false
    waitingTurns -= 1
  }
  const nextLane = (): Lane<A> | undefined => {
    while (turn < turns.length) {
      const lane = turns[turn]
      turn += 1
      if (turn > 64 && turn * 2 > turns.length) {
        turns = turns.slice(turn)
        turn = 0
      }
      if (lane?.listed === true) {
        unlist(lane)
        return lane
      }
    }
    return undefined
  }
  /** Takes the first item out of a lane, and out of the list of all. */
  const shift = (lane: Lane<A>): A | undefined => {
    const entry = lane.first
    if (entry === undefined) return undefined
    lane.first = entry.nextInLane
    if (lane.first === undefined) lane.last = undefined
    if (entry.older === undefined) oldest = entry.younger
    else entry.older.younger = entry.younger
    if (entry.younger === undefined) youngest = entry.older
    else entry.younger.older = entry.older
    size -= 1
    return entry.item
  }
  const forgetIfIdle = (lane: Lane<A>) => {
    if (lane.first === undefined && !lane.busy) {
      if (lane.listed) unlist(lane)
      byKey.delete(lane.key)
    }
  }
  const dropOldest = (): A | undefined => {
    const lane = oldest?.lane
    if (lane === undefined) return undefined
    const victim = shift(lane)
    forgetIfIdle(lane)
    return victim
  }

  return {
    offer: (item) => {
      const full = size >= capacity
      if (full && overflow === "dropNewest") return item
      const victim = full ? dropOldest() : undefined
      const key = keyOf(item)
      let lane = byKey.get(key)
      if (lane === undefined) {
        lane = { key, first: undefined, last: undefined, busy: false, listed: false }
        byKey.set(key, lane)
      }
      const entry: Entry<A> = { item, lane, nextInLane: undefined, older: youngest, younger: undefined }
      if (lane.last === undefined) lane.first = entry
      else lane.last.nextInLane = entry
      lane.last = entry
      if (youngest === undefined) oldest = entry
      else youngest.younger = entry
      youngest = entry
      size += 1
      list(lane)
      return victim
    },
    take: () => {
      const lane = nextLane()
      if (lane === undefined) return undefined
      lane.busy = true
      return shift(lane)
    },
    done: (item) => {
      const lane = byKey.get(keyOf(item))
      if (lane === undefined) return
      lane.busy = false
      list(lane)
      forgetIfIdle(lane)
    },
    ready: () => waitingTurns > 0,
    size: () => size
  }
}
