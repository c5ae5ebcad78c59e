/**
 * The numbers of accounts, as the process's metrics have them. Pure.
 *
 * @since 0.1.0
 */
import type * as MetricPair from "effect/MetricPair"
import * as MetricState from "effect/MetricState"
import type { Figures } from "./Protocol.ts"

const prefix = "effect_dingtalk_"

/** Metrics that are one number, by their names without the prefix. */
const single: Readonly<Record<string, keyof Figures>> = {
  received_total: "received",
  acked_total: "acked",
  handled_total: "handled",
  failed_total: "failed",
  interrupted_total: "interrupted",
  dropped_total: "dropped",
  abandoned_total: "abandoned",
  duplicate_total: "duplicate",
  undecodable_total: "undecodable",
  stale_total: "stale",
  in_flight: "inFlight",
  queue_depth: "queueDepth",
  strikes: "strikes",
  token_refreshes_total: "tokenRefreshes"
}

/** Metrics that are several, told apart by a tag. */
const split: Readonly<Record<string, readonly [key: keyof Figures, tag: string]>> = {
  gated_total: ["gated", "reason"],
  reconnects_total: ["reconnects", "reason"],
  holds_total: ["holds", "reason"],
  odd_frames_total: ["oddFrames", "kind"],
  sends_total: ["sends", "outcome"],
  cards_total: ["cards", "outcome"],
  asks_total: ["asks", "outcome"]
}

const timed: Readonly<Record<string, keyof Figures>> = {
  handler_seconds: "handling",
  send_wait_seconds: "sendWait"
}

/**
 * An account of which nothing was counted yet.
 *
 * @since 0.1.0
 * @category constants
 */
export const none: Figures = {
  received: 0,
  acked: 0,
  handled: 0,
  failed: 0,
  interrupted: 0,
  dropped: 0,
  abandoned: 0,
  duplicate: 0,
  undecodable: 0,
  stale: 0,
  inFlight: 0,
  queueDepth: 0,
  strikes: 0,
  connectedSince: 0,
  tokenRefreshes: 0,
  skippedCalls: 0,
  gated: {},
  reconnects: {},
  holds: {},
  oddFrames: {},
  sends: {},
  cards: {},
  asks: {},
  handling: { count: 0, seconds: 0 },
  sendWait: { count: 0, seconds: 0 }
}

const numberOf = (state: MetricState.MetricState.Untyped): number | undefined =>
  MetricState.isCounterState(state)
    ? Number(state.count)
    : MetricState.isGaugeState(state)
    ? Number(state.value)
    : undefined

const added = (counts: Readonly<Record<string, number>>, name: string, count: number) => ({
  ...counts,
  [name]: (counts[name] ?? 0) + count
})

const withOne = (before: Figures, { metricKey, metricState }: MetricPair.MetricPair.Untyped): Figures => {
  const name = metricKey.name.slice(prefix.length)
  const tagOf = (key: string): string => metricKey.tags.find((tag) => tag.key === key)?.value ?? ""
  if (MetricState.isHistogramState(metricState)) {
    const key = timed[name]
    return key === undefined ? before : { ...before, [key]: { count: metricState.count, seconds: metricState.sum } }
  }
  const value = numberOf(metricState)
  if (value === undefined) return before
  if (name === "connected_since_seconds") return { ...before, connectedSince: value * 1_000 }
  if (name === "skipped_calls_total") return { ...before, skippedCalls: before.skippedCalls + value }
  const key = single[name]
  if (key !== undefined) return { ...before, [key]: value }
  const several = split[name]
  // One that nobody tagged further is the sum of nothing.
  if (several === undefined || value === 0) return before
  const [counts, tag] = several
  const soFar = before[counts]
  return typeof soFar === "object" && !("seconds" in soFar)
    ? { ...before, [counts]: added(soFar, tagOf(tag), value) }
    : before
}

/**
 * The figures of each account that anything was counted of.
 *
 * @since 0.1.0
 * @category decoding
 */
export const ofSnapshot = (
  snapshot: ReadonlyArray<MetricPair.MetricPair.Untyped>
): ReadonlyMap<string, Figures> => {
  const all = new Map<string, Figures>()
  for (const pair of snapshot) {
    if (!pair.metricKey.name.startsWith(prefix)) continue
    const account = pair.metricKey.tags.find(({ key }) => key === "account")?.value
    if (account !== undefined) all.set(account, withOne(all.get(account) ?? none, pair))
  }
  return all
}
