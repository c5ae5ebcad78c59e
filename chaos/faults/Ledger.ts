/** What became of every message: said, reached the client, handled. A plain memory, fed by callbacks. */

/** A time in which the network or the server was broken, from the fault to the first message that came through after it. */
export interface Window {
  readonly kind: string
  /** How long nothing may arrive in it, in milliseconds. */
  readonly allowedMs: number
  readonly openedAt: number
  /** The longest time without an arrival, in milliseconds. */
  deafMs: number
}

interface Entry {
  readonly id: string
  /** The window that it was said in, or that it was overtaken by on its way. */
  window: Window | undefined
  reached: number
  handled: number
}

/** A message that was not handled. */
export interface Loss {
  readonly id: string
  /** The kind of fault in force; `undefined` means that nothing was wrong. */
  readonly kind: string | undefined
  /** Whether it came as far as the client's socket. */
  readonly reached: boolean
}

export interface Summary {
  readonly said: number
  readonly reached: number
  readonly handled: number
  readonly handledTwice: ReadonlyArray<string>
  readonly losses: ReadonlyArray<Loss>
  /** How many messages were said in windows, by kind. */
  readonly saidIn: ReadonlyMap<string, number>
  readonly windows: ReadonlyArray<Readonly<Window>>
  /** The longest time between two arrivals, in milliseconds. */
  readonly longestGapMs: number
}

export interface Ledger {
  /** Notes a message and gives its number, counted from 0. */
  readonly said: (id: string) => number
  readonly reached: (id: string) => void
  readonly handled: (id: string) => void
  /** Opens a window. What is on its way at that moment belongs to it. */
  readonly open: (kind: string, allowedMs: number) => void
  readonly close: () => void
  /** How many messages there were so far. */
  readonly count: () => number
  /** The highest number among the messages that were handled; -1 for none. */
  readonly latestHandled: () => number
  readonly summary: () => Summary
}

const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

export const make = (now: () => number): Ledger => {
  const entries: Array<Entry> = []
  const numbers = new Map<string, number>()
  const windows: Array<Window> = []
  let current: Window | undefined
  let lastArrival = now()
  let longestGapMs = 0
  let latestHandled = -1

  const entryOf = (id: string): Entry | undefined => entries[numbers.get(id) ?? -1]
  const silence = (at: number) => {
    longestGapMs = Math.max(longestGapMs, at - lastArrival)
    if (current !== undefined) current.deafMs = Math.max(current.deafMs, at - Math.max(lastArrival, current.openedAt))
  }

  return {
    said: (id) => {
      const number = entries.length
      numbers.set(id, number)
      entries.push({ id, window: current, reached: 0, handled: 0 })
      return number
    },
    reached: (id) => {
      const entry = entryOf(id)
      if (entry === undefined) return
      entry.reached += 1
      const at = now()
      silence(at)
      lastArrival = at
    },
    handled: (id) => {
      const entry = entryOf(id)
      if (entry === undefined) return
      entry.handled += 1
      latestHandled = Math.max(latestHandled, numbers.get(id) ?? -1)
    },
    open: (kind, allowedMs) => {
      current = { kind, allowedMs, openedAt: now(), deafMs: 0 }
      windows.push(current)
      for (const entry of entries) {
        if (entry.handled === 0 && entry.window === undefined) entry.window = current
      }
    },
    close: () => {
      silence(now())
      current = undefined
    },
    count: () => entries.length,
    latestHandled: () => latestHandled,
    summary: () => {
      const saidIn = new Map<string, number>()
      for (const { window } of entries) if (window !== undefined) count(saidIn, window.kind)
      return {
        said: entries.length,
        reached: entries.filter(({ reached }) => reached > 0).length,
        handled: entries.filter(({ handled }) => handled > 0).length,
        handledTwice: entries.filter(({ handled }) => handled > 1).map(({ id }) => id),
        losses: entries.filter(({ handled }) => handled === 0).map(({ id, reached, window }) => ({
          id,
          kind: window?.kind,
          reached: reached > 0
        })),
        saidIn,
        windows,
        longestGapMs
      }
    }
  }
}
