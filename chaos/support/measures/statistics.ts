/** Numbers about numbers. Pure. */

/** Of sorted values; 0 of none. */
export const quantile = (sorted: ReadonlyArray<number>, q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0

export const sortedOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => [...values].toSorted((a, b) => a - b)

export const median = (values: ReadonlyArray<number>): number => quantile(sortedOf(values), 0.5)

/** A straight line through points, and how sure it is. */
export interface Line {
  /** Of y by x. */
  readonly slope: number
  /** Half the width of the interval that holds the true slope in 95 of 100 cases. */
  readonly margin: number
}

/** Student's t for 95 %, two-sided, by degrees of freedom. */
const students = [
  12.71,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
  2.262,
  2.228,
  2.201,
  2.179,
  2.16,
  2.145,
  2.131
]

/** The least-squares line; points that depend on each other must be gathered into blocks first, see {@link blocks}. */
export const line = (points: ReadonlyArray<readonly [x: number, y: number]>): Line => {
  const n = points.length
  if (n < 3) return { slope: 0, margin: Number.POSITIVE_INFINITY }
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  return { slope, margin: (students[n - 3] ?? 1.96) * Math.sqrt(residual / (n - 2) / sxx) }
}

/** The medians of so many stretches of equal length: neighbouring samples resemble each other, stretches hardly do. */
export const blocks = (
  points: ReadonlyArray<readonly [x: number, y: number]>,
  count: number
): ReadonlyArray<readonly [x: number, y: number]> => {
  const size = Math.max(1, Math.floor(points.length / count))
  return Array.from({ length: Math.min(count, Math.floor(points.length / size)) }, (_, i) => {
    const stretch = points.slice(i * size, (i + 1) * size)
    return [median(stretch.map(([x]) => x)), median(stretch.map(([, y]) => y))] as const
  })
}
