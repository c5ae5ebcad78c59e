/** Whether the inbox can be written, as metrics and logs say it. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { logEvents } from "../../logEvents.ts"
import type { InboxMetrics } from "../../metrics.ts"

export interface Health {
  /**
   * Takes note of something that was asked of the database: whether it failed, and of what; and whether it was to keep what
   * arrives. A disk that has no room for that may have some for the rest.
   */
  readonly told: (error: SqlError | undefined, isOfArrivals: boolean) => Effect.Effect<void>
}

/** A database that fails for no longer than this is busy, in milliseconds. */
const busyMs = 500

/** What arrived and could not be kept so lately says more than what went well since, in milliseconds. */
const memoryMs = 10_000

export const wordsOf = (error: SqlError): string => {
  const { cause } = error
  return cause instanceof Error ? cause.message : error.message
}

export const make = (metrics: Pick<InboxMetrics, "inboxUp">, now: () => number): Effect.Effect<Health> =>
  Effect.sync(() => {
    let failingSince: number | undefined
    let isDown = false
    let arrivalsFailedAt = Number.NEGATIVE_INFINITY
    metrics.inboxUp.unsafeUpdate(1, [])
    return {
      told: (error, isOfArrivals) =>
        Effect.suspend(() => {
          if (isOfArrivals) arrivalsFailedAt = error === undefined ? Number.NEGATIVE_INFINITY : now()
          if (error === undefined) {
            if (now() - arrivalsFailedAt < memoryMs) return Effect.void
            const downMs = failingSince === undefined ? 0 : now() - failingSince
            failingSince = undefined
            if (!isDown) return Effect.void
            isDown = false
            metrics.inboxUp.unsafeUpdate(1, [])
            return Effect.annotateLogs(Effect.logInfo(logEvents.inboxUp), { downMs: Math.round(downMs) })
          }
          failingSince ??= now()
          if (isDown || now() - failingSince < busyMs) return Effect.void
          isDown = true
          metrics.inboxUp.unsafeUpdate(0, [])
          return Effect.annotateLogs(Effect.logError(logEvents.inboxDown), { reason: wordsOf(error) })
        })
    }
  })
