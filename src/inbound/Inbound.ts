/**
 * The way of a delivery: counted, acknowledged, queued, then decoded, gated, told from redeliveries and handled.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import type { LazyArg } from "effect/Function"
import * as HashMap from "effect/HashMap"
import * as Metric from "effect/Metric"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import { addFinalizer } from "../internal/acquire.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
import * as Frame from "../stream/Frame.ts"
import { type Subscription, topics } from "../stream/Gateway.ts"
import type { OnDelivery, Options as SessionOptions } from "../stream/Session.ts"
import type { Dedup } from "./Dedup.ts"
import * as Dispatch from "./Dispatch.ts"
import type { Handlers } from "./Handlers.ts"
import * as Boundary from "./internal/boundary.ts"
import * as Calls from "./internal/calls.ts"
import * as Delivery from "./internal/delivery.ts"
import * as Handling from "./internal/handling.ts"
import * as Messages from "./internal/messages.ts"
import * as Summary from "./internal/summary.ts"
import * as Tally from "./internal/tally.ts"

/**
 * What an inbound side is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R> {
  readonly settings: AccountSettings
  readonly handlers: Handlers<R>
  /** What the workers run in, but for their scope. */
  readonly runtime: Runtime.Runtime<R>
  /** Outlives the inbound side, so that a restarted account still knows what it handled. */
  readonly dedup: LazyArg<Dedup>
}

/** What the kinds of deliveries are handled with. */
export interface Known<R> {
  readonly settings: AccountSettings
  readonly handlers: Handlers<R>
  readonly dedup: Dedup
  readonly metrics: Metrics.InboundMetrics
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

/** The runtime that workers are started by. */
const annotated = <R>(runtime: Runtime.Runtime<R>, settings: AccountSettings): Runtime.Runtime<R> =>
  Runtime.setFiberRef(
    runtime,
    FiberRef.currentLogAnnotations,
    HashMap.union(
      FiberRefs.getOrDefault(runtime.fiberRefs, FiberRef.currentLogAnnotations),
      HashMap.fromIterable(Object.entries(annotations(settings)))
    )
  )

/** The inbound side at work. */
interface Machine extends Inbound {
  /** Stops taking, logs what was not logged yet, and interrupts what is at work. */
  readonly close: Effect.Effect<void>
}

const unsafeMachine = <R>(
  options: Options<R>,
  surroundings: Handling.Surroundings,
  { interruptAll, start }: Boundary.Boundary<R>
): Machine => {
  const { handlers, settings } = options
  const metrics = Metrics.ofInbound(settings.id)
  const tally = Tally.unsafeMake(metrics, {
    inFlight: () => messages.inFlight() + calls.inFlight(),
    queueDepth: () => messages.waiting() + calls.waiting()
  })
  const handling = Handling.unsafeMake(settings, metrics, tally, surroundings, start)
  const drops = Summary.unsafeMake(start, (count) =>
    Effect.annotateLogs(Effect.logWarning(logEvents.dropped), {
      count,
      overflow: settings.overflow,
      queueSize: settings.dispatchQueueSize
    }))
  const dropped = () => {
    tally.dropped += 1
    drops.report()
  }
  let toldOfBlocking = Number.NEGATIVE_INFINITY
  const onBlocked = ({ frame }: Delivery.Delivery, ms: number) => {
    const now = performance.now()
    if (now - toldOfBlocking < Summary.intervalMs) return
    toldOfBlocking = now
    start(Effect.annotateLogs(Effect.logWarning(logEvents.handlerBlocked), {
      blockedMs: Math.round(ms),
      topic: frame.topic,
      frame: frame.messageId
    }))
  }
  const pool = {
    start,
    onBlocked,
    workers: settings.dispatchWorkers,
    capacity: settings.dispatchQueueSize,
    overflow: settings.overflow,
    now: surroundings.now,
    onProgress: tally.touch
  }

  const known: Known<R> = { settings, handlers, dedup: options.dedup(), metrics }
  const work = Messages.unsafeMake(known, handling)
  const busy = handlers.onDropped === undefined ? undefined : Dispatch.unsafeMake<Delivery.Delivery, R>({
    start,
    now: surroundings.now,
    workers: 1,
    capacity: 16,
    overflow: "dropNewest",
    handle: work.handleDropped,
    onDropped: () => {}
  })
  const messages = Dispatch.unsafeMake<Delivery.Delivery, R>({
    ...pool,
    keyOf: settings.ordering === "conversation" ? Delivery.conversationOf : undefined,
    handle: work.handle,
    onInterrupted: work.onInterrupted,
    onDropped: (delivery) => {
      dropped()
      busy?.offer(delivery)
    }
  })
  const answering = Calls.unsafeMake(known, handling, tally)
  const calls = Dispatch.unsafeMake<Delivery.Delivery, R>({
    ...pool,
    handle: answering.handle,
    onInterrupted: answering.onInterrupted,
    onDropped: (delivery) => {
      dropped()
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
    if (send(Frame.acknowledgement(frame.messageId))) tally.acked += 1
    messages.offer(Delivery.make(frame, send))
  }
  const onCall: OnDelivery = (frame, send) => {
    const delivery = Delivery.make(frame, send)
    if (calls.accepting()) calls.offer(delivery)
    else answering.refuse(delivery)
  }

  return {
    onDelivery: (frame, send) => {
      tally.received += 1
      tally.touch()
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
      const [left, unanswered] = yield* Effect.all(
        [messages.drain(settings.drainTimeoutMs), calls.drain(settings.drainTimeoutMs)],
        { concurrency: "unbounded" }
      )
      const count = left + unanswered
      if (count === 0) return
      yield* Metric.incrementBy(metrics.abandoned, count)
      yield* Effect.annotateLogs(Effect.logWarning(logEvents.abandoned), {
        count,
        drainTimeoutMs: settings.drainTimeoutMs
      })
    }).pipe(Effect.annotateLogs(annotations(settings))),
    close: Effect.suspend(() => {
      for (const dispatch of [messages, calls, busy]) dispatch?.close()
      tally.tell()
      return Effect.all([drops.rest, handling.rest, interruptAll], { discard: true })
    }).pipe(Effect.annotateLogs(annotations(settings)))
  }
}

/**
 * Makes the inbound side of an account; its workers live as long as the scope. It is set up by the first frame that
 * needs it: an account that is idle does not pay for it.
 *
 * Messages and the calls that wait for an answer (events, card actions, graph calls) have a pool each, of
 * `dispatchWorkers` and `dispatchQueueSize`: a button must not wait behind a line of slow messages.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R>(options: Options<R>): Effect.Effect<Inbound, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { runtime, settings } = options
    const scope = yield* Effect.scope
    const surroundings = yield* Handling.surroundings
    let machine: Machine | undefined
    const running = () => (machine ??= unsafeMachine(
      options,
      surroundings,
      Boundary.unsafeMake(Runtime.provideService(annotated(runtime, settings), Scope.Scope, scope))
    ))
    yield* addFinalizer(Effect.suspend(() => running().close))
    return {
      onDelivery: (frame, send) => running().onDelivery(frame, send),
      onOdd: (kind, detail) => running().onOdd(kind, detail),
      drain: Effect.suspend(() => running().drain)
    } satisfies Inbound
  })
