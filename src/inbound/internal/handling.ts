/** What all handlers of an account have in common: time-out, isolation, counting, the span, the log of failures. */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { AccountSettings } from "../../config/Settings.ts"
import { unsafeMonotonicMillis } from "../../internal/clock.ts"
import { isTraced } from "../../internal/tracing.ts"
import { logEvents } from "../../logEvents.ts"
import type { InboundMetrics } from "../../metrics.ts"
import type { Start } from "./boundary.ts"
import type { Delivery } from "./delivery.ts"
import * as Summary from "./summary.ts"
import type { Tally } from "./tally.ts"

/** A handler took longer than `handlerTimeoutMs`. */
export class HandlerTimeout extends Data.TaggedError("HandlerTimeout")<{ readonly afterMs: number }> {
  override get message(): string {
    return `the handler did not finish within ${this.afterMs} ms (handlerTimeoutMs) and was interrupted`
  }
}

/** Failures that get a record of their own within one {@link Summary.intervalMs}; more are summarised. */
const recordsPerInterval = 20

/** A kind of delivery: what is done with a value of it, once per account and not once per value. */
export interface Kind<A, B, R> {
  /** The span's name. */
  readonly span: string
  /** What names a value in logs and spans. */
  readonly attributes: (value: A) => Record<string, unknown>
  readonly handler: (value: A) => Effect.Effect<B, unknown, R>
  /** Synchronous; told the time at which the handler ended. A defect of it is a failure of the handler. */
  readonly onSuccess: (value: A, delivery: Delivery, result: B, nowMs: number) => void
  /** Synchronous; must not throw. */
  readonly onFailure: (value: A, delivery: Delivery) => void
}

export interface Handling {
  /** Counts a delivery whose payload can't be read, and logs it in summary. */
  readonly undecodable: () => void
  /** Logs what was not logged yet; to be run at the end. */
  readonly rest: Effect.Effect<void>
  /**
   * Runs a kind's handler on a value, counts its outcome, and goes on with `onSuccess` or `onFailure`. An interruption
   * from outside goes through all of it. `sinceMs` is when it was taken.
   */
  readonly run: <A, B, R>(
    kind: Kind<A, B, R>,
    value: A,
    delivery: Delivery,
    sinceMs: number
  ) => Effect.Effect<void, never, R>
}

/** What handlers run in: read once per account, because it is asked for per message. */
export interface Surroundings {
  /** The monotonic clock, in milliseconds: the wall clock may jump by a day, and what was handled would be forgotten. */
  readonly now: () => number
  /** Whether somebody looks at spans. One costs more than all the rest of a delivery, so else there is none. */
  readonly traced: boolean
}

export const surroundings: Effect.Effect<Surroundings> = Effect.zipWith(
  Effect.clock,
  Effect.tracer,
  (clock, tracer) => ({
    now: unsafeMonotonicMillis(clock),
    traced: isTraced(tracer)
  })
)

export const unsafeMake = (
  { handlerTimeoutMs }: AccountSettings,
  metrics: InboundMetrics,
  tally: Tally,
  { now, traced }: Surroundings,
  start: Start<never>
): Handling => {
  let records = 0
  let recordsSince = 0
  const failures = Summary.unsafeMake(
    start,
    (count) => Effect.annotateLogs(Effect.logError(logEvents.handlerFailed), { summarised: true, count })
  )
  const unreadable = Summary.unsafeMake(
    start,
    (count) => Effect.annotateLogs(Effect.logWarning(logEvents.undecodable), { count })
  )
  const logFailure = (cause: Cause.Cause<unknown>, attributes: Record<string, unknown>) =>
    Effect.suspend(() => {
      const at = now()
      if (at - recordsSince >= Summary.intervalMs) {
        recordsSince = at
        records = 0
      }
      records += 1
      if (records > recordsPerInterval) {
        return Effect.sync(failures.report)
      }
      return Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), attributes)
    })
  const finish = (outcome: "handled" | "failed", sinceMs: number, nowMs: number) => {
    tally[outcome] += 1
    tally.touch()
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

  return {
    undecodable: () => {
      metrics.undecodable.unsafeUpdate(1, [])
      unreadable.report()
    },
    rest: Effect.zipRight(failures.rest, unreadable.rest),
    run: (kind, value, delivery, sinceMs) => {
      let handled = attempt(kind, value)
      if (handlerTimeoutMs !== undefined) {
        handled = Effect.timeoutFail(handled, {
          duration: handlerTimeoutMs,
          onTimeout: () => new HandlerTimeout({ afterMs: handlerTimeoutMs })
        })
      }
      if (traced) {
        handled = Effect.withSpan(handled, kind.span, { attributes: kind.attributes(value), captureStackTrace: false })
      }
      const failed = (cause: Cause.Cause<unknown>) => {
        finish("failed", sinceMs, now())
        kind.onFailure(value, delivery)
        return logFailure(cause, kind.attributes(value))
      }
      return Effect.matchCauseEffect(handled, {
        onSuccess: (result) => {
          const nowMs = now()
          try {
            kind.onSuccess(value, delivery, result, nowMs)
          } catch (defect) {
            return failed(Cause.die(defect))
          }
          finish("handled", sinceMs, nowMs)
          return Effect.void
        },
        onFailure: failed
      })
    }
  }
}
