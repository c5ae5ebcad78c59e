/**
 * The way of a delivery: counted, acknowledged, queued, then decoded, gated, told from redeliveries and handled.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as FiberSet from "effect/FiberSet"
import * as Runtime from "effect/Runtime"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import { CurrentHandler } from "../internal/handler/CurrentHandler.ts"
import { unsafeMonotonicMillis } from "../internal/runtime/clock.ts"
import * as Metrics from "../metrics.ts"
import * as Frame from "../stream/Frame.ts"
import { topics } from "../stream/Gateway.ts"
import type { OnDelivery, Options as SessionOptions } from "../stream/Session.ts"
import type * as Awaited from "./Awaited.ts"
import type { Dedup } from "./Dedup.ts"
import * as Delivery from "./Delivery.ts"
import type { Handlers } from "./Handlers.ts"
import * as Handling from "./Handling.ts"
import type { Durable, OpenInbox } from "./Inbox.ts"
import * as Age from "./internal/age.ts"
import * as Calls from "./internal/calls.ts"
import * as Gathering from "./internal/gathering.ts"
import * as Keeping from "./internal/keeping.ts"
import * as Messages from "./internal/messages.ts"
import * as Refusals from "./internal/refusals.ts"
import * as Reports from "./internal/reports.ts"
import type * as Dispatch from "./queue/Dispatch.ts"
import type { HandlerScheduler } from "./queue/HandlerScheduler.ts"
import * as Pools from "./queue/Pools.ts"
import type * as QueueMemory from "./queue/QueueMemory.ts"
import { hearsActions, hearsMessages } from "./subscriptions.ts"

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
  readonly dedup: () => Dedup
  /** The channel's: when handlers run, and what waits for them altogether. */
  readonly scheduler: HandlerScheduler
  readonly memory: QueueMemory.Ledger
  /** The channel's: who waits for an answer. Heeded where the handlers ask. */
  readonly awaited: Awaited.Awaited
  /** Where what is acknowledged waits. Default: in memory. */
  readonly inbox?: Durable | undefined
  /** What deliveries are handled in. */
  readonly runtime: Runtime.Runtime<Exclude<R, Scope.Scope>>
}

/**
 * Which handlers of messages are meant: that of one message, those of a conversation, or the one that streams its answer
 * into a card. A `Message` means itself, and a `CardAction` the card.
 *
 * @since 0.1.0
 * @category models
 */
export type Interruptible =
  | {
    /** Default: every account. */
    readonly accountId?: string | undefined
    readonly messageId: string
    readonly conversationId?: string | undefined
  }
  | {
    readonly accountId?: string | undefined
    readonly messageId?: undefined
    readonly conversationId: string
  }
  | {
    readonly accountId?: string | undefined
    readonly messageId?: undefined
    readonly conversationId?: undefined
    readonly outTrackId: string
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
  /**
   * Interrupts the handlers of messages that are meant, but never the one that this runs within: that one's own message
   * means all others of its conversation. Waits until they have ended, and gives how many there were.
   */
  readonly interrupt: (which: Interruptible) => Effect.Effect<number>
}

/** Whether a delivery is, or holds, the message of this id. */
const isMessage = (delivery: Delivery.Delivery, messageId: string): boolean =>
  Delivery.partsOf(delivery).some((part) => part.frameId === messageId || Delivery.idsOf(part).messageId === messageId)

/** What names the source of a log record. */
const annotations = ({ id }: AccountSettings) => ({ account: id, module: "inbound" })

/** All of it, at once. */
const build = <R>(
  { awaited: all, dedup, handlers, inbox, memory, scheduler, settings }: Options<R>
): Effect.Effect<Inbound, never, Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.gen(function*() {
    const metrics = Metrics.ofInbound(settings.id)
    const run = yield* FiberSet.makeRuntime<never>()
    /** Logs from a callback, which must get through to its acknowledgements first. */
    const start = (effect: Effect.Effect<void>): void => {
      run(effect, { immediate: false })
    }
    const { staleAfterMs } = settings
    const reports = yield* Reports.make({ settings, metrics, start })
    const clock = yield* Clock.clockWith(Effect.succeed)
    const now = unsafeMonotonicMillis(clock)
    const isHeard = hearsMessages(handlers)
    const isMessageTopic = (topic: string) => topic === topics.message || topic === topics.delegatedMessage
    const keeping = inbox === undefined ?
      undefined :
      Keeping.make(({ topic, type }) =>
        type === "EVENT" ? handlers.onEvent !== undefined : isHeard && isMessageTopic(topic)
      )
    const common = { settings, metrics, dedup: dedup(), scheduler, start, onUnreadable: keeping?.unreadable }
    const handling = yield* Handling.make(common)
    const awaited = all.isHeeded ? all : undefined
    const attempting = keeping?.attempting ?? ((handle) => handle)
    const work: Messages.Messages<R> = Messages.make({
      ...common,
      handlers,
      handling,
      awaited,
      now,
      refuse: yield* Refusals.make(settings.id, start),
      onGated: handlers.onGated === undefined ? undefined : (gated) => gatedOnes?.offer(gated),
      onFailure: keeping?.failed,
      onStale: reports.stale,
      onThrown: reports.thrown,
      standInLine: (delivery) => {
        if (keeping?.putBack(delivery) !== true) messages.offer(delivery)
      }
    })
    const answering = Calls.make(common, handlers, handling, awaited, keeping?.failed)

    /** What is kept needs no room here. */
    const isDeclined = (delivery: Delivery.Delivery): boolean => {
      for (const { attempt } of Delivery.partsOf(delivery)) attempt?.decline()
      return delivery.attempt !== undefined
    }
    const pools = Pools.make({
      settings,
      metrics,
      memory,
      scheduler,
      ordered: settings.ordering === "conversation" || inbox !== undefined,
      onBlocked: reports.blocked
    })
    const apologies = handlers.onDropped === undefined ? undefined : yield* pools.beside(work.handleDropped)
    const gatedOnes = handlers.onGated === undefined ? undefined : yield* pools.beside(work.handleGated)
    const onDroppedMessage = (delivery: Delivery.Delivery) => {
      if (isDeclined(delivery)) return
      for (const part of Delivery.partsOf(delivery)) {
        reports.dropped(part)
        apologies?.offer(part)
      }
    }
    // Before the workers, so that it closes after them.
    const opened = yield* (inbox === undefined ? Effect.succeed(undefined) : inbox.open({
      settings,
      memory,
      most: handlers.onMessages === undefined ? 1 : Gathering.mostOfOne,
      read: (frame, receivedAt) => aged(Delivery.make(frame, Keeping.silent), frame, receivedAt),
      isAhead: (delivery) => ahead !== undefined && delivery.staleMs === undefined && work.isAhead(delivery),
      hand: (delivery, attempt) => {
        const kept = { ...delivery, send: Keeping.silent, attempt }
        if (delivery.type === "EVENT") calls.offer(kept)
        else sort(kept)
      },
      bury: (delivery, { attempts, cause }) => {
        const { bytes, key } = delivery
        if (delivery.type !== "EVENT") lettersToTell?.offer({ key, bytes, delivery, attempts, cause })
      },
      giveUp: onDroppedMessage
    }))
    const messages: Dispatch.Dispatch<Delivery.Delivery> = yield* pools.counted({
      idsOf: inbox === undefined ? Delivery.idsOf : undefined,
      handle: attempting(work.handle),
      onDropped: onDroppedMessage
    })
    const ahead: Dispatch.Dispatch<Delivery.Delivery> | undefined =
      handlers.overtakes === undefined && awaited === undefined
        ? undefined
        : yield* pools.counted({
          workers: 2,
          capacity: 64,
          overflow: "dropNewest",
          ordered: false,
          handle: attempting(work.handleAhead),
          onDropped: onDroppedMessage
        })
    const gathering = handlers.onMessages === undefined ? undefined : yield* Gathering.make({
      burstMs: settings.burstMs,
      capacity: settings.dispatchQueueSize,
      capacityBytes: settings.dispatchQueueBytes,
      memory,
      now,
      start,
      onOver: (delivery) => messages.offer(delivery)
    })
    const calls: Dispatch.Dispatch<Delivery.Delivery> = yield* pools.counted({
      handle: attempting(answering.handle),
      onDropped: (delivery: Delivery.Delivery) => {
        if (isDeclined(delivery)) return
        reports.dropped(delivery)
        answering.refuse(delivery)
      }
    })

    const areActionsHeard = hearsActions(handlers)
    const wallClock = () => clock.unsafeCurrentTimeMillis()
    /** Nothing but the queue is to be thought of. */
    const isPlain = ahead === undefined && gathering === undefined && staleAfterMs === undefined
    const sort = (delivery: Delivery.Delivery) => {
      if (delivery.staleMs !== undefined) messages.offer(delivery)
      else if (ahead !== undefined && work.isAhead(delivery)) ahead.offer(delivery)
      else (gathering?.hold ?? messages.offer)(delivery)
    }
    const aged = (delivery: Delivery.Delivery, frame: Frame.Frame, at: number) =>
      staleAfterMs === undefined ? delivery : Age.marked(delivery, frame, staleAfterMs, at)
    const onMessageAtOnce: OnDelivery = (frame, send) => {
      if (!messages.accepting()) return
      if (send(Frame.acknowledgement(frame.messageId))) metrics.acked.unsafeUpdate(1, [])
      const delivery = Delivery.make(frame, send)
      if (isPlain) messages.offer(delivery)
      else sort(aged(delivery, frame, wallClock()))
    }
    const lettersToTell = inbox === undefined || handlers.onDeadLetter === undefined
      ? undefined
      : yield* pools.beside(work.handleDead)
    const keep = Keeping.receiving(wallClock, metrics, answering)
    const onMessageToKeep = (inbox: OpenInbox): OnDelivery => (frame, send) => {
      if (messages.accepting()) keep(inbox, frame, aged(Delivery.make(frame, send), frame, wallClock()))
    }
    const onEventToKeep = (inbox: OpenInbox): OnDelivery => (frame, send) => {
      const delivery = Delivery.make(frame, send)
      if (calls.accepting()) keep(inbox, frame, delivery)
      else answering.refuse(delivery)
    }
    const onMessage = opened === undefined ? onMessageAtOnce : onMessageToKeep(opened)
    const onCall: OnDelivery = (frame, send) => {
      const delivery = Delivery.make(frame, send)
      if (calls.accepting()) calls.offer(delivery)
      else answering.refuse(delivery)
    }
    const onEvent = opened === undefined ? onCall : onEventToKeep(opened)
    if (opened !== undefined) yield* opened.begin

    return {
      onDelivery: (frame, send) => {
        metrics.received.unsafeUpdate(1, [])
        const { topic, type } = frame
        if (type === "CALLBACK") {
          if (isHeard && isMessageTopic(topic)) return onMessage(frame, send)
          if (topic === topics.cardAction && areActionsHeard) return onCall(frame, send)
          if (topic === topics.graphCall && handlers.onGraphCall !== undefined) return onCall(frame, send)
        } else if (settings.events && handlers.onEvent !== undefined) return onEvent(frame, send)
        reports.odd("unknownTopic", `${type} ${topic}`)
        send(Frame.notFound(frame.messageId))
      },
      onOdd: reports.odd,
      drain: Effect.gen(function*() {
        opened?.rest()
        gathering?.release()
        const abandoned = (yield* pools.drain(settings.drainTimeoutMs)).flatMap(Delivery.partsOf)
        yield* reports.abandoned(abandoned.filter(({ attempt }) => attempt === undefined))
      }).pipe(Effect.annotateLogs(annotations(settings))),
      interrupt: (which) =>
        Effect.flatMap(CurrentHandler, (current) => {
          const { conversationId, messageId } = which
          const own = handling.deliveryOf(current)
          const isOwn = own !== undefined && messageId !== undefined && isMessage(own, messageId)
          const isMeant = (delivery: Delivery.Delivery) =>
            "outTrackId" in which ? handling.isWriting(delivery, which.outTrackId) : messageId === undefined || isOwn
              ? delivery.key === conversationId
              : isMessage(delivery, messageId)
          const stop = (delivery: Delivery.Delivery) => {
            const isAtWork = handling.stop(delivery)
            if (isAtWork) keeping?.stopped(delivery)
            return isAtWork
          }
          return messages.interrupt((delivery) => delivery !== own && isMeant(delivery) && stop(delivery))
        })
    } satisfies Inbound
  }).pipe(Effect.annotateLogs(annotations(settings)))

/**
 * Runs an effect that waits for nothing, within a callback: it is done when this returns. What it forks has the scheduler from
 * it, but runs only later, and gives way as it would by the one of the runtime.
 */
const runUnbroken = <A, R>(runtime: Runtime.Runtime<R>, effect: Effect.Effect<A, never, R>): A => {
  const own = FiberRefs.getOrDefault(runtime.fiberRefs, FiberRef.currentScheduler)
  let isDone = false
  const scheduler = Scheduler.make(
    (task, priority, fiber) => own.scheduleTask(task, priority, fiber),
    (fiber) => isDone && own.shouldYield(fiber)
  )
  const done = Runtime.runSync(runtime, Effect.withScheduler(effect, scheduler))
  isDone = true
  return done
}

/** As {@link build}, but nothing of it is there before it is asked for: most of many accounts are silent. */
const onDemand = <R>(options: Options<R>): Effect.Effect<Inbound, never, Scope.Scope> =>
  Effect.gen(function*() {
    let built: { readonly inbound: Inbound; readonly scope: Scope.CloseableScope } | undefined
    const make = Effect.flatMap(
      Scope.make(),
      (scope) => Effect.map(Scope.extend(build(options), scope), (inbound) => ({ inbound, scope }))
    )
    const get = () => (built ??= runUnbroken(options.runtime, make)).inbound
    // It closes when it would if it were there from the start.
    yield* Scope.addFinalizerExit(
      yield* Effect.scope,
      (exit) => built === undefined ? Effect.void : Scope.close(built.scope, exit)
    )
    return {
      onDelivery: (frame, send) => get().onDelivery(frame, send),
      onOdd: (kind, detail) => get().onOdd(kind, detail),
      // What arrives behind it must find what refuses it.
      drain: Effect.suspend(() => get().drain),
      interrupt: (which) => Effect.suspend(() => built?.inbound.interrupt(which) ?? Effect.succeed(0))
    } satisfies Inbound
  })

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
  options: Options<R>
): Effect.Effect<Inbound, never, Exclude<R, Scope.Scope> | Scope.Scope> =>
  // What was kept is to be handled whether or not anything arrives.
  options.inbox === undefined ? onDemand(options) : build(options)
