/**
 * What the console remembers: the last entries of each kind, in memory that does not grow.
 *
 * @since 0.1.0
 */
import { type Entry, type Heard, mostOfKind } from "./Protocol.ts"

/** An entry without what is made of it when somebody looks. */
type Unnumbered<E> = E extends Entry ? Omit<E, "seq" | "key"> : never

/**
 * Something to be remembered.
 *
 * @since 0.1.0
 * @category models
 */
export type Note = Unnumbered<Entry>

/**
 * How a message ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Ending = Pick<Heard, "outcome" | "why" | "durationMs">

/**
 * The memory. Synchronous, and cheap: it is written to while messages are handled. Entries are made of it when somebody looks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Journal {
  readonly add: (note: Note) => void
  /** Remembers a message that is at work. What it gives takes how that ended. */
  readonly begin: (note: Unnumbered<Heard>) => (ending: Ending) => void
  /** What has come behind a number, in order; all of it behind 0. Of notes of the same message only the last one. */
  readonly since: (seq: number) => ReadonlyArray<Entry>
  /** The number of the last entry. */
  readonly last: () => number
}

interface Line {
  seq: number
  readonly note: Note
  ending: Ending | undefined
}

/** The last so many lines; the oldest one gives its place to the next. */
interface Ring {
  readonly lines: Array<Line>
  next: number
}

const entryOf = ({ ending, note, seq }: Line): Entry =>
  note._tag === "Heard"
    ? { ...note, ...ending, seq, key: `${note.account} ${note.messageId}` }
    : { ...note, seq }

/**
 * An empty memory for so many entries of each kind.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (most: number = mostOfKind): Journal => {
  const ring = (): Ring => ({ lines: [], next: 0 })
  const rings: Readonly<Record<Entry["_tag"], Ring>> = { Change: ring(), Incident: ring(), Heard: ring() }
  let last = 0
  const write = (note: Note, ending: Ending | undefined): (ending: Ending) => void => {
    const ring = rings[note._tag]
    const place = ring.next
    const line: Line = { seq: ++last, note, ending }
    ring.lines[place] = line
    ring.next = place + 1 === most ? 0 : place + 1
    return (ending) => {
      if (ring.lines[place] === line) {
        line.seq = ++last
        line.ending = ending
      } else write(note, ending)
    }
  }
  return {
    add: (note) => {
      write(note, undefined)
    },
    begin: (note) => write(note, undefined),
    since: (seq) => {
      if (seq >= last) return []
      const entries = Object.values(rings)
        .flatMap(({ lines }) => lines.filter((line) => line.seq > seq).map(entryOf))
        .toSorted((a, b) => a.seq - b.seq)
      const latest = new Map(entries.map((entry) => [entry._tag === "Heard" ? entry.key : entry.seq, entry.seq]))
      return entries.filter((entry) => entry._tag !== "Heard" || latest.get(entry.key) === entry.seq)
    },
    last: () => last
  }
}
