/**
 * Forgets what was handled: the engine keeps it for ever.
 *
 * @since 0.1.0
 */
import { make as makeMachineId } from "@effect/cluster/MachineId"
import * as Snowflake from "@effect/cluster/Snowflake"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Dialect from "../sql/internal/database/dialect.ts"
import * as Statements from "../sql/internal/statements.ts"
import { Conversation } from "./Conversation.ts"
import * as Tables from "./Tables.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** What the names of the engine's tables begin with. */
  readonly prefix: string
  /** How long what was handled is remembered, in milliseconds. */
  readonly retainMs: number
  /** Of how many. */
  readonly retainCount: number
  /** How long dead letters are kept, in milliseconds. */
  readonly retainDeadMs: number
  /** How many of an account. */
  readonly retainDeadCount: number
}

/** Rows that one statement deletes, so that none holds up the others. */
const mostAtOnce = 1_000

/** What was given up, and not looked at for so long. */
const sweepDead = ({ retainCount, retainDeadCount, retainDeadMs, retainMs }: Options) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const dialect = Dialect.of(sql)
    const accounts = yield* sql<{ readonly account: string }>`SELECT account FROM effect_dingtalk_inbox_account`
    for (const { account } of accounts) {
      const { sweep, transaction } = Statements.make(sql, dialect, account)
      yield* Effect.repeat(transaction(sweep(Statements.state.dead, retainDeadMs, retainDeadCount)), {
        while: (more) => more
      })
      yield* Effect.repeat(transaction(sweep(Statements.state.dropped, retainMs, retainCount)), {
        while: (more) => more
      })
    }
  })

/**
 * Deletes what is past, a statement of at most a thousand rows after the other.
 *
 * @since 0.1.0
 * @category operations
 */
export const sweep = (
  options: Options
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const { prefix, retainCount, retainMs } = options
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const tables = Tables.of(prefix)
    const [attempts, messages, replies] = [sql(tables.attempts), sql(tables.messages), sql(tables.replies)]
    const isDone = sql`entity_type = ${Conversation.type} AND processed = ${Tables.trueOf(sql)}`
    const now = yield* Clock.currentTimeMillis
    const before = String(Snowflake.make({ timestamp: now - retainMs, machineId: makeMachineId(0), sequence: 0 }))
    const [newest] = yield* sql<{ readonly id: bigint | string | number }>`
      SELECT CAST(id AS CHAR(20)) AS id FROM ${messages} WHERE ${isDone} ORDER BY id DESC LIMIT 1 OFFSET ${retainCount}
    `
    const until = newest === undefined || BigInt(newest.id) < BigInt(before) ? before : String(newest.id).trim()
    const some = sql.withTransaction(Effect.gen(function*() {
      const rows = yield* sql<{ readonly id: string }>`
        SELECT CAST(id AS CHAR(20)) AS id FROM ${messages} WHERE ${isDone} AND id <= ${
        sql.literal(until)
      } LIMIT ${mostAtOnce}
      `
      const ids = rows.map(({ id }) => id.trim())
      if (ids.length === 0) return 0
      const those = sql.literal(ids.join(","))
      yield* sql`DELETE FROM ${replies} WHERE request_id IN (${those})`
      yield* sql`DELETE FROM ${attempts} WHERE request_id IN (${those})`
      yield* sql`DELETE FROM ${messages} WHERE id IN (${those})`
      return ids.length
    }))
    yield* Effect.repeat(some, { while: (deleted) => deleted === mostAtOnce })
    yield* sweepDead(options)
  }).pipe(Effect.withTracerEnabled(false))
