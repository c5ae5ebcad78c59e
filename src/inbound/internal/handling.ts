/** What all handlers of an account have in common: time-out, isolation, counting, the span, the log of failures. */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Metric from "effect/Metric"
import * as Tracer from "effect/Tracer"
import type { AccountSettings } from "../../DingTalkConfig.ts"
import { logEvents } from "../../logEvents.ts"
import type { InboundMetrics } from "../../metrics.ts"
import type { Start } from "./boundary.ts"
import * as Summary from "./summary.ts"

/** A handler took longer than `handlerTimeoutMs`. */
export class HandlerTimeout extends Data.TaggedError("HandlerTimeout")<{ readonly afterMs: number }> {
  override get message(): string {
    return `the handler did not finish within ${this.afterMs} ms (handlerTimeoutMs) and was interrupted`
  }
}

/** Failures that get a record of their own within one {@link Summary.intervalMs}; more are summarised. */
const recordsPerInterval = 20

export interface Handling {
  /** Counts a delivery whose payload can't be read, and logs it in summary. */
  readonly undecodable: () => void
  /** Logs what was not logged yet; to be run at the end. */
  readonly rest: Effect.Effect<void>
  /**
   * Runs a handler, counts its outcome, and goes on with `onSuccess` or `onFailure`, which are synchronous and must not
   * throw. An interruption from outside goes through all of it.
   */
  readonly run: <A, R>(
    name: string,
    attributes: () => Record<string, unknown>,
    handler: () => Effect.Effect<A, unknown, R>,
    onSuccess: (value: A) => void,
    onFailure: () => void
  ) => Effect.Effect<void, never, R>
}

/** What handlers run in: read once per account, because it is asked for per message. */
export interface Surroundings {
  /** Milliseconds that no change of the wall clock moves. */
  readonly now: () => number
  /** Whether somebody looks at spans. One costs more than all the rest of a delivery, so else there is none. */
  readonly traced: boolean
}

export const surroundings: Effect.Effect<Surroundings> = Effect.zipWith(
  Effect.clock,
  Effect.tracer,
  (clock, tracer) => ({
    now: () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n),
    traced: tracer !== Context.get(DefaultServices.liveServices, Tracer.Tracer)
  })
)

export const unsafeMake = (
  { handlerTimeoutMs }: AccountSettings,
  metrics: InboundMetrics,
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
  const bound = <A, R>(handler: () => Effect.Effect<A, unknown, R>) =>
    handlerTimeoutMs === undefined ? Effect.suspend(handler) : Effect.timeoutFail(Effect.suspend(handler), {
      duration: handlerTimeoutMs,
      onTimeout: () => new HandlerTimeout({ afterMs: handlerTimeoutMs })
    })

  return {
    rest: Effect.zipRight(failures.rest, unreadable.rest),
    undecodable: () => {
      metrics.undecodable.unsafeUpdate(1, [])
      unreadable.report()
    },
    run: (name, attributes, handler, onSuccess, onFailure) => {
      const since = performance.now()
      const count = (outcome: Metric.Metric.Counter<number>) => {
        outcome.unsafeUpdate(1, [])
        metrics.handlerSeconds.unsafeUpdate((performance.now() - since) / 1_000, [])
      }
      const bounded = bound(handler)
      return Effect.matchCauseEffect(
        traced
          ? Effect.withSpan(bounded, name, { attributes: attributes(), captureStackTrace: false })
          : bounded,
        {
          onSuccess: (value) => {
            count(metrics.handled)
            onSuccess(value)
            return Effect.void
          },
          onFailure: (cause) => {
            count(metrics.failed)
            onFailure()
            return logFailure(cause, attributes())
          }
        }
      )
    }
  }
}
