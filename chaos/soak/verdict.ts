/** Whether something grows: from samples over time. Pure. */
import { blocks, line, median } from "../support/measures/statistics.ts"

export interface Sample {
  /** Seconds since the beginning. */
  readonly at: number
  readonly heapBytes: number
  readonly fibers: number
  /** Open handles and requests, by kind. */
  readonly handles: ReadonlyMap<string, number>
}

export interface Verdict {
  readonly samples: number
  /** Growth of the heap in bytes a minute, and half the width of its 95 % interval. */
  readonly heap: { readonly slope: number; readonly margin: number }
  readonly missed: ReadonlyArray<string>
  /** By kind, the medians of the first and of the last third. */
  readonly handles: ReadonlyArray<readonly [kind: string, first: number, last: number]>
  readonly fibers: readonly [first: number, last: number]
}

/** So many stretches: enough to tell a slope from chance, few enough for each to be a fair sample. */
const stretches = 12

/**
 * Optimised code goes on growing by about this, in bytes a minute; a leak of ten bytes a message is more. Without the
 * optimiser (`node scripts/run.mjs --expose-gc --no-opt --no-sparkplug chaos/soak/main.ts`) the heap stands still.
 */
const codeGrowth = 32 * 1024

const thirds = (values: ReadonlyArray<number>): readonly [number, number] => {
  const third = Math.max(1, Math.floor(values.length / 3))
  return [median(values.slice(0, third)), median(values.slice(-third))]
}

/** Judges the samples behind the warm-up. Handles and fibers may differ by what is under way at the moment. */
export const verdict = (samples: ReadonlyArray<Sample>): Verdict => {
  const { margin, slope } = line(blocks(samples.map(({ at, heapBytes }) => [at / 60, heapBytes]), stretches))
  const kinds = [...new Set(samples.flatMap(({ handles }) => [...handles.keys()]))].toSorted()
  const handles = kinds.map((kind) =>
    [kind, ...thirds(samples.map((sample) => sample.handles.get(kind) ?? 0))] as const
  )
  const fibers = thirds(samples.map((sample) => sample.fibers))
  const grows = (first: number, last: number) => last > first + Math.max(3, first * 0.2)
  return {
    samples: samples.length,
    heap: { slope, margin },
    handles,
    fibers,
    missed: [
      ...slope - margin > 0 && slope > codeGrowth
        ? [`the heap grows by ${Math.round(slope / 1024)} ± ${Math.round(margin / 1024)} KiB a minute`]
        : [],
      ...handles.flatMap(([kind, first, last]) => grows(first, last) ? [`${kind}: from ${first} to ${last}`] : []),
      ...grows(...fibers) ? [`fibers: from ${fibers[0]} to ${fibers[1]}`] : []
    ]
  }
}
