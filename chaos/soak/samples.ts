/** Samples, in room that is there from the start and outside of the heap: what measures growth must not grow. */
import type { Sample } from "./verdict.ts"

/** Longest a sample may be when it is written down, in bytes. */
const roomEach = 1_024

export interface Samples {
  /** What finds no room, or needs too much of it, is left out. */
  readonly add: (sample: Sample) => void
  readonly count: () => number
  readonly all: () => ReadonlyArray<Sample>
}

const isHandles = (u: unknown): u is ReadonlyArray<readonly [kind: string, count: number]> => Array.isArray(u)

const read = (text: string): Sample => {
  const { at, fibers, handles, heapBytes } = JSON.parse(text)
  return { at, fibers, heapBytes, handles: new Map(isHandles(handles) ? handles : []) }
}

/** Room for so many. */
export const make = (most: number): Samples => {
  const room = Buffer.alloc(most * roomEach, " ")
  let count = 0
  return {
    add: ({ handles, ...sample }) => {
      const text = JSON.stringify({ ...sample, handles: [...handles] })
      if (count === most || Buffer.byteLength(text) > roomEach) return
      room.write(text, count * roomEach)
      count += 1
    },
    count: () => count,
    all: () => Array.from({ length: count }, (_, i) => read(room.toString("utf8", i * roomEach, (i + 1) * roomEach)))
  }
}
