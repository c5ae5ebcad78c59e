/** What waits, by conversation, within a bound; and what gives way when there is no room. Plain data, no effects. */
import * as Fifo from "../../../internal/fifo.ts"
import * as Fullest from "./fullest.ts"

/** What gives way: the newest, or the oldest, of the conversation that holds most. */
export type Overflow = "dropNewest" | "dropOldest"

interface Entry<A> {
  readonly item: A
  readonly places: number
  /** Which of all items it was. */
  readonly number: number
}

/** The items of one key that wait. */
export interface Conversation<A> extends Fullest.Member {
  readonly waiting: Fifo.Fifo<Entry<A>>
  /** How many places its items take. */
  places: number
  /** One of its items is at work, and the next has to wait for it. */
  atWork: boolean
  /** It stands in the queue of those that a worker may take from. */
  isQueued: boolean
}

export interface Options<A> {
  /** How many places there are; at least 1. */
  readonly capacity: number
  readonly overflow: Overflow
  readonly keyOf: (item: A) => string
  /** How many places an item takes, in whole or in part, at least 1. One that takes more than there are takes all of them. */
  readonly placesOf: (item: A) => number
  /** Items of one key are at work one at a time. */
  readonly ordered: boolean
}

export interface Backlog<A> {
  /**
   * Whether there is no room for an item, and none would be made: let in, it would give way itself, as most of a flood does.
   * Where the oldest give way, never.
   */
  readonly refuses: (item: A) => boolean
  /** Lets an item in, whether or not there is room. Gives its conversation. */
  readonly add: (item: A) => Conversation<A>
  /** Whether more places are taken than there are. */
  readonly isOverfull: () => boolean
  /** Takes out what gives way; `undefined` if nothing waits. */
  readonly giveWay: () => A | undefined
  /**
   * Takes the next item of a conversation; `undefined` if none waits. Where order is kept, {@link Backlog.done} must
   * follow before the next.
   */
  readonly next: (conversation: Conversation<A>) => A | undefined
  /** The item that was taken last from a conversation is done. */
  readonly done: (conversation: Conversation<A>) => void
  /** All items, in the order in which they came. */
  readonly items: () => ReadonlyArray<A>
  /** Takes out all items, in the order in which they came. */
  readonly clear: () => ReadonlyArray<A>
  /** Items that wait. */
  readonly size: () => number
}

/** So many conversations in which nothing happens are kept at least. Beyond that they are forgotten together. */
export const mostIdle = 64

/** Whether a conversation's next item may be taken. */
export const isReady = <A>({ atWork, waiting }: Conversation<A>): boolean => !atWork && Fifo.size(waiting) > 0

const isIdle = <A>({ atWork, isQueued, waiting }: Conversation<A>): boolean =>
  !atWork && !isQueued && Fifo.size(waiting) === 0

/** Of two conversations that hold as much, the one gives way whose item would be the newest, or the oldest, of both. */
const holdsMore = (overflow: Overflow) => {
  const numberOf = <A>({ waiting }: Conversation<A>): number =>
    overflow === "dropNewest" ? Fifo.last(waiting)?.number ?? -1 : -(Fifo.first(waiting)?.number ?? -1)
  return <A>(a: Conversation<A>, b: Conversation<A>): boolean =>
    a.places > b.places || (a.places === b.places && numberOf(a) > numberOf(b))
}

export const make = <A>({ capacity, keyOf, ordered, overflow, placesOf }: Options<A>): Backlog<A> => {
  let byKey = new Map<string, Conversation<A>>()
  // When there are as many conversations as this, those that are idle are forgotten.
  let mostKeys = mostIdle
  // Kept from the first overflow on until nothing waits: as long as there is room, nobody asks who holds most.
  let fullest: Fullest.Fullest<Conversation<A>> | undefined
  let count = 0
  let places = 0
  let size = 0

  const forgetIdle = () => {
    byKey = new Map([...byKey].filter(([, conversation]) => !isIdle(conversation)))
    mostKeys = 2 * byKey.size + mostIdle
  }
  const conversationOf = (key: string): Conversation<A> => {
    const found = byKey.get(key)
    if (found !== undefined) return found
    if (byKey.size >= mostKeys) forgetIdle()
    const made: Conversation<A> = { waiting: Fifo.make(), places: 0, atWork: false, isQueued: false, position: -1 }
    byKey.set(key, made)
    return made
  }
  const ranked = () => {
    const made = Fullest.make<Conversation<A>>(holdsMore(overflow))
    for (const conversation of byKey.values()) {
      if (Fifo.size(conversation.waiting) > 0) made.place(conversation)
    }
    return made
  }
  const placesFor = (item: A) => Math.min(capacity, placesOf(item))
  const takeOut = (conversation: Conversation<A>, entry: Entry<A> | undefined): A | undefined => {
    if (entry === undefined) return undefined
    size -= 1
    // What is empty holds nothing, whatever became of the fractions.
    places = size === 0 ? 0 : places - entry.places
    if (Fifo.size(conversation.waiting) === 0) {
      conversation.places = 0
      fullest?.remove(conversation)
    } else {
      conversation.places -= entry.places
      fullest?.place(conversation)
    }
    if (size === 0) fullest = undefined
    return entry.item
  }

  const items = (): ReadonlyArray<A> =>
    [...byKey.values()].flatMap(({ waiting }) => Fifo.values(waiting))
      .toSorted((a, b) => a.number - b.number)
      .map(({ item }) => item)

  return {
    items,
    refuses: (item) => {
      if (overflow === "dropOldest") return false
      const taken = placesFor(item)
      if (places + taken <= capacity) return false
      const most = (fullest ??= ranked()).top()?.places ?? 0
      return (byKey.get(keyOf(item))?.places ?? 0) + taken >= most
    },
    add: (item) => {
      const conversation = conversationOf(keyOf(item))
      const entry = { item, places: placesFor(item), number: count++ }
      Fifo.push(conversation.waiting, entry)
      size += 1
      places += entry.places
      conversation.places += entry.places
      fullest?.place(conversation)
      return conversation
    },
    isOverfull: () => places > capacity,
    giveWay: () => {
      const conversation = (fullest ??= ranked()).top()
      if (conversation === undefined) return undefined
      const { waiting } = conversation
      return takeOut(conversation, overflow === "dropNewest" ? Fifo.pop(waiting) : Fifo.shift(waiting))
    },
    next: (conversation) => {
      const entry = Fifo.shift(conversation.waiting)
      if (entry === undefined) return undefined
      conversation.atWork = ordered
      return takeOut(conversation, entry)
    },
    done: (conversation) => {
      conversation.atWork = false
    },
    clear: () => {
      const cleared = items()
      for (const conversation of byKey.values()) {
        Fifo.clear(conversation.waiting)
        conversation.places = 0
        conversation.position = -1
      }
      fullest = undefined
      size = 0
      places = 0
      return cleared
    },
    size: () => size
  }
}
