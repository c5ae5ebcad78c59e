/** What waits, by conversation, within a bound; and what gives way when there is no room. Plain data, no effects. */
import * as MutableList from "effect/MutableList"
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
  readonly key: string
  readonly waiting: MutableList.MutableList<Entry<A>>
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

/** Whether a conversation's next item may be taken. */
export const isReady = <A>({ atWork, waiting }: Conversation<A>): boolean => !atWork && !MutableList.isEmpty(waiting)

/** Of two conversations that hold as much, the one gives way whose item would be the newest, or the oldest, of both. */
const holdsMore = (overflow: Overflow) => {
  const numberOf = <A>({ waiting }: Conversation<A>): number =>
    overflow === "dropNewest" ? MutableList.tail(waiting)?.number ?? -1 : -(MutableList.head(waiting)?.number ?? -1)
  return <A>(a: Conversation<A>, b: Conversation<A>): boolean =>
    a.places > b.places || (a.places === b.places && numberOf(a) > numberOf(b))
}

export const make = <A>({ capacity, keyOf, ordered, overflow, placesOf }: Options<A>): Backlog<A> => {
  const byKey = new Map<string, Conversation<A>>()
  // Kept from the first overflow on until nothing waits: as long as there is room, nobody asks who holds most.
  let fullest: Fullest.Fullest<Conversation<A>> | undefined
  let count = 0
  let places = 0
  let size = 0

  const conversationOf = (key: string): Conversation<A> => {
    const found = byKey.get(key)
    if (found !== undefined) return found
    const made: Conversation<A> = {
      key,
      waiting: MutableList.empty(),
      places: 0,
      atWork: false,
      isQueued: false,
      position: -1
    }
    byKey.set(key, made)
    return made
  }
  const ranked = () => {
    const made = Fullest.make<Conversation<A>>(holdsMore(overflow))
    for (const conversation of byKey.values()) {
      if (!MutableList.isEmpty(conversation.waiting)) made.place(conversation)
    }
    return made
  }
  const forgetIfIdle = ({ atWork, key, waiting }: Conversation<A>) => {
    if (!atWork && MutableList.isEmpty(waiting)) byKey.delete(key)
  }
  const takeOut = (conversation: Conversation<A>, entry: Entry<A> | undefined): A | undefined => {
    if (entry === undefined) return undefined
    size -= 1
    // What is empty holds nothing, whatever became of the fractions.
    places = size === 0 ? 0 : places - entry.places
    if (MutableList.isEmpty(conversation.waiting)) {
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
    [...byKey.values()].flatMap(({ waiting }) => [...waiting])
      .toSorted((a, b) => a.number - b.number)
      .map(({ item }) => item)

  return {
    items,
    add: (item) => {
      const conversation = conversationOf(keyOf(item))
      const entry = { item, places: Math.min(capacity, placesOf(item)), number: count++ }
      MutableList.append(conversation.waiting, entry)
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
      const victim = takeOut(
        conversation,
        overflow === "dropNewest" ? MutableList.pop(waiting) : MutableList.shift(waiting)
      )
      forgetIfIdle(conversation)
      return victim
    },
    next: (conversation) => {
      const entry = MutableList.shift(conversation.waiting)
      if (entry === undefined) return undefined
      conversation.atWork = ordered
      const item = takeOut(conversation, entry)
      forgetIfIdle(conversation)
      return item
    },
    done: (conversation) => {
      // Without order it may have been forgotten meanwhile, and there is another one of its key.
      if (!ordered) return
      conversation.atWork = false
      forgetIfIdle(conversation)
    },
    clear: () => {
      const cleared = items()
      for (const conversation of byKey.values()) {
        MutableList.reset(conversation.waiting)
        conversation.places = 0
        conversation.position = -1
        forgetIfIdle(conversation)
      }
      fullest = undefined
      size = 0
      places = 0
      return cleared
    },
    size: () => size
  }
}
