/**
 * What all handlers of an account have in common: redeliveries, time-out, isolation, counting, the span, the log.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as LogLevel from "effect/LogLevel"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import type { UndecodableReason } from "../internal/decoded.ts"
import type { Underway } from "../internal/handler/CurrentHandler.ts"
import { unsafeMonotonicMillis } from "../internal/runtime/clock.ts"
import { isLogged } from "../internal/runtime/logLevels.ts"
import { isTraced } from "../internal/runtime/tracing.ts"
import { logEvents } from "../logEvents.ts"
import type { InboundMetrics } from "../metrics.ts"
import type { Dedup, Knowledge } from "./Dedup.ts"
import { type Delivery, type Ids, idsOf } from "./Delivery.ts"
import * as DeliveryScopes from "./internal/deliveryScopes.ts"
import * as Summary from "./internal/summary.ts"
import type { HandlerScheduler } from "./queue/HandlerScheduler.ts"

/**
 * A handler took longer than `handlerTimeoutMs`.
 *
 * @since 0.1.0
 * @category errors
 */
export class HandlerTimeout extends Data.TaggedError("HandlerTimeout")<{ readonly afterMs: number }> {
  override get message(): string {
    return `the handler did not finish within ${this.afterMs} ms (handlerTimeoutMs) and was interrupted`
  }
}

interface Unreadable extends Ids {
  readonly topic: string
  readonly reason: UndecodableReason
}

/**
 * A kind of delivery: what is done with a value of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Kind<A, B, R> {
  /** The span's name: `dingtalk.<what>.handle`. */
  readonly span: string
  /** What names a value in logs. */
  readonly attributes: (value: A) => Record<string, unknown>
  /** What somebody said, if it is that. */
  readonly text?: (value: A) => string
  /** What names it in spans, by the names of OpenTelemetry's conventions where there are any. */
  readonly spanAttributes: (value: A) => Record<string, unknown>
  /** What tells redeliveries; `undefined` for a value that can't be told. */
  readonly dedupKey: (value: A) => string | undefined
  /** Keys that are at work with the value already, and become of it what becomes of it. Default: none. */
  readonly keysAtWork?: ReadonlyArray<string>
  /** How many a value counts as. Default 1. */
  readonly size?: (value: A) => number
  readonly handler: (value: A) => Effect.Effect<B, unknown, R>
  /** Synchronous. A defect of it is a failure of the handler. */
  readonly onSuccess: (value: A, delivery: Delivery, result: B) => void
  /** Synchronous; must not throw. */
  readonly onFailure: (value: A, delivery: Delivery, cause: Cause.Cause<unknown>) => void
  /** Synchronous; must not throw. Told of a redelivery of something that is at work or done. */
  readonly onDuplicate: (delivery: Delivery, knowledge: Exclude<Knowledge, "fresh">) => void
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Handling {
  /** Counts a delivery whose payload can't be read, and logs it in summary. */
  readonly undecodable: (delivery: Delivery, reason: UndecodableReason) => void
  /** Whether a value is not at work and was not handled, so that its loss is one. */
  readonly isFresh: <A, B, R>(kind: Kind<A, B, R>, value: A) => boolean
  /**
   * Runs a kind's handler on a value that is no redelivery, counts its outcome, and goes on with `onSuccess` or
   * `onFailure`. The handler has a scope of its own, closed at its end, and only the handler can be interrupted: from
   * outside, the whole is then interrupted once its scope is closed, nothing is counted or answered, and a delivery that
   * comes again is handled again. To be run uninterruptibly.
   */
  readonly run: <A, B, R>(
    kind: Kind<A, B, R>,
    value: A,
    delivery: Delivery
  ) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /**
   * Takes note, synchronously, that the handler of a delivery is about to be interrupted because somebody wants that:
   * it counts as interrupted, and as done. False if it is not at work.
   */
  readonly stop: (delivery: Delivery) => boolean
  /** Synchronous: whether the handler of a delivery writes this card. */
  readonly isWriting: (delivery: Delivery, outTrackId: string) => boolean
  /** Synchronous: the delivery at whose handler this is; `undefined` if it is not at work here. */
  readonly deliveryOf: (current: Underway | undefined) => Delivery | undefined
}

/** A handler at work. */
interface AtWork extends Underway {
  readonly delivery: Delivery
}

/** Whether the fiber was interrupted from outside. */
const isInterrupted = Effect.map(FiberRef.get(FiberRef.interruptedCause), (cause) => !Cause.isEmpty(cause))

/** What a handler failed of, as one word. */
const nameOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (Predicate.hasProperty(error, "_tag") && typeof error._tag === "string") return error._tag
  return error instanceof Error ? error.name : "_OTHER"
}

/**
 * What an account's handlers run in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly settings: AccountSettings
  readonly metrics: InboundMetrics
  readonly dedup: Dedup
  readonly scheduler: HandlerScheduler
  /** Starts an effect from a callback, and not at once. */
  readonly start: (effect: Effect.Effect<void>) => void
  /** Synchronous. Told of a delivery whose payload can't be read, too. */
  readonly onUnreadable?: ((delivery: Delivery, reason: UndecodableReason) => void) | undefined
}

/**
 * Makes what handlers have in common. The clock is the monotonic one: the wall clock may jump by a day, and what was
 * handled would be forgotten. Without somebody who looks at spans there are none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  { dedup, metrics, onUnreadable, scheduler, settings: { handlerTimeoutMs, id: account }, start }: Options
): Effect.Effect<Handling, never, Scope.Scope> =>
  Effect.gen(function*() {
    const now = unsafeMonotonicMillis(yield* Effect.clock)
    const traced = isTraced(yield* Effect.tracer)
    const scoped = yield* DeliveryScopes.make(scheduler)
    // An array: a `Map` whose entries come and go leaves its former tables behind, each of which keeps the next one and all
    // that stood in it from the collector of young objects.
    const atWork: Array<AtWork> = []
    const found = (delivery: Delivery) => atWork.find((own) => own.delivery === delivery)
    const leave = (own: AtWork) => {
      const at = atWork.indexOf(own)
      const last = atWork.pop()
      if (last !== undefined && last !== own) atWork[at] = last
    }
    const isTold = yield* isLogged(LogLevel.Debug)
    const tellsText = yield* isLogged(LogLevel.Trace)
    const failures = yield* Summary.make<Ids>(
      start,
      (summed) => Effect.annotateLogs(Effect.logError(logEvents.handlerFailed), { summarised: true, ...summed })
    )
    const unreadable = yield* Summary.make<Unreadable>(
      start,
      (summed) => Effect.annotateLogs(Effect.logWarning(logEvents.undecodable), { ...summed })
    )

    let records = 0
    let recordsSince = 0
    const logFailure = (cause: Cause.Cause<unknown>, attributes: Record<string, unknown>, delivery: Delivery) =>
      Effect.suspend(() => {
        const at = now()
        if (at - recordsSince >= Summary.intervalMs) {
          recordsSince = at
          records = 0
        }
        records += 1
        return records > Summary.most.inFull
          ? Effect.sync(() => failures.report({ ...idsOf(delivery), ...attributes }))
          : Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), {
            ...attributes,
            frame: delivery.frameId
          })
      })
    const tell = (event: string, facts: Record<string, unknown>) => Effect.annotateLogs(Effect.logDebug(event), facts)
    const count = (outcome: "handled" | "failed", size: number, sinceMs: number, nowMs: number) => {
      metrics[outcome].unsafeUpdate(size, [])
      metrics.handlerSeconds.unsafeUpdate((nowMs - sinceMs) / 1_000, [])
    }
    /** The handler's effect; what it throws before it gives one is a defect like any other. */
    const attempt = <A, B, R>({ handler }: Kind<A, B, R>, value: A): Effect.Effect<B, unknown, R> => {
      try {
        return handler(value)
      } catch (defect) {
        return Effect.die(defect)
      }
    }
    const guarded = <A, B, R>(kind: Kind<A, B, R>, value: A, delivery: Delivery) => {
      let handled = attempt(kind, value)
      if (handlerTimeoutMs !== undefined) {
        handled = Effect.timeoutFail(handled, {
          duration: handlerTimeoutMs,
          onTimeout: () => new HandlerTimeout({ afterMs: handlerTimeoutMs })
        })
      }
      if (!traced) return handled
      const failed = (cause: Cause.Cause<unknown>) =>
        Cause.isInterruptedOnly(cause) ? Effect.void : Effect.annotateCurrentSpan("error.type", nameOf(cause))
      return Effect.withSpan(Effect.tapErrorCause(handled, failed), kind.span, {
        kind: "consumer",
        captureStackTrace: false,
        attributes: {
          "messaging.system": "dingtalk",
          "messaging.operation.name": "handle",
          "messaging.operation.type": "process",
          "messaging.destination.name": delivery.topic,
          "dingtalk.account": account,
          ...kind.spanAttributes(value)
        }
      })
    }

    return {
      undecodable: (delivery, reason) => {
        metrics.undecodable.unsafeUpdate(1, [])
        unreadable.report({ ...idsOf(delivery), topic: delivery.topic, reason })
        onUnreadable?.(delivery, reason)
      },
      isFresh: (kind, value) => {
        const key = kind.dedupKey(value)
        if (key === undefined) return true
        if (dedup.begin(key, now()) !== "fresh") return false
        dedup.fail(key)
        return true
      },
      run: <A, B, R>(kind: Kind<A, B, R>, value: A, delivery: Delivery) => {
        const sinceMs = now()
        const facts = isTold ? { ...kind.attributes(value), frame: delivery.frameId } : undefined
        const ended = (outcome: "handled" | "failed" | "duplicate") =>
          facts === undefined
            ? Effect.void
            : tell(logEvents.handled, { ...facts, outcome, durationMs: Math.round(now() - sinceMs) })
        const key = kind.dedupKey(value)
        if (key !== undefined) {
          const knowledge = dedup.begin(key, sinceMs)
          if (knowledge !== "fresh") {
            metrics.duplicate.unsafeUpdate(1, [])
            kind.onDuplicate(delivery, knowledge)
            return ended("duplicate")
          }
        }
        const size = kind.size?.(value) ?? 1
        const settle = (isDone: boolean, nowMs: number) => {
          leave(own)
          const settleKey = (key: string) => isDone ? dedup.succeed(key, nowMs) : dedup.fail(key)
          if (key !== undefined) settleKey(key)
          kind.keysAtWork?.forEach(settleKey)
        }
        const failed = (cause: Cause.Cause<unknown>) => {
          const nowMs = now()
          settle(false, nowMs)
          count("failed", size, sinceMs, nowMs)
          kind.onFailure(value, delivery, cause)
          return Effect.zipRight(logFailure(cause, kind.attributes(value), delivery), ended("failed"))
        }
        const cutOff = Effect.suspend(() => {
          settle(own.isStopped, now())
          if (!own.isStopped) return Effect.interrupt
          metrics.interrupted.unsafeUpdate(size, [])
          return Effect.annotateLogs(Effect.logInfo(logEvents.interrupted), { ...idsOf(delivery) }).pipe(
            Effect.zipRight(Effect.interrupt)
          )
        })
        const handled = (result: Effect.Effect.Success<ReturnType<typeof kind.handler>>) => {
          try {
            kind.onSuccess(value, delivery, result)
          } catch (defect) {
            return failed(Cause.die(defect))
          }
          const nowMs = now()
          settle(true, nowMs)
          count("handled", size, sinceMs, nowMs)
          return ended("handled")
        }
        const own: AtWork = { delivery, isStopped: false, openCards: delivery.attempt?.openCards }
        atWork.push(own)
        const run = scoped(own, guarded(kind, value, delivery), {
          onSuccess: handled,
          onFailure: (cause) => Effect.flatMap(isInterrupted, (isInterrupted) => isInterrupted ? cutOff : failed(cause))
        })
        if (facts === undefined) return run
        const text = tellsText && kind.text !== undefined ? { text: kind.text(value) } : {}
        return Effect.zipRight(tell(logEvents.received, { ...facts, ...text }), run)
      },
      stop: (delivery) => {
        const own = found(delivery)
        if (own === undefined) return false
        own.isStopped = true
        return true
      },
      isWriting: (delivery, outTrackId) => found(delivery)?.cards?.includes(outTrackId) === true,
      deliveryOf: (current) => atWork.find((own) => own === current)?.delivery
    }
  })
