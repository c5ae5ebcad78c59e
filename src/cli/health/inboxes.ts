/**
 * How the inboxes are that outlive the process, by their metrics.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as MetricPair from "effect/MetricPair"
import * as MetricState from "effect/MetricState"

/**
 * What is said of one account's inbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface InboxHealth {
  /** Whether it can be written; until it can, nothing is acknowledged. */
  readonly up: boolean
  /** Whether this process handles what waits in it. */
  readonly owner: boolean
  readonly waiting: number
  readonly dead: number
  /** How long the oldest that waits has waited, in seconds. */
  readonly oldestSeconds: number
}

const prefix = "effect_dingtalk_inbox_"

/**
 * The inboxes by account, as a snapshot of all metrics has them.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofSnapshot = (
  snapshot: ReadonlyArray<MetricPair.MetricPair.Untyped>
): ReadonlyMap<string, InboxHealth> => {
  const gauges = new Map<string, Map<string, number>>()
  for (const { metricKey: { name, tags }, metricState } of snapshot) {
    const account = tags.find(({ key }) => key === "account")?.value
    if (account === undefined || !name.startsWith(prefix) || !MetricState.isGaugeState(metricState)) continue
    const of = gauges.get(account) ?? new Map<string, number>()
    gauges.set(account, of.set(name.slice(prefix.length), Number(metricState.value)))
  }
  return new Map([...gauges].flatMap(([account, of]) => {
    const value = (name: string) => of.get(name) ?? 0
    if (!of.has("up")) return []
    const health = {
      up: value("up") === 1,
      owner: value("owner") === 1,
      waiting: value("depth"),
      dead: value("dead"),
      oldestSeconds: value("oldest_seconds")
    }
    return [[account, health]]
  }))
}

/**
 * The inboxes of this process.
 *
 * @since 0.1.0
 * @category accessors
 */
export const inboxesOf: Effect.Effect<ReadonlyMap<string, InboxHealth>> = Effect.map(Metric.snapshot, ofSnapshot)
