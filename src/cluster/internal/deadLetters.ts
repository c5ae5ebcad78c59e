/**
 * What a cluster gives up stands in the table of the inbox, where the command line and the console look. What somebody wants
 * tried again waits there, and goes back to the cluster.
 */
import type { Sharding } from "@effect/cluster/Sharding"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { logEvents } from "../../logEvents.ts"
import type { InboxMetrics } from "../../metrics.ts"
import * as Dialect from "../../sql/internal/database/dialect.ts"
import { frameOf, json, rowOf, storedOf } from "../../sql/internal/database/storable.ts"
import * as Statements from "../../sql/internal/statements.ts"
import * as Frame from "../../stream/Frame.ts"
import { accountOf, keyOf } from "../Conversation.ts"
import * as Tables from "../Tables.ts"
import * as Keeping from "./keeping.ts"
import type { Place } from "./waking.ts"

export interface DeadLetter {
  readonly entity: string
  /** What tells redeliveries, within the account. */
  readonly id: string
  readonly frame: string
  /** In milliseconds since 1970. */
  readonly receivedAt: number
  readonly attempts: number
  readonly cause: Cause.Cause<unknown>
}

export interface DeadLetters {
  /** Keeps one; what is kept already stays as it is. */
  readonly keep: (letter: DeadLetter) => Effect.Effect<void, SqlError>
  /** Keeps one that nobody could read, counts it and says so. */
  readonly keepUnread: (letter: DeadLetter) => Effect.Effect<void, SqlError>
}

/** What is said of one anew that has stood in the table before. */
const told = ["line", "frame", "headers", "payload", "length", "received_at"]

/** The longest cause that is kept, in characters. */
const mostOfCause = 4_000

/** What was kept in a way that this version can't read. */
const unread = (id: string, text: string): Frame.Frame => ({
  type: "CALLBACK",
  topic: "",
  messageId: id,
  headers: {},
  data: text,
  length: text.length
})

export const make = (
  metricsOf: (account: string) => InboxMetrics
): Effect.Effect<DeadLetters, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (sql) => {
    const dialect = Dialect.of(sql)
    const insert = dialect.text(
      `INSERT INTO effect_dingtalk_inbox (account, ${
        Dialect.columns.join(", ")
      }, state, attempts, cause, ended_at) VALUES (?${
        ", ?".repeat(Dialect.columns.length)
      }, ${Statements.state.dead}, ?, ?, ${dialect.now}) ON CONFLICT (account, id) DO UPDATE SET ${
        [...told, "state", "attempts", "cause", "ended_at"].map((column) => `${column} = excluded.${column}`).join(", ")
      } WHERE effect_dingtalk_inbox.state <> ${Statements.state.dead}`
    )
    const keep = ({ attempts, cause, entity, frame: text, id, receivedAt }: DeadLetter) => {
      const account = accountOf(entity)
      const statements = Statements.make(sql, dialect, account)
      const read = Frame.decode(text)
      const frame = typeof read === "string" ? unread(id, text) : read
      const arrived = rowOf({ delivery: { key: keyOf(entity) }, frame, id, receivedAt })
      return statements.transaction((connection) =>
        Effect.gen(function*() {
          yield* statements.enter(connection)
          const row = { ...arrived, number: yield* statements.allot(1)(connection) }
          yield* connection.execute(
            insert,
            [
              account,
              ...Dialect.columns.map((column) => row[column]),
              attempts,
              Cause.pretty(cause).slice(0, mostOfCause)
            ],
            undefined
          )
        })
      ).pipe(Effect.withTracerEnabled(false))
    }
    return {
      keep,
      keepUnread: (letter) => {
        const { attempts, cause, entity, id } = letter
        const account = accountOf(entity)
        const told = { account, module: "cluster", messageId: id, conversationId: keyOf(entity), attempts }
        return keep(letter).pipe(
          Effect.zipRight(Effect.sync(() => metricsOf(account).inboxDeadLetters.unsafeUpdate(1, []))),
          Effect.zipRight(Effect.annotateLogs(Effect.logError(logEvents.deadLetter, cause), told))
        )
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
 * Gives what waits in the table of the inbox to the cluster, unless a process handles it from there, and tells where it is
 * now. It is the last of its conversation, and has all its attempts.
 */
export const giveBack = (
  prefix: string
): Effect.Effect<Effect.Effect<ReadonlyArray<Place>, SqlError>, never, Sharding | SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const { messages, replies } = Tables.engine(prefix)
    const { keep } = yield* Keeping.make(messages)
    const dialect = Dialect.of(sql)
    const some = Effect.gen(function*() {
      const rows = yield* sql<Dialect.Row>`
        SELECT i.account, ${sql.literal(Dialect.columns.map((column) => `i.${column}`).join(", "))}
        FROM effect_dingtalk_inbox AS i JOIN effect_dingtalk_inbox_account AS a ON a.account = i.account
        WHERE i.state = 0 AND (a.owner IS NULL OR a.until < ${sql.literal(dialect.now)})
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
      yield* sql`DELETE FROM ${sql(Tables.attempts)} WHERE request_id IN (${past})`
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
