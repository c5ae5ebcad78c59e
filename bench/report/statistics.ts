/** What is said about samples. Pure. */

const ascending = (samples: ReadonlyArray<number>): ReadonlyArray<number> => samples.toSorted((a, b) => a - b)

/** The value below which the given share of the samples lies, between two samples in proportion; NaN without samples. */
export const quantile = (samples: ReadonlyArray<number>, share: number): number => {
  const sorted = ascending(samples)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

export const median = (samples: ReadonlyArray<number>): number => quantile(samples, 0.5)

/** The middle of the samples and where their middle half lies. */
export interface Summary {
  readonly median: number
  readonly low: number
  readonly high: number
}

export const summary = (samples: ReadonlyArray<number>): Summary => ({
  median: median(samples),
  low: quantile(samples, 0.25),
  high: quantile(samples, 0.75)
})

/**
 * Sample by sample of the same round: a disturbance that meets both halves of a pair goes out of their ratio.
 */
export const ratios = (samples: ReadonlyArray<number>, base: ReadonlyArray<number>): ReadonlyArray<number> =>
  samples.flatMap((sample, index) => {
    const other = base[index]
    return other === undefined || other === 0 ? [] : [sample / other]
  })
