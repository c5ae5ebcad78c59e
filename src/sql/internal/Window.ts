/**
 * What of an inbox is in memory, and what of that may be handled next. Plain data, no effects.
 *
 * It holds a bounded number of what waits, some of each conversation, and knows of the rest only where it is: behind the
 * `cursor`, where nobody has looked yet, or in a conversation that has `more`. Of a conversation the first ones are handed
 * out, and none begins before those that are earlier are done. Where several are wanted at once, those that are earlier have
 * begun or are in hand as well: of two people who speak alternately, one's messages are handled together before the other's.
 * One that failed holds its conversation until it is due.
 */
import * as Item from "./Item.ts"
import type { Wanted } from "./wanted.ts"

interface Line<A> {
  readonly key: string
  /** In the order of their numbers. */
  items: Array<Item.Item<A>>
  /** Of what is not in memory, all has a higher number than this. */
  last: number
  /** There may be more of it up to the cursor than is in memory. */
  more: boolean
  /** The last one that was left in the database; a read that was asked for before that does not have it. */
  missed: number
  /** Nothing of it is handed out before. */
  heldUntil: number
}

export interface Options<A> {
  /** How many may be in memory; at least 1. */
  readonly capacity: number
  readonly capacityBytes: number
  /** What this one and others may take together, in bytes. Default: as much as they like. */
  readonly memory?: Item.Memory | undefined
  /** How many of a conversation are handed out at once; at least 1. */
  readonly most: number
  /** How many more of it are handed out to follow on, where `mayFollow` has it so. Default: none. */
  readonly mostFollowing?: number | undefined
  readonly mayFollow?: ((item: Item.Item<A>) => boolean) | undefined
  /** Told, synchronously, of one that is to be handled. */
  readonly onHand: (item: Item.Item<A>) => void
  /** Told, synchronously, of one that has not begun and, handed out or not, will not: it is read again. */
  readonly onTakenBack?: ((item: Item.Item<A>) => void) | undefined
}

/** So many that have not begun may be in memory even when others have taken all of it: they are what is handled next. */
const leastIdle = 8

/** How many numbers are looked through at once, and how many are read. */
const stride = 10_000
const mostRead = 500

/** Of how many conversations it is said that they are not wanted; of more it is seen when they are read. */
const mostLeftOut = 100

export interface Window<A> {
  /** Takes note of what was just stored: all that got a number from `first` to `last`. */
  readonly stored: (fresh: ReadonlyArray<Item.Loaded<A>>, first: number, last: number) => void
  /** Takes note that something up to this number is stored, by whomever. */
  readonly announced: (last: number) => void
  /** What to read now; `undefined` if there is no need or no room. */
  readonly wanted: () => Wanted | undefined
  /** Takes in what was read, all of it or, where it is as much as was wanted, the first of it. */
  readonly read: (wanted: Wanted, items: ReadonlyArray<Item.Loaded<A>>) => void
  /** Whether an item may begin; if so it has. */
  readonly begin: (item: Item.Item<A>) => boolean
  /** What became of it is not told yet: until then nothing of its conversation begins. */
  readonly ended: (item: Item.Item<A>) => void
  /** It is done with. */
  readonly done: (item: Item.Item<A>) => void
  /** It is to be handled again, and nothing of its conversation before this time. */
  readonly again: (item: Item.Item<A>, at: number) => void
  /** It was handed out for nothing, and is handed out again when something else has ended. */
  readonly decline: (item: Item.Item<A>) => void
  /** These are not to be handled any more. */
  readonly forget: (numbers: Iterable<number>) => void
  /** What was held until this time is handed out again. */
  readonly release: (now: number) => void
  /** When something is to be released; `undefined`: nothing is held. */
  readonly nextDue: () => number | undefined
  /** Forgets one that has not begun, and what is behind it, for others want the memory: read again when there is room. */
  readonly giveWay: () => void
  /** Hands out what is to be. */
  readonly hand: () => void
  /** Forgets all that has not begun, to read it anew from this number on. */
  readonly reset: () => void
  /** How many are in memory. */
  readonly size: () => number
  /** How many are at work. */
  readonly atWork: () => number
  /** How many of a conversation are in memory; `undefined` if what comes of it now is not handed out, but read later. */
  readonly ofLine: (line: string) => number | undefined
  /** How many that arrive now would stay in memory: none while there is something to read. */
  readonly room: () => number
}

export const make = <A>(
  { capacity, capacityBytes, mayFollow, memory = Item.unbounded, most, mostFollowing = 0, onHand, onTakenBack }:
    Options<A>
): Window<A> => {
  const lines = new Map<string, Line<A>>()
  const aheads = new Map<number, Item.Item<A>>()
  /** Those of which something is in the database only, and that may have room for it. */
  const hungry = new Set<Line<A>>()
  const held = new Set<Line<A>>()
  const declined = new Set<Item.Item<A>>()
  const share = Math.max(most, Math.ceil(capacity / 8))
  let cursor = 0
  let epoch = 0
  let newest = 0
  let size = 0
  let bytes = 0
  let idle = 0
  let due = Number.POSITIVE_INFINITY

  const isFull = () =>
    size >= capacity || (bytes >= capacityBytes && size > 0) || (idle >= leastIdle && memory.room() <= 0)
  const lineOf = (key: string): Line<A> => {
    const found = lines.get(key)
    if (found !== undefined) return found
    const made: Line<A> = { key, items: [], last: 0, more: false, missed: 0, heldUntil: Number.NEGATIVE_INFINITY }
    lines.set(key, made)
    return made
  }
  const isHeld = (line: Line<A>) => held.has(line)
  const isAtWork = ({ state }: Item.Item<A>) => state === "begun" || state === "ended"
  const tidy = (line: Line<A>) => {
    if (line.more && !isHeld(line) && line.items.length <= share / 2) hungry.add(line)
    else hungry.delete(line)
    if (line.items.length === 0 && !line.more && !isHeld(line) && lines.get(line.key) === line) lines.delete(line.key)
  }
  /** It waits no more. */
  const waitsNoMore = (item: Item.Item<A>) => {
    idle -= 1
    Item.discharge(memory, item)
  }
  const gone = (item: Item.Item<A>) => {
    if (item.state === "gone") return
    if (!isAtWork(item)) waitsNoMore(item)
    item.state = "gone"
    size -= 1
    bytes -= item.bytes
    declined.delete(item)
  }
  const handOut = (item: Item.Item<A>) => {
    item.state = "handed"
    onHand(item)
  }
  const handLine = (line: Line<A>) => {
    if (isHeld(line)) return
    for (const [index, item] of line.items.entries()) {
      if (index >= most + mostFollowing || declined.has(item)) return
      if (item.state !== "waiting") continue
      if (index >= most && mayFollow?.(item) !== true) return
      handOut(item)
    }
  }
  const itemOf = (loaded: Item.Loaded<A>): Item.Item<A> => {
    size += 1
    bytes += loaded.bytes
    idle += 1
    return { ...loaded, state: "waiting", charged: Item.charge(memory, loaded.bytes) }
  }
  const addAhead = (loaded: Item.Loaded<A>) => {
    const item = itemOf(loaded)
    aheads.set(item.number, item)
    handOut(item)
  }
  const append = (line: Line<A>, loaded: Item.Loaded<A>) => {
    const { number } = loaded
    line.last = Math.max(line.last, number)
    if (aheads.has(number) || line.items.some((item) => item.number === number)) return
    if (loaded.isAhead) return addAhead(loaded)
    const item = itemOf(loaded)
    // What is read again goes before what is at work with a higher number.
    const at = line.items.findLastIndex((other) => other.number < number) + 1
    line.items.splice(at, 0, item)
  }
  /** Whether there was room, or somebody knows where to find it. */
  const add = (loaded: Item.Loaded<A>): boolean => {
    if (aheads.has(loaded.number)) return true
    const line = lines.get(loaded.line)
    if (line !== undefined && (line.more || isHeld(line) || line.items.length >= share || isFull())) {
      line.more = true
      line.missed = Math.max(line.missed, loaded.number)
      tidy(line)
      return true
    }
    if (isFull()) return false
    const into = line ?? lineOf(loaded.line)
    append(into, loaded)
    handLine(into)
    tidy(into)
    return true
  }
  /** All that has not begun is in the database only. */
  const evict = (line: Line<A>) => {
    const all = line.items
    line.items = all.filter(isAtWork)
    for (const item of all) {
      if (isAtWork(item)) continue
      onTakenBack?.(item)
      gone(item)
    }
  }
  /** What has this number, and all behind it, is to be read again. */
  const rewind = (key: string, number: number) => {
    const known = lines.get(key)
    const line = known ?? lineOf(key)
    const firstOut = line.items.find((item) => !isAtWork(item))?.number ?? number
    line.last = Math.min(number - 1, firstOut - 1, cursor, known?.more === true ? known.last : Number.POSITIVE_INFINITY)
    evict(line)
    line.more = true
    return line
  }
  const hold = (line: Line<A>, at: number) => {
    line.heldUntil = Math.max(line.heldUntil, at)
    held.add(line)
    due = Math.min(due, line.heldUntil)
  }
  const leave = (item: Item.Item<A>) => {
    if (item.isAhead) aheads.delete(item.number)
    else {
      const items = lines.get(item.line)?.items ?? []
      const at = items.indexOf(item)
      if (at !== -1) items.splice(at, 1)
    }
    gone(item)
  }
  const handDeclined = () => {
    const again = [...declined]
    declined.clear()
    for (const item of again) {
      if (item.state !== "waiting") continue
      if (item.isAhead) handOut(item)
      else {
        const line = lines.get(item.line)
        if (line !== undefined) handLine(line)
      }
    }
  }

  return {
    stored: (fresh, first, last) => {
      const isFollowing = cursor >= newest && cursor >= first - 1
      newest = Math.max(newest, last)
      for (const loaded of fresh) if (loaded.isAhead && !aheads.has(loaded.number)) addAhead(loaded)
      if (!isFollowing) return
      for (const loaded of fresh) {
        if (!loaded.isAhead && loaded.number > cursor && !add(loaded)) return
        cursor = Math.max(cursor, loaded.number)
      }
      cursor = Math.max(cursor, last)
    },
    announced: (last) => {
      newest = Math.max(newest, last)
    },
    wanted: () => {
      if (isFull()) return undefined
      for (const { items, key, last } of hungry) {
        return { _tag: "Line", epoch, line: key, after: last, upTo: cursor, most: Math.max(1, share - items.length) }
      }
      if (cursor >= newest) return undefined
      const without: Array<string> = []
      for (const line of lines.values()) {
        if (without.length >= mostLeftOut) break
        if (line.more) without.push(line.key)
      }
      return {
        _tag: "Scan",
        epoch,
        after: cursor,
        upTo: Math.min(newest, cursor + stride),
        without,
        most: Math.min(mostRead, Math.max(1, capacity - size))
      }
    },
    read: (wanted, items) => {
      if (wanted.epoch !== epoch) return
      const isAll = items.length < wanted.most
      if (wanted._tag === "Line") {
        const line = lines.get(wanted.line)
        if (line === undefined || line.last !== wanted.after) return
        for (const item of items) {
          if (isFull()) break
          append(line, item)
        }
        line.more = !isAll || line.missed > wanted.upTo || line.last < (items.at(-1)?.number ?? 0)
        handLine(line)
        return tidy(line)
      }
      if (cursor !== wanted.after) return
      for (const item of items) {
        if (!add(item)) return
        cursor = item.number
      }
      if (isAll) cursor = wanted.upTo
    },
    begin: (item) => {
      if (item.state !== "handed") return false
      if (!item.isAhead) {
        const line = lines.get(item.line)
        const before = line?.items.find(({ state }) => most === 1 || (state !== "begun" && state !== "handed"))
        const isFirst = line !== undefined && !isHeld(line) && (before === undefined || before.number >= item.number)
        if (!isFirst) {
          item.state = "waiting"
          return false
        }
      }
      waitsNoMore(item)
      item.state = "begun"
      return true
    },
    ended: (item) => {
      item.state = "ended"
    },
    done: (item) => {
      leave(item)
      const line = lines.get(item.line)
      if (line !== undefined) {
        handLine(line)
        tidy(line)
      }
      handDeclined()
    },
    again: (item, at) => {
      leave(item)
      const line = rewind(item.line, item.number)
      hold(line, at)
      tidy(line)
      handDeclined()
    },
    decline: (item) => {
      if (item.state !== "handed") return
      item.state = "waiting"
      declined.add(item)
    },
    forget: (numbers) => {
      const all = new Set(numbers)
      for (const line of lines.values()) {
        for (const item of line.items) if (all.has(item.number) && !isAtWork(item)) gone(item)
        line.items = line.items.filter(({ state }) => state !== "gone")
      }
    },
    release: (now) => {
      if (now < due) return
      due = Number.POSITIVE_INFINITY
      for (const line of held) {
        if (line.heldUntil > now) {
          due = Math.min(due, line.heldUntil)
          continue
        }
        held.delete(line)
        tidy(line)
      }
    },
    nextDue: () => held.size === 0 ? undefined : due,
    giveWay: () => {
      const last = Item.firstToGo([...lines.values()].flatMap(({ items }) => items).concat([...aheads.values()]))
      if (last === undefined) return
      const { isAhead, line: key, number } = last
      const line = lineOf(key)
      // What is behind it must not begin before it.
      const behind = isAhead ? [] : line.items.filter((item) => item.number > number && !isAtWork(item))
      for (const item of [last, ...behind]) {
        onTakenBack?.(item)
        leave(item)
      }
      line.last = Math.min(number - 1, line.last)
      line.more = true
      line.missed = Math.max(line.missed, number, ...behind.map(({ number }) => number))
      tidy(line)
    },
    hand: () => {
      handDeclined()
      for (const line of lines.values()) handLine(line)
    },
    reset: () => {
      for (const line of lines.values()) {
        evict(line)
        line.more = false
        line.last = 0
        line.missed = 0
        tidy(line)
      }
      cursor = 0
      epoch += 1
    },
    size: () => size,
    atWork: () => size - idle,
    ofLine: (key) => {
      const line = lines.get(key)
      const isLater = isFull() || cursor < newest || (line !== undefined && (line.more || isHeld(line)))
      return isLater ? undefined : line?.items.length ?? 0
    },
    room: () => isFull() || hungry.size > 0 || cursor < newest ? 0 : capacity - size
  }
}
