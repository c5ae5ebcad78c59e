/**
 * How often what waits was begun: kept in the database, so that a message that ends the process each time is given up.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

/**
 * @since 0.1.0
 * @category models
 */
export interface Attempts {
  /** How often each of a conversation's was begun, by the id of its request. */
  readonly of: (entity: string) => Effect.Effect<ReadonlyMap<string, number>, SqlError>
  /** Takes note that one is about to be begun, for so many times. */
  readonly begin: (entity: string, request: string, attempts: number) => Effect.Effect<void, SqlError>
  /** One is done: nobody will ask for it again. Completes at once. */
  readonly forget: (request: string) => Effect.Effect<void>
}

/** A row of the table. */
type Begun = {
  readonly request_id: string
  readonly entity_id: string
  readonly attempts: number
}

const mostAtOnce = 500

/**
 * Writes of all conversations that come while one is under way are one write.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (table: string): Effect.Effect<Attempts, never, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const begun = yield* Queue.unbounded<{ readonly row: Begun; readonly written: Deferred.Deferred<void, SqlError> }>()
    const over = yield* Queue.unbounded<string>()
    const erase = Effect.flatMap(Queue.takeUpTo(over, mostAtOnce), (requests) => {
      const ids = [...requests]
      return ids.length === 0
        ? Effect.void
        : Effect.asVoid(sql`DELETE FROM ${sql(table)} WHERE ${sql.in("request_id", ids)}`)
    })
    const write = Effect.flatMap(Queue.takeBetween(begun, 1, mostAtOnce), (taken) => {
      const all = [...taken]
      return sql`
        INSERT INTO ${sql(table)} ${sql.insert(all.map(({ row }) => row))}
        ON CONFLICT (request_id) DO UPDATE SET attempts = excluded.attempts
      `.pipe(
        Effect.asVoid,
        Effect.onExit((exit) => Effect.forEach(all, ({ written }) => Deferred.done(written, exit), { discard: true })),
        Effect.zipRight(erase),
        // The one who asked is told.
        Effect.ignore
      )
    })
    yield* Effect.forkScoped(Effect.forever(write))

    const attempts: Attempts = {
      of: (entity) =>
        Effect.map(
          sql<{ request_id: string; attempts: number }>`
            SELECT request_id, attempts FROM ${sql(table)} WHERE entity_id = ${entity}
          `,
          (rows) => new Map(rows.map(({ attempts, request_id }) => [String(request_id), Number(attempts)]))
        ),
      begin: (entity, request, attempts) =>
        Effect.flatMap(Deferred.make<void, SqlError>(), (written) =>
          Effect.zipRight(
            Queue.offer(begun, { row: { request_id: request, entity_id: entity, attempts }, written }),
            Deferred.await(written)
          )),
      forget: (request) => Effect.asVoid(Queue.offer(over, request))
    }
    return attempts
  }).pipe(Effect.withTracerEnabled(false))
