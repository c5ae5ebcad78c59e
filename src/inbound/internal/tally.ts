import type { InboundMetrics } from "../../metrics.ts"
import { behindIo } from "./behindIo.ts"

/**
 * What happened to an account's deliveries since its metrics were told. A flood counts in plain numbers, and its metrics
 * follow after every slice of work.
 */
export interface Tally {
  received: number
  acked: number
  dropped: number
  handled: number
  failed: number
  /** Something was counted, or began, or ended: has the metrics told soon. */
  readonly touch: () => void
  /** Tells the metrics now. */
  readonly tell: () => void
}

type Levels = Readonly<Record<"inFlight" | "queueDepth", () => number>>

export const unsafeMake = (metrics: InboundMetrics, levels: Levels): Tally => {
  let isDue = false
  const told = { inFlight: Number.NaN, queueDepth: Number.NaN }
  const tell = () => {
    isDue = false
    for (const name of ["received", "acked", "dropped", "handled", "failed"] as const) {
      if (tally[name] === 0) continue
      metrics[name].unsafeUpdate(tally[name], [])
      tally[name] = 0
    }
    for (const name of ["inFlight", "queueDepth"] as const) {
      const level = levels[name]()
      if (level === told[name]) continue
      told[name] = level
      metrics[name].unsafeUpdate(level, [])
    }
  }
  const tally: Tally = {
    received: 0,
    acked: 0,
    dropped: 0,
    handled: 0,
    failed: 0,
    touch: () => {
      if (isDue) return
      isDue = true
      behindIo.afterwards(tell)
    },
    tell
  }
  return tally
}
