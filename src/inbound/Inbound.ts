/**
 * The way of a delivery: counted, acknowledged, queued, then decoded, gated, told from redeliveries and handled.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
import * as Frame from "../stream/Frame.ts"
import { type Subscription, topics } from "../stream/Gateway.ts"
import type { OnDelivery, Options as SessionOptions } from "../stream/Session.ts"
import type { Dedup } from "./Dedup.ts"
import * as Delivery from "./Delivery.ts"
import * as Dispatch from "./Dispatch.ts"
import type { Handlers } from "./Handlers.ts"
import type { HandlerScheduler } from "./HandlerScheduler.ts"
import * as Handling from "./Handling.ts"
import * as Calls from "./internal/calls.ts"
import * as Messages from "./internal/messages.ts"
import * as Refusals from "./internal/refusals.ts"
import * as Summary from "./internal/summary.ts"
import type * as QueueMemory from "./QueueMemory.ts"

/**
 * What an inbound side is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R> {
  readonly settings: AccountSettings
  readonly handlers: Handlers<R>
  /** Outlives the inbound side, so that a restarted account still knows what it handled. */
  readonly dedup: Dedup
  /** The channel's: when handlers run, and what waits for them altogether. */
  readonly scheduler: HandlerScheduler
  readonly memory: QueueMemory.Ledger
}

/**
 * The inbound side of one account.
 *
 * @since 0.1.0
 * @category models
 */
export interface Inbound {
  /** Takes a delivery from the socket's callback. Synchronous; never throws. */
  readonly onDelivery: OnDelivery
  /** Takes note of a frame that is not of the protocol. Synchronous; never throws. */
  readonly onOdd: SessionOptions["onOdd"]
  /**
   * Stops taking, and waits for what was taken, at most `drainTimeoutMs`; what is given up then is counted and logged.
   * Deliveries that still arrive are not acknowledged, so that DingTalk brings them to whoever listens next.
   */
  readonly drain: Effect.Effect<void>
}

/** Kinds of odd frames and topics that are remembered as logged; they come from outside. */
const mostKinds = 100

/**
 * What to subscribe to: the topics that have a handler, and EVENT only when the settings ask for it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const subscriptions = <R>(
  settings: Pick<AccountSettings, "events">,
  handlers: Handlers<R>
): ReadonlyArray<Subscription> => {
  const callback = (topic: string): Subscription => ({ type: "CALLBACK", topic })
  return [
    ...(handlers.onMessage === undefined ? [] : [callback(topics.message)]),
    ...(handlers.onCardAction === undefined ? [] : [callback(topics.cardAction)]),
    ...(handlers.onGraphCall === undefined ? [] : [callback(topics.graphCall)]),
    ...(handlers.onEvent === undefined || !settings.events ? [] : [{ type: "EVENT", topic: "*" } as const])
  ]
}

/** What names the source of a log record. */
const annotations = ({ id }: AccountSettings) => ({ account: id, module: "inbound" })

/**
 * Makes the inbound side of an account; its workers live as long as the scope.
 *
 * Messages and the calls that wait for an answer (events, card actions, graph calls) have a pool each, of
 * `dispatchWorkers`, `dispatchQueueSize` and `dispatchQueueBytes`: a button must not wait behind a line of slow
 * messages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R>(
  { dedup, handlers, memory, scheduler, settings }: Options<R>
): Effect.Effect<Inbound, never, Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.gen(function*() {
    const metrics = Metrics.ofInbound(settings.id)
    const run = yield* FiberSet.makeRuntime<never>()
    /** Logs from a callback, which must get through to its acknowledgements first. */
    const start = (effect: Effect.Effect<void>): void => {
      run(effect, { immediate: false })
    }
    const { dispatchQueueSize: queueSize, overflow } = settings
    const drops = yield* Summary.make<Delivery.Ids>(
      start,
      (summed) => Effect.annotateLogs(Effect.logWarning(logEvents.dropped), { ...summed, overflow, queueSize })
    )
    const common = { settings, metrics, dedup, start }
    const handling = yield* Handling.make(common)
    const work = Messages.make(common, handlers, handling, yield* Refusals.make(settings.id, start))
    const answering = Calls.make(common, handlers, handling)

    const onDropped = (delivery: Delivery.Delivery) => {
      metrics.dropped.unsafeUpdate(1, [])
      drops.report(Delivery.idsOf(delivery))
    }
    let toldOfBlocking = Number.NEGATIVE_INFINITY
    const onBlocked = ({ frameId, topic }: Delivery.Delivery, ms: number) => {
      const now = performance.now()
      if (now - toldOfBlocking < Summary.intervalMs) return
      toldOfBlocking = now
      start(Effect.annotateLogs(Effect.logWarning(logEvents.handlerBlocked), {
        blockedMs: Math.round(ms),
        topic,
        frame: frameId
      }))
    }
    const queue = {
      workers: settings.dispatchWorkers,
      idsOf: Delivery.idsOf,
      capacity: queueSize,
      capacityBytes: settings.dispatchQueueBytes,
      overflow,
      ordered: settings.ordering === "conversation",
      memory,
      scheduler
    }
    const pool = {
      ...queue,
      onCutOff: handling.forget,
      onBlocked,
      onChange: () => {
        metrics.inFlight.unsafeUpdate(messages.inFlight() + calls.inFlight(), [])
        metrics.queueDepth.unsafeUpdate(messages.waiting() + calls.waiting(), [])
      }
    }
    const apologies = handlers.onDropped === undefined ? undefined : yield* Dispatch.make({
      ...queue,
      workers: 1,
      idsOf: undefined,
      capacity: 16,
      overflow: "dropNewest",
      handle: work.handleDropped,
      onDropped: () => {}
    })
    const messages: Dispatch.Dispatch<Delivery.Delivery> = yield* Dispatch.make({
      ...pool,
      handle: work.handle,
      onDropped: (delivery: Delivery.Delivery) => {
        onDropped(delivery)
        apologies?.offer(delivery)
      }
    })
    const calls: Dispatch.Dispatch<Delivery.Delivery> = yield* Dispatch.make({
      ...pool,
      handle: answering.handle,
      onDropped: (delivery: Delivery.Delivery) => {
        onDropped(delivery)
        answering.refuse(delivery)
      }
    })

    const seen = new Set<string>()
    const onOdd: Inbound["onOdd"] = (kind, detail) => {
      Metric.tagged(metrics.oddFrames, "kind", kind).unsafeUpdate(1, [])
      const key = `${kind} ${detail}`
      if (seen.has(key) || seen.size >= mostKinds) return
      seen.add(key)
      const event = kind === "unknownTopic" ? logEvents.unknownTopic : logEvents.oddFrame
      const topic = detail === "" ? {} : { topic: detail.slice(0, 200) }
      start(Effect.annotateLogs(Effect.logWarning(event), { kind, ...topic }))
    }
    const onMessage: OnDelivery = (frame, send) => {
      if (!messages.accepting()) return
      if (send(Frame.acknowledgement(frame.messageId))) metrics.acked.unsafeUpdate(1, [])
      messages.offer(Delivery.make(frame, send))
    }
    const onCall: OnDelivery = (frame, send) => {
      const delivery = Delivery.make(frame, send)
      if (calls.accepting()) calls.offer(delivery)
      else answering.refuse(delivery)
    }

    return {
      onDelivery: (frame, send) => {
        metrics.received.unsafeUpdate(1, [])
        const { topic, type } = frame
        if (type === "CALLBACK") {
          if (handlers.onMessage !== undefined && (topic === topics.message || topic === topics.delegatedMessage)) {
            return onMessage(frame, send)
          }
          if (topic === topics.cardAction && handlers.onCardAction !== undefined) return onCall(frame, send)
          if (topic === topics.graphCall && handlers.onGraphCall !== undefined) return onCall(frame, send)
        } else if (settings.events && handlers.onEvent !== undefined) return onCall(frame, send)
        onOdd("unknownTopic", `${type} ${topic}`)
        send(Frame.notFound(frame.messageId))
      },
      onOdd,
      drain: Effect.gen(function*() {
        const abandoned = (yield* Effect.all(
          [messages.drain(settings.drainTimeoutMs), calls.drain(settings.drainTimeoutMs)],
          { concurrency: "unbounded" }
        )).flat()
        if (abandoned.length === 0) return
        yield* Metric.incrementBy(metrics.abandoned, abandoned.length)
        yield* Effect.annotateLogs(Effect.logWarning(logEvents.abandoned), {
          ...Summary.sumUp(abandoned.map(Delivery.idsOf)),
          drainTimeoutMs: settings.drainTimeoutMs
        })
      }).pipe(Effect.annotateLogs(annotations(settings)))
    } satisfies Inbound
  }).pipe(Effect.annotateLogs(annotations(settings)))
