/** What is told of deliveries from callbacks: counted at once, and logged behind their acknowledgements, in summary. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../../config/Settings.ts"
import { logEvents } from "../../logEvents.ts"
import type { InboundMetrics } from "../../metrics.ts"
import type { Options as SessionOptions } from "../../stream/Session.ts"
import { type Delivery, type Ids, idsOf } from "../Delivery.ts"
import * as Summary from "./summary.ts"

export interface Options {
  readonly settings: AccountSettings
  readonly metrics: InboundMetrics
  /** Starts an effect from a callback, and not at once. */
  readonly start: (effect: Effect.Effect<void>) => void
}

/** Synchronous, all of them. */
export interface Reports {
  readonly dropped: (delivery: Delivery) => void
  readonly stale: (delivery: Delivery) => void
  /** A handler kept the event loop to itself. */
  readonly blocked: (delivery: Delivery, ms: number) => void
  /** What says who overtakes threw. */
  readonly thrown: (defect: unknown, delivery: Delivery) => void
  /** A frame that is not of the protocol, or that nobody listens to. */
  readonly odd: SessionOptions["onOdd"]
  /** What was given up at the end of a drain. */
  readonly abandoned: (deliveries: ReadonlyArray<Delivery>) => Effect.Effect<void>
}

/** Kinds of odd frames and topics that are remembered as logged; they come from outside. */
const mostKinds = 100

export const make = ({ metrics, settings, start }: Options): Effect.Effect<Reports, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { dispatchQueueSize: queueSize, drainTimeoutMs, overflow, staleAfterMs } = settings
    const drops = yield* Summary.make<Ids>(
      start,
      (summed) => Effect.annotateLogs(Effect.logWarning(logEvents.dropped), { ...summed, overflow, queueSize })
    )
    const stale = yield* Summary.make<Ids & { readonly ageMs: number }>(
      start,
      (summed) => Effect.annotateLogs(Effect.logWarning(logEvents.stale), { ...summed, staleAfterMs })
    )
    const seen = new Set<string>()
    let toldOfBlocking = Number.NEGATIVE_INFINITY

    return {
      dropped: (delivery) => {
        metrics.dropped.unsafeUpdate(1, [])
        drops.report(idsOf(delivery))
      },
      stale: (delivery) => {
        metrics.stale.unsafeUpdate(1, [])
        stale.report({ ...idsOf(delivery), ageMs: delivery.staleMs ?? 0 })
      },
      blocked: ({ frameId, topic }, ms) => {
        // As the event loop was held up in real time, so is this paced.
        const now = performance.now()
        if (now - toldOfBlocking < Summary.intervalMs) return
        toldOfBlocking = now
        start(Effect.annotateLogs(Effect.logWarning(logEvents.handlerBlocked), {
          blockedMs: Math.round(ms),
          topic,
          frame: frameId
        }))
      },
      thrown: (defect, delivery) =>
        start(Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, defect), {
          ...idsOf(delivery),
          handler: "overtakes"
        })),
      odd: (kind, detail) => {
        Metric.tagged(metrics.oddFrames, "kind", kind).unsafeUpdate(1, [])
        const key = `${kind} ${detail}`
        if (seen.has(key) || seen.size >= mostKinds) return
        seen.add(key)
        const event = kind === "unknownTopic" ? logEvents.unknownTopic : logEvents.oddFrame
        const topic = detail === "" ? {} : { topic: detail.slice(0, 200) }
        start(Effect.annotateLogs(Effect.logWarning(event), { kind, ...topic }))
      },
      abandoned: (deliveries) =>
        deliveries.length === 0 ? Effect.void : Effect.zipRight(
          Metric.incrementBy(metrics.abandoned, deliveries.length),
          Effect.annotateLogs(Effect.logWarning(logEvents.abandoned), {
            ...Summary.sumUp(deliveries.map(idsOf)),
            drainTimeoutMs
          })
        )
    }
  })
