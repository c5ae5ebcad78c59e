/**
 * How often what waits was begun: kept in the database, so that a message that ends the process each time is given up, and
 * that of two runners which both believe that they have its conversation only one begins it.
 *
 * @since 0.1.0
 */
import type { EntityAddress } from "@effect/cluster/EntityAddress"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Statement from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { dropped } from "../sql/internal/clustered/names.ts"
import { patience, within } from "../sql/internal/database/within.ts"
import { together } from "./internal/together.ts"
import { falseOf } from "./Tables.ts"

/**
 * One that is about to be begun.
 *
 * @since 0.1.0
 * @category models
 */
export interface Beginning {
  readonly request: string
  /** How often, then. */
  readonly attempts: number
  readonly isAhead: boolean
  /** Who has its conversation. */
  readonly holder: string
  /** Those of its conversation that come before it, and that the holder has handed out together with it. */
  readonly together: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Attempts {
  /** How often each of a conversation's that waits was begun, by the id of its request. */
  readonly of: (address: EntityAddress) => Effect.Effect<ReadonlyMap<string, number>, SqlError>
  /**
   * Takes note that one is about to be begun for so many times. Tells whether it may: not if somebody else has begun it
   * meanwhile, or handled it; nor if what came before it in its conversation waits and was not begun by the same holder,
   * unless it goes ahead or that was handed out together with it.
   */
  readonly begin: (beginning: Beginning) => Effect.Effect<boolean, SqlError>
  /** The first that comes before one in its conversation, and is in its way. */
  readonly before: (request: string, holder: string) => Effect.Effect<Option.Option<string>, SqlError>
  /** Whether somebody has handled it, given it up or dropped it. */
  readonly isOver: (request: string) => Effect.Effect<boolean, SqlError>
  /** The holder has begun it only so many times after all. */
  readonly undo: (request: string, attempts: number, holder: string) => Effect.Effect<void, SqlError>
}

/**
 * Writes of all conversations that come while one is under way are one write. What is past goes with its message.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  tables: { readonly attempts: string; readonly messages: string }
): Effect.Effect<Attempts, never, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const [attempts, messages] = [sql(tables.attempts), sql(tables.messages)]
    const isFalse = falseOf(sql)
    /** Of `e` and `m`. What the holder has begun is in nobody's way: it has its place in the holder's line. */
    const isBefore = (holder: Statement.Fragment) =>
      sql`
        e.entity_id = m.entity_id AND e.entity_type = m.entity_type AND e.processed = ${isFalse}
        AND e.rowid < m.rowid AND e.kind = m.kind
        AND NOT EXISTS (SELECT 1 FROM ${attempts} AS a WHERE a.request_id = e.id AND a.holder = ${holder})
      `
    const write = (all: ReadonlyArray<Beginning>) =>
      sql<{ readonly request_id: string | number }>`
        INSERT INTO ${attempts} (request_id, attempts, holder)
        SELECT m.id, CAST(v.column2 AS INTEGER), v.column4
        FROM (VALUES ${
        sql.csv(
          all.map(({ attempts, holder, isAhead, request }) =>
            sql`(${request}, ${attempts}, ${isAhead ? 1 : 0}, ${holder})`
          )
        )
      }) AS v JOIN ${messages} AS m ON m.id = CAST(v.column1 AS BIGINT)
        WHERE m.processed = ${isFalse} AND (CAST(v.column3 AS INTEGER) = 1 OR NOT EXISTS (
          SELECT 1 FROM ${messages} AS e WHERE ${isBefore(sql.literal("v.column4"))}
          AND ${
        sql.literal(
          `e.id NOT IN (${all.flatMap(({ request, together }) => [request, ...together]).map(BigInt).join(", ")})`
        )
      }
        ))
        ON CONFLICT (request_id) DO UPDATE SET attempts = excluded.attempts, holder = excluded.holder
        WHERE ${attempts}.attempts = excluded.attempts - 1 AND ${attempts}.holder <> ${dropped}
        RETURNING CAST(request_id AS CHAR(20)) AS request_id
      `.pipe(
        within(patience),
        Effect.map((rows) => {
          const those = new Set(rows.map(({ request_id }) => String(request_id).trim()))
          return ({ request }: Beginning) => those.has(request)
        })
      )

    return {
      of: ({ entityId, entityType, shardId }) =>
        Effect.map(
          within(patience)(sql<{ readonly request_id: string | number; readonly attempts: number }>`
            SELECT CAST(a.request_id AS CHAR(20)) AS request_id, a.attempts
            FROM ${messages} AS m JOIN ${attempts} AS a ON a.request_id = m.id
            WHERE m.shard_id = ${shardId.toString()} AND m.processed = ${isFalse}
            AND m.entity_type = ${entityType} AND m.entity_id = ${entityId}
          `),
          (rows) => new Map(rows.map(({ attempts, request_id }) => [String(request_id).trim(), Number(attempts)]))
        ),
      begin: yield* together(write),
      before: (request, holder) =>
        Effect.map(
          within(patience)(sql<{ readonly id: string | number }>`
            SELECT CAST(e.id AS CHAR(20)) AS id FROM ${messages} AS m JOIN ${messages} AS e ON ${
            isBefore(sql`${holder}`)
          }
            WHERE m.id = CAST(${request} AS BIGINT) ORDER BY e.rowid LIMIT 1
          `),
          ([first]) => Option.fromNullable(first && String(first.id).trim())
        ),
      isOver: (request) =>
        Effect.map(
          within(patience)(sql`
            SELECT m.id FROM ${messages} AS m
            WHERE m.id = CAST(${request} AS BIGINT) AND m.processed = ${isFalse} AND NOT EXISTS (
              SELECT 1 FROM ${attempts} AS a WHERE a.request_id = m.id AND a.holder = ${dropped}
            )
          `),
          ({ length }) => length === 0
        ),
      undo: (request, times, holder) =>
        sql`
          UPDATE ${attempts} SET attempts = ${times}
          WHERE request_id = CAST(${request} AS BIGINT) AND holder = ${holder}
        `.pipe(within(patience), Effect.asVoid)
    } satisfies Attempts
  }).pipe(Effect.withTracerEnabled(false))
