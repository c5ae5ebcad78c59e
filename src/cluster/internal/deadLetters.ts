/**
 * What a cluster gives up stands in the table of the inbox, where the command line and the console look. What somebody wants
 * tried again waits there, and goes back to the cluster.
 */
import type { Sharding } from "@effect/cluster/Sharding"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { logEvents } from "../../logEvents.ts"
import type { InboxMetrics } from "../../metrics.ts"
import { causeText } from "../../sql/internal/attempts.ts"
import * as Ended from "../../sql/internal/clustered/ended.ts"
import { accountOf, keyOf } from "../../sql/internal/clustered/names.ts"
import * as Dialect from "../../sql/internal/database/dialect.ts"
import { frameOf, json, storedOf } from "../../sql/internal/database/storable.ts"
import * as Statements from "../../sql/internal/statements.ts"
import * as Tables from "../Tables.ts"
import * as Keeping from "./keeping.ts"
import type { Place } from "./waking.ts"

export interface DeadLetter extends Ended.Ended {
  readonly cause: Cause.Cause<unknown>
}

export interface DeadLetters {
  /** Keeps one. Tells whether it did: not if somebody has dropped it meanwhile. */
  readonly keep: (letter: DeadLetter) => Effect.Effect<boolean, SqlError>
  /** Keeps one that nobody could read, counts it and says so. */
  readonly keepUnread: (letter: DeadLetter) => Effect.Effect<void, SqlError>
}

export const make = (
  metricsOf: (account: string) => InboxMetrics
): Effect.Effect<DeadLetters, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (sql) => {
    const dialect = Dialect.of(sql)
    const keepOne = Ended.make(sql, dialect)
    const keep = ({ cause, ...letter }: DeadLetter) =>
      Statements.make(sql, dialect, accountOf(letter.entity)).transaction(
        keepOne(letter, Statements.state.dead, causeText(cause))
      ).pipe(Effect.withTracerEnabled(false))
    return {
      keep,
      keepUnread: (letter) => {
        const { attempts, cause, entity, id } = letter
        const account = accountOf(entity)
        const told = { account, module: "cluster", messageId: id, conversationId: keyOf(entity), attempts }
        return Effect.flatMap(keep(letter), (isKept) => {
          if (!isKept) return Effect.void
          metricsOf(account).inboxDeadLetters.unsafeUpdate(1, [])
          return Effect.annotateLogs(Effect.logError(logEvents.deadLetter, cause), told)
        })
      }
    }
  })

/** Most that go back at once. */
export const mostAtOnce = 100

/** What arrived, with what its frame is known by; what could not be read as one, as it was. */
const frameText = (row: Dialect.Stored): string => {
  const { data, headers, messageId, topic, type } = frameOf(row)
  if (type === "CALLBACK" && topic === "") return row.payload
  return json({ type, headers: { ...headers, topic, messageId }, data })
}

/**
 * Gives what waits in the table of the inbox to the cluster, if it is of its accounts and no process handles it from there,
 * and tells where it is now. It is the last of its conversation, and has all its attempts.
 */
export const giveBack = (
  prefix: string,
  accounts: Effect.Effect<ReadonlyArray<string>>
): Effect.Effect<Effect.Effect<ReadonlyArray<Place>, SqlError>, never, Sharding | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const { attempts, messages, replies } = Tables.of(prefix)
    const { keep } = yield* Keeping.make(messages)
    const dialect = Dialect.of(sql)
    const some = Effect.gen(function*() {
      const own = yield* accounts
      if (own.length === 0) return []
      const rows = yield* sql<Dialect.Row>`
        SELECT i.account, ${sql.literal(Dialect.columns.map((column) => `i.${column}`).join(", "))}
        FROM effect_dingtalk_inbox AS i JOIN effect_dingtalk_inbox_account AS a ON a.account = i.account
        WHERE i.state = 0 AND ${sql.in("i.account", own)} AND (a.owner IS NULL OR a.until < ${sql.literal(dialect.now)})
        ORDER BY i.account, i.number LIMIT ${mostAtOnce}
      `
      if (rows.length === 0) return []
      const letters = rows.map((row) => {
        const stored = storedOf(row)
        return {
          account: String(row["account"]),
          key: stored.line,
          id: stored.id ?? stored.frame,
          receivedAt: stored.received_at,
          frame: frameText(stored)
        }
      })
      // Those that were handled to no avail, if they are still remembered.
      const names = letters.map(Keeping.nameOf)
      const past = sql`SELECT id FROM ${sql(messages)} WHERE ${sql.in("message_id", names)} AND processed = ${
        Tables.trueOf(sql)
      }`
      yield* sql`DELETE FROM ${sql(replies)} WHERE request_id IN (${past})`
      yield* sql`DELETE FROM ${sql(attempts)} WHERE request_id IN (${past})`
      yield* sql`DELETE FROM ${sql(messages)} WHERE ${sql.in("message_id", names)} AND processed = ${
        Tables.trueOf(sql)
      }`
      const places = yield* keep(letters)
      const these = rows.map((row) => sql`(account = ${String(row["account"])} AND number = ${Number(row["number"])})`)
      yield* sql`DELETE FROM effect_dingtalk_inbox WHERE state = ${Statements.state.waiting} AND ${sql.or(these)}`
      return places
    })
    return sql.withTransaction(some).pipe(Effect.withTracerEnabled(false))
  })
