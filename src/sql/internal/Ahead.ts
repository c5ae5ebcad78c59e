/**
 * What is written down as begun before a worker gets it, so that one transaction says it of many: else each of the workers
 * would wait for a transaction between two messages.
 *
 * A process that crashes leaves some that it had not come to, of which the next one says that they may have begun. So it is
 * only done for as many as have lately begun in as short a time, and what is not come to is taken back.
 */
import * as Effect from "effect/Effect"

export interface Options {
  /** The monotonic time, in milliseconds. */
  readonly now: () => number
  /** Writes down that something begins; told, synchronously, whether it still waited. */
  readonly write: (number: number, tell: (isBegun: boolean) => void) => void
  /** What was written down has not begun after all. */
  readonly takeBack: (number: number) => void
}

export interface Ahead {
  /**
   * Something is to be handed out for its first attempt; `hand` is told, synchronously, to do so: now, or when it is
   * written down as begun.
   */
  readonly hand: (number: number, hand: () => void) => void
  /** Takes note of what was written down as begun when it was stored. */
  readonly stored: (number: number) => void
  /** How many more would be written down now. */
  readonly room: () => number
  /** It was handed out for nothing. */
  readonly decline: (number: number) => void
  /** Whether it is written down as begun, or about to be, and no worker has come to it. */
  readonly has: (number: number) => boolean
  /**
   * A worker has come to it: whether it still waited, when it is written down. Until then it can be interrupted, which
   * `onInterrupt` is told, synchronously.
   */
  readonly begin: (number: number, onInterrupt: () => void) => Effect.Effect<boolean>
  /** It is handed out no more. */
  readonly forget: (number: number) => void
  /** Takes back all that no worker has come to. */
  readonly clear: () => void
}

interface Mark {
  isTaken: boolean
  isBegun: boolean | undefined
  /** It is told here when it is written. */
  tell: ((isBegun: boolean) => void) | undefined
}

/** Of one conversation, how many are handed out behind the one that is next, as long as there is room. */
export const mostFollowing = 31

/** Over how long it is counted how many begin, in milliseconds. */
const periodMs = 20

/** Most that are written down ahead. */
const mostAhead = 256

export const make = ({ now, takeBack, write }: Options): Ahead => {
  const handed = new Set<number>()
  const marks = new Map<number, Mark>()
  let since = now()
  let begun = 0
  let most = 0

  const mark = (number: number): Mark => {
    const made: Mark = { isTaken: false, isBegun: undefined, tell: undefined }
    write(number, (isBegun) => {
      made.isBegun = isBegun
      if (!made.isTaken && marks.get(number) !== made) return isBegun ? takeBack(number) : undefined
      // Whoever comes to it asks again: it may be another's now, and one's own later.
      if (!isBegun && !made.isTaken) marks.delete(number)
      made.tell?.(isBegun)
    })
    return made
  }
  const room = () => {
    const elapsed = now() - since
    if (elapsed >= periodMs) {
      most = Math.min(mostAhead, Math.floor(2 * begun * periodMs / elapsed))
      begun = 0
      since += elapsed
    }
    return Math.max(0, most - marks.size)
  }
  const markOn = () => {
    for (const number of handed) {
      if (room() === 0) return
      handed.delete(number)
      marks.set(number, mark(number))
    }
  }

  return {
    hand: (number, hand) => {
      if (!marks.has(number)) {
        handed.add(number)
        markOn()
      }
      const made = marks.get(number)
      if (made === undefined || made.isBegun !== undefined) hand()
      else made.tell = hand
    },
    stored: (number) => {
      marks.set(number, { isTaken: false, isBegun: true, tell: undefined })
    },
    room: () => handed.size === 0 ? room() : 0,
    decline: (number) => {
      handed.delete(number)
    },
    has: (number) => marks.has(number),
    begin: (number, onInterrupt) =>
      Effect.suspend(() => {
        begun += 1
        handed.delete(number)
        const made = marks.get(number) ?? mark(number)
        made.isTaken = true
        marks.delete(number)
        markOn()
        if (made.isBegun !== undefined) return Effect.succeed(made.isBegun)
        const written = Effect.async<boolean>((resume) => {
          if (made.isBegun !== undefined) return resume(Effect.succeed(made.isBegun))
          made.tell = (isBegun) => resume(Effect.succeed(isBegun))
        })
        return Effect.onInterrupt(Effect.interruptible(written), () => Effect.sync(onInterrupt))
      }),
    forget: (number) => {
      handed.delete(number)
      const made = marks.get(number)
      marks.delete(number)
      if (made?.isBegun === true) takeBack(number)
    },
    clear: () => {
      const left = [...marks]
      marks.clear()
      handed.clear()
      for (const [number, { isBegun }] of left) if (isBegun === true) takeBack(number)
    }
  }
}
