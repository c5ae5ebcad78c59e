/** One direction of a connection, and what is done to the bytes that pass. */
import type { Socket } from "node:net"

/** How bytes pass. All but `Hole` keep every byte, in order. */
export type Manner =
  | { readonly _tag: "Pass" }
  /** Each segment waits. */
  | { readonly _tag: "Delay"; readonly ms: number }
  /** One byte in a segment of its own. */
  | { readonly _tag: "Trickle" }
  /** Segments of at most so many bytes. */
  | { readonly _tag: "Split"; readonly bytes: number }
  /** Whatever comes within the time leaves in one segment. */
  | { readonly _tag: "Merge"; readonly ms: number }
  /** Bytes vanish. */
  | { readonly _tag: "Hole" }

export const pass: Manner = { _tag: "Pass" }

export interface Pipe {
  readonly push: (bytes: Buffer) => void
  /** Puts bytes of our own between those that pass. */
  readonly inject: (bytes: Buffer) => void
}

interface Plan {
  readonly pieces: ReadonlyArray<Buffer>
  /** Before each piece, in milliseconds; 0 is the next iteration of the event loop, `undefined` none at all. */
  readonly waitMs: number | undefined
}

const cut = (bytes: Buffer, size: number): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

/** What becomes of the bytes that have gathered. Pure. */
export const plan = (manner: Manner, waiting: ReadonlyArray<Buffer>): Plan => {
  switch (manner._tag) {
    case "Pass":
      return { pieces: waiting, waitMs: undefined }
    case "Delay":
      return { pieces: waiting, waitMs: manner.ms }
    case "Trickle":
      return { pieces: cut(Buffer.concat(waiting), 1), waitMs: 0 }
    case "Split":
      return { pieces: cut(Buffer.concat(waiting), manner.bytes), waitMs: 0 }
    case "Merge":
      return { pieces: [Buffer.concat(waiting)], waitMs: manner.ms }
    case "Hole":
      return { pieces: [], waitMs: undefined }
  }
}

const later = (waitMs: number, act: () => void): void => {
  if (waitMs === 0) setImmediate(act)
  else setTimeout(act, waitMs)
}

export const makePipe = (to: Socket, manner: () => Manner): Pipe => {
  let waiting: Array<Buffer> = []
  let busy = false

  const write = (bytes: Buffer) => {
    if (to.writable) to.write(bytes)
  }
  const gather = (): void => {
    if (busy || waiting.length === 0) return
    busy = true
    const now = manner()
    if (now._tag === "Merge") return later(now.ms, () => perform(now))
    perform(now)
  }
  const perform = (now: Manner): void => {
    const { pieces, waitMs } = plan(now, waiting)
    waiting = []
    const step = (i: number): void => {
      const piece = pieces[i]
      if (piece === undefined) {
        busy = false
        return gather()
      }
      write(piece)
      if (waitMs === undefined || now._tag === "Merge") step(i + 1)
      else later(waitMs, () => step(i + 1))
    }
    if (waitMs === undefined || now._tag === "Merge") step(0)
    else later(waitMs, () => step(0))
  }
  return {
    push: (bytes) => {
      waiting.push(bytes)
      gather()
    },
    inject: (bytes) => {
      waiting.push(bytes)
      gather()
    }
  }
}
