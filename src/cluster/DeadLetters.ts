/**
 * What is given up, for a person to look at.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * @since 0.1.0
 * @category models
 */
export interface DeadLetter {
  /** The request that brought it. */
  readonly request: string
  readonly entity: string
  /** DingTalk's id of the message. */
  readonly id: string
  readonly frame: string
  /** In milliseconds since 1970. */
  readonly receivedAt: number
  readonly attempts: number
  readonly cause: Cause.Cause<unknown>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DeadLetters {
  /** Keeps one; what is kept already stays as it is. */
  readonly keep: (letter: DeadLetter) => Effect.Effect<void, SqlError>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (table: string): Effect.Effect<DeadLetters, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (client) => {
    const sql = client.withoutTransforms()
    return {
      keep: ({ attempts, cause, entity, frame, id, receivedAt, request }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          sql`
            INSERT INTO ${sql(table)} ${
            sql.insert({
              request_id: request,
              entity_id: entity,
              message_id: id,
              frame,
              received_at: receivedAt,
              attempts,
              cause: Cause.pretty(cause),
              died_at: now
            })
          } ON CONFLICT (request_id) DO NOTHING
          `).pipe(Effect.asVoid, Effect.withTracerEnabled(false))
    }
  })
