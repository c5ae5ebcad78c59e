/**
 * What the console remembers: the last entries of each kind, in memory that does not grow.
 *
 * @since 0.1.0
 */
import { type Entry, mostOfKind } from "./Protocol.ts"

/** An entry without its number, which the journal gives. */
type Unnumbered<E> = E extends Entry ? Omit<E, "seq"> : never

/**
 * Something to be remembered.
 *
 * @since 0.1.0
 * @category models
 */
export type Note = Unnumbered<Entry>

/**
 * The memory. Synchronous, and cheap: it is written to while messages are handled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Journal {
  /** A note of the same kind and key takes the place of the earlier one. */
  readonly add: (note: Note) => void
  /** What has come behind a number, in order; all of it behind 0. */
  readonly since: (seq: number) => ReadonlyArray<Entry>
  /** The number of the last entry. */
  readonly last: () => number
}

const keyOf = (note: Note, seq: number): string | number => note._tag === "Heard" ? note.key : seq

/**
 * An empty memory for so many entries of each kind.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (most: number = mostOfKind): Journal => {
  const kinds: Readonly<Record<Entry["_tag"], Map<string | number, Entry>>> = {
    Change: new Map(),
    Incident: new Map(),
    Heard: new Map()
  }
  let last = 0
  return {
    add: (note) => {
      last += 1
      const entries = kinds[note._tag]
      const key = keyOf(note, last)
      // What is changed moves to the end, so that each kind stays in the order of its numbers.
      entries.delete(key)
      entries.set(key, { ...note, seq: last })
      if (entries.size <= most) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    },
    since: (seq) =>
      seq >= last ? [] : Object.values(kinds)
        .flatMap((entries) => [...entries.values()].filter((entry) => entry.seq > seq))
        .toSorted((a, b) => a.seq - b.seq),
    last: () => last
  }
}
