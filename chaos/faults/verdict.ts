/** What a run shows, and the bars that it misses. Pure. */
import type { Row } from "../support/measures/table.ts"
import type { Report } from "./run.ts"

/** Which bars were missed, in words; none is a pass. `timed`: judge the times too, which a busy machine may spoil. */
export const missed = (
  report: Report,
  { redelivery, timed }: { readonly redelivery: boolean; readonly timed: boolean }
) => {
  const { acks, summary } = report
  const outside = summary.losses.filter(({ kind }) => kind === undefined)
  // During a restart, what comes in behind the stop is neither acknowledged nor handled: whoever listens next gets it.
  const swallowed = summary.losses.filter(({ kind, reached }) => reached && kind !== "restart")
  const deaf = summary.windows.filter(({ allowedMs, deafMs }) => deafMs > allowedMs + report.loopStallMs)
  const bars: ReadonlyArray<readonly [boolean, string]> = [
    [outside.length > 0, `${outside.length} messages lost while nothing was wrong`],
    [redelivery && summary.losses.length > 0, `${summary.losses.length} messages lost although they were redelivered`],
    [swallowed.length > 0, `${swallowed.length} messages reached the client and were not handled`],
    [acks.broken > 0, `${acks.broken} messages acknowledged and not handled`],
    [acks.missing > 0, `${acks.missing} messages without an answer while nothing was wrong`],
    [acks.twice > 0, `${acks.twice} deliveries acknowledged twice`],
    [summary.handledTwice.length > 0, `${summary.handledTwice.length} messages handled twice`],
    [report.neverRecovered.length > 0, `no recovery from ${report.neverRecovered.join(", ")}`],
    [report.impostorHeard !== "", "an impostor's TLS certificate was accepted"],
    [report.statusAtEnd !== "Connected", `the account ended up ${report.statusAtEnd}`],
    [report.leftOver > 0, `${report.leftOver} connections left behind by the stop`],
    [
      timed && deaf.length > 0,
      `deaf for too long: ${deaf.map(({ deafMs, kind }) => `${kind} (${Math.round(deafMs)} ms)`).join(", ")}`
    ]
  ]
  return bars.flatMap(([isMissed, words]) => isMissed ? [words] : [])
}

const most = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.max(a, b), 0)

/** A line for each kind of fault. */
export const rows = ({ summary }: Report): ReadonlyArray<Row> =>
  [...new Set(summary.windows.map(({ kind }) => kind))].toSorted().map((kind) => {
    const windows = summary.windows.filter((window) => window.kind === kind)
    const losses = summary.losses.filter((loss) => loss.kind === kind)
    return [
      kind,
      windows.length,
      summary.saidIn.get(kind) ?? 0,
      losses.length,
      Math.round(most(windows.map(({ deafMs }) => deafMs))),
      Math.round(most(windows.map(({ allowedMs }) => allowedMs)))
    ]
  })

export const header = ["fault", "times", "said", "lost", "deaf ms", "allowed ms"] as const
