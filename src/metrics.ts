/**
 * Every metric of this library, once. All but that of what is shared are tagged with `account`, and those in seconds with `unit`.
 *
 * Counters that are touched on the socket's synchronous path are made once per account ({@link ofInbound}) and
 * updated by `unsafeUpdate(1, [])`: a plain addition.
 *
 * @since 0.1.0
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricKey from "effect/MetricKey"
import type * as MetricKeyType from "effect/MetricKeyType"
import * as MetricLabel from "effect/MetricLabel"

const counter = (name: string, description: string) => MetricKey.counter(name, { description, incremental: true })

/** OpenTelemetry's exporter finds a metric's unit in its tags. */
const inSeconds = MetricKey.tagged("unit", "s")

/** CALLBACK and EVENT frames that arrived, before any decision about them. */
const received = counter("effect_dingtalk_received_total", "Deliveries that arrived")
const acked = counter("effect_dingtalk_acked_total", "Deliveries that were acknowledged")
const dropped = counter("effect_dingtalk_dropped_total", "Deliveries dropped because the queue was full")
const abandoned = counter("effect_dingtalk_abandoned_total", "Deliveries given up at the end of a stop's drain bound")
const duplicate = counter("effect_dingtalk_duplicate_total", "Redeliveries that were not handled again")
const gated = counter("effect_dingtalk_gated_total", "Messages refused by the gate, by reason")
const undecodable = counter("effect_dingtalk_undecodable_total", "Deliveries whose data could not be read")
const handled = counter("effect_dingtalk_handled_total", "Deliveries whose handler succeeded")
const failed = counter("effect_dingtalk_failed_total", "Deliveries whose handler failed, died or timed out")
const interrupted = counter("effect_dingtalk_interrupted_total", "Messages whose handler was interrupted by request")
const stale = counter("effect_dingtalk_stale_total", "Messages that were too old when they arrived")
const oddFrames = counter("effect_dingtalk_odd_frames_total", "Frames that are not of the protocol, by kind")
const reconnects = counter("effect_dingtalk_reconnects_total", "Connections that ended, by reason")
const inFlight = MetricKey.gauge("effect_dingtalk_in_flight", { description: "Handlers at work" })
const queueDepth = MetricKey.gauge("effect_dingtalk_queue_depth", { description: "Deliveries waiting for a worker" })
const strikes = MetricKey.gauge("effect_dingtalk_strikes", { description: "Short, silent sessions in a row" })
const connected = MetricKey.gauge("effect_dingtalk_connected", { description: "1 while a connection is up, else 0" })
const connectedSince = inSeconds(MetricKey.gauge("effect_dingtalk_connected_since_seconds", {
  description: "When the current connection came up, in seconds since 1970; 0 while there is none"
}))
const stoppedSince = inSeconds(MetricKey.gauge("effect_dingtalk_stopped_since_seconds", {
  description: "Since when the account is stopped, by reason, in seconds since 1970; 0 while it is not"
}))
const handlerSeconds = inSeconds(MetricKey.histogram(
  "effect_dingtalk_handler_seconds",
  MetricBoundaries.fromIterable([0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60]),
  "How long handlers took"
))
const sends = counter("effect_dingtalk_sends_total", "API calls that send something, by outcome")
const sendWaitSeconds = inSeconds(MetricKey.histogram(
  "effect_dingtalk_send_wait_seconds",
  MetricBoundaries.fromIterable([0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30]),
  "How long sends waited for the rate limit"
))
const apiCalls = counter("effect_dingtalk_api_calls_total", "HTTP calls to DingTalk, by operation and outcome")
const apiTries = MetricKey.histogram(
  "effect_dingtalk_api_tries",
  MetricBoundaries.fromIterable([1, 2, 3]),
  "How often calls were tried until they ended, by operation and outcome"
)
const holds = counter("effect_dingtalk_holds_total", "Refusals after which everything waited, by reason")
const skippedCalls = counter("effect_dingtalk_skipped_calls_total", "Calls not made during a hold, by operation")
const cards = counter("effect_dingtalk_cards_total", "Cards that showed a text as it came, by outcome")
const asks = counter("effect_dingtalk_asks_total", "Questions that were asked, by outcome")
const sharingFailures = counter(
  "effect_dingtalk_sharing_failures_total",
  "Times that what processes share was not reached"
)
const tokenRefreshes = counter("effect_dingtalk_token_refreshes_total", "Access tokens fetched")

const inboxUp = MetricKey.gauge("effect_dingtalk_inbox_up", { description: "1 while the inbox can be written, else 0" })
const inboxOwner = MetricKey.gauge("effect_dingtalk_inbox_owner", {
  description: "1 while this process handles what waits in the inbox, else 0"
})
const inboxDepth = MetricKey.gauge("effect_dingtalk_inbox_depth", { description: "Deliveries that wait in the inbox" })
const inboxOldestSeconds = inSeconds(MetricKey.gauge("effect_dingtalk_inbox_oldest_seconds", {
  description: "How long the oldest delivery has waited in the inbox; 0 if none does"
}))
const inboxDead = MetricKey.gauge("effect_dingtalk_inbox_dead", { description: "Dead letters in the inbox" })
const inboxAttempts = counter("effect_dingtalk_inbox_attempts_total", "Attempts at deliveries of the inbox")
const inboxRetries = counter("effect_dingtalk_inbox_retries_total", "Attempts that failed and are made again")
const inboxDeadLetters = counter("effect_dingtalk_inbox_dead_letters_total", "Deliveries that are not tried any more")
const inboxRefused = counter("effect_dingtalk_inbox_refused_total", "Deliveries that were not kept, nor acknowledged")

type Kind =
  | MetricKeyType.MetricKeyType.Counter<number>
  | MetricKeyType.MetricKeyType.Gauge<number>
  | MetricKeyType.MetricKeyType.Histogram

/** A metric with all its tags from the start: it finds its state once, one that is tagged later at each update. */
const tagging = (tags: Readonly<Record<string, string>>) => {
  const labels = Object.entries(tags).map(([key, value]) => MetricLabel.make(key, value))
  return <Type extends Kind>(key: MetricKey.MetricKey<Type>) =>
    Metric.fromMetricKey(MetricKey.taggedWithLabels(key, labels))
}

/**
 * The metrics of an account's connection.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofConnection = (account: string) => {
  const by = tagging({ account })
  return {
    reconnects: by(reconnects),
    strikes: by(strikes),
    connected: by(connected),
    connectedSince: by(connectedSince)
  }
}

/**
 * Since when an account is stopped, in seconds since 1970, for one `reason`: `PermanentAuth`, `StreamStall`, `ByDefect` or
 * `ByRequest`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofStopped = (account: string, reason: string) => tagging({ account, reason })(stoppedSince)

/**
 * The metrics of what arrives. Tag `gated` further with `reason`, `oddFrames` with `kind`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofInbound = (account: string) => {
  const by = tagging({ account })
  return {
    received: by(received),
    acked: by(acked),
    dropped: by(dropped),
    abandoned: by(abandoned),
    duplicate: by(duplicate),
    gated: by(gated),
    undecodable: by(undecodable),
    handled: by(handled),
    failed: by(failed),
    interrupted: by(interrupted),
    stale: by(stale),
    oddFrames: by(oddFrames),
    inFlight: by(inFlight),
    queueDepth: by(queueDepth),
    handlerSeconds: by(handlerSeconds)
  }
}

/**
 * The metrics of an inbox that outlives the process.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofInbox = (account: string) => {
  const by = tagging({ account })
  return {
    inboxUp: by(inboxUp),
    inboxOwner: by(inboxOwner),
    inboxDepth: by(inboxDepth),
    inboxOldestSeconds: by(inboxOldestSeconds),
    inboxDead: by(inboxDead),
    inboxAttempts: by(inboxAttempts),
    inboxRetries: by(inboxRetries),
    inboxDeadLetters: by(inboxDeadLetters),
    inboxRefused: by(inboxRefused)
  }
}

/**
 * How often what processes share was not reached. It is tagged with nothing: all accounts share one store.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofSharing = Metric.fromMetricKey(sharingFailures)

/**
 * The metrics of what is sent. Tag `sends` further with `outcome` (`sent`, `partial`, or the error's tag), `apiCalls`
 * with `operation` and `outcome` (`ok` or the error's tag).
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofOutbound = (account: string) => {
  const by = tagging({ account })
  return {
    sends: by(sends),
    sendWaitSeconds: by(sendWaitSeconds),
    apiCalls: by(apiCalls),
    /** Tag further with `operation` and `outcome`: `ok` or the error's tag. */
    apiTries: by(apiTries),
    /** Tag further with `reason`: `throttled`, `quota` or `banned`. */
    holds: by(holds),
    /** Tag further with `operation`. */
    skippedCalls: by(skippedCalls),
    /** Tag further with `outcome`: `finished`, `stopped`, `failed`, `degraded`, or `stuck` for one whose end could not be shown. */
    cards: by(cards),
    /** Tag further with `outcome`: `answered`, `expired`, `withdrawn`, or `stuck` for one whose end could not be shown. */
    asks: by(asks),
    tokenRefreshes: by(tokenRefreshes)
  }
}

/**
 * `apiCalls` and `apiTries` of {@link ofOutbound} with all their tags, to be kept by those who count often.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofCall = (account: string, operation: string, outcome: string) => {
  const by = tagging({ account, operation, outcome })
  return { apiCalls: by(apiCalls), apiTries: by(apiTries) }
}

/**
 * @since 0.1.0
 * @category models
 */
export interface CallMetrics extends Readonly<ReturnType<typeof ofCall>> {}

/**
 * `sends` of {@link ofOutbound} with all its tags, to be kept by those who count often.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofSend = (account: string, outcome: string) => tagging({ account, outcome })(sends)

/**
 * `gated` of {@link ofInbound} with all its tags, to be kept by those who count often.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofGated = (account: string, reason: string) => tagging({ account, reason })(gated)

/**
 * @since 0.1.0
 * @category models
 */
export interface ConnectionMetrics extends Readonly<ReturnType<typeof ofConnection>> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface InboundMetrics extends Readonly<ReturnType<typeof ofInbound>> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface InboxMetrics extends Readonly<ReturnType<typeof ofInbox>> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface OutboundMetrics extends Readonly<ReturnType<typeof ofOutbound>> {}

/**
 * @since 0.1.0
 * @category models
 */
export interface AccountMetrics extends ConnectionMetrics, InboundMetrics, OutboundMetrics {}

/**
 * All metrics of one account, to read them. Whoever counts makes only its own, once per account, and keeps them: all of
 * them take more memory than the socket of an idle account.
 *
 * @since 0.1.0
 * @category constructors
 */
export const forAccount = (account: string): AccountMetrics => ({
  ...ofConnection(account),
  ...ofInbound(account),
  ...ofOutbound(account)
})
