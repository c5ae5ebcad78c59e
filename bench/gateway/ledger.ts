/** What was sent in a run, and when it was acknowledged. */
import type { AckTimes, RunReport } from "../protocol.ts"

/** Sorted samples in, the value below which the given share of them lies out; 0 without samples. */
const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

export const ackTimes = (samples: Float64Array): AckTimes => {
  const sorted = samples.toSorted()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) }
}

export interface Ledger {
  /** The number that the next frame gets. */
  readonly next: () => number
  /** The next `count` frames leave now. */
  readonly sent: (count: number) => void
  /** Whether the acknowledgement is the first one of a frame of this run. */
  readonly acked: (number: number) => boolean
  readonly sentCount: () => number
  readonly ackedCount: () => number
  readonly report: () => RunReport
}

/** Numbers go on from run to run: a client that remembers what it handled must not take a run for a redelivery. */
let firstFree = 1

/** The ledger of a run of at most so many frames. */
export const make = (capacity: number): Ledger => {
  const first = firstFree
  firstFree += capacity
  const sentAt = new Float64Array(capacity)
  const tookMs = new Float64Array(capacity)
  const isAcked = new Uint8Array(capacity)
  const startedAt = performance.now()
  let lastAckAt = startedAt
  let sent = 0
  let acked = 0
  return {
    next: () => first + sent,
    sent: (count) => {
      sentAt.fill(performance.now(), sent, sent + count)
      sent += count
    },
    acked: (number) => {
      const index = number - first
      if (index < 0 || index >= sent || isAcked[index] === 1) return false
      isAcked[index] = 1
      lastAckAt = performance.now()
      tookMs[acked] = lastAckAt - (sentAt[index] ?? lastAckAt)
      acked += 1
      return true
    },
    sentCount: () => sent,
    ackedCount: () => acked,
    report: () => ({ sent, acked, wallMs: lastAckAt - startedAt, ackMs: ackTimes(tookMs.subarray(0, acked)) })
  }
}
