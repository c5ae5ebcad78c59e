/** What waits in the tables of a cluster, if the database has some: that takes nothing of its engine. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Statement from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Frame from "../../../stream/Frame.ts"
import * as Dialect from "../database/dialect.ts"
import { json } from "../database/storable.ts"
import { readPatience, within } from "../database/within.ts"
import type { Content } from "../Entry.ts"
import * as Statements from "../statements.ts"
import * as Ended from "./ended.ts"
import {
  accountOf,
  attemptsOf,
  conversationType,
  dropped,
  entitiesOf,
  type Kept,
  keyOf,
  letterOf,
  unnamed
} from "./names.ts"

interface Row extends Kept {
  readonly attempts: number | string | null
}

const entryOf = (row: Row): Content => {
  const { entity, frame: text, id, receivedAt } = letterOf(row)
  const frame = Frame.decode(text)
  const isRead = typeof frame !== "string"
  return {
    account: accountOf(entity),
    number: undefined,
    id,
    line: keyOf(entity),
    type: isRead && frame.type === "EVENT" ? "EVENT" : "CALLBACK",
    topic: isRead ? frame.topic : "",
    state: "waiting",
    attempts: Number(row.attempts ?? 0),
    receivedAt,
    endedAt: undefined,
    cause: undefined,
    payload: isRead ? typeof frame.data === "string" ? frame.data : json(frame.data) : text
  }
}

/** The engine's tables of messages: each cluster on the database has one, under a prefix of its own. */
const tables: Effect.Effect<ReadonlyArray<string>, SqlError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const ending = attemptsOf("")
  const found = yield* sql.onDialectOrElse({
    sqlite: () =>
      sql<{ readonly name: string }>`
        SELECT m.name FROM sqlite_master AS m JOIN sqlite_master AS a ON a.name = m.name || ${ending} AND a.type = 'table'
        WHERE m.type = 'table' ORDER BY 1
      `,
    orElse: () =>
      sql<{ readonly name: string }>`
        SELECT DISTINCT m.tablename AS name FROM pg_tables AS m
        JOIN pg_tables AS a ON a.tablename = m.tablename || ${ending} AND a.schemaname = m.schemaname
        WHERE m.schemaname = ANY(current_schemas(false)) ORDER BY 1
      `
  })
  return found.map(({ name }) => name)
})

/** Of `m`: what waits, of one account or all. */
const isWaiting = (sql: SqlClient.SqlClient, account: string | undefined) => {
  const isFalse = sql.literal(Dialect.of(sql).boolean(false))
  const waits = sql`m.processed = ${isFalse} AND m.entity_type = ${conversationType} AND m.kind = 0`
  if (account === undefined) return waits
  const entities = entitiesOf(account)
  return sql`${waits} AND substr(m.entity_id, 1, ${sql.literal(String(entities.length))}) = ${entities}`
}

const columns =
  "CAST(m.id AS TEXT) AS id, m.entity_id AS entity, coalesce(m.payload, '') AS payload, a.attempts AS attempts"

interface Found extends Row {
  readonly table: string
}

/** Rows of what waits, of one account or all, cluster by cluster; `more` ends each statement. */
const rowsOf = (account: string | undefined, more: (sql: SqlClient.SqlClient) => Statement.Fragment) =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const found = yield* Effect.forEach(yield* tables, (table) =>
      Effect.map(
        sql<Row>`
          SELECT ${sql.literal(columns)} FROM ${sql(table)} AS m
          LEFT JOIN ${sql(attemptsOf(table))} AS a ON a.request_id = m.id
          WHERE ${isWaiting(sql, account)} ${more(sql)}
        `,
        (rows) => rows.map((row): Found => ({ ...row, table }))
      ))
    return found.flat()
  }).pipe(within(readPatience))

/** What waits, the oldest of each cluster first; of each no more than the limit. */
export const list = ({ account, limit }: { readonly account: string | undefined; readonly limit: number }) =>
  Effect.map(rowsOf(account, (sql) => sql`ORDER BY m.rowid LIMIT ${limit}`), (rows) => rows.map(entryOf))

// Its name stands at the end of what the engine knows it by, but for a long one; in what was kept it stands always.
const named = (account: string, id: string) =>
  Effect.map(
    rowsOf(account, (sql) =>
      sql`AND (${
        id.startsWith(unnamed)
          ? sql`CAST(m.id AS TEXT) = ${id.slice(unnamed.length)}`
          : sql`m.payload LIKE ${`%${JSON.stringify(id).replaceAll(/[%_\\]/g, "_")}%`}`
      }) ORDER BY m.rowid`),
    (rows) => rows.filter((row) => letterOf(row).id === id)
  )

/** What waits under this id. */
export const find = (account: string, id: string) =>
  Effect.map(named(account, id), ([row]) => row === undefined ? undefined : entryOf(row))

/** How much waits, of each account that has something. */
export const counts = Effect.gen(function*() {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const account = sql.literal(sql.onDialectOrElse({
    sqlite: () => "substr(m.entity_id, 1, instr(m.entity_id, '/') - 1)",
    orElse: () => "split_part(m.entity_id, '/', 1)"
  }))
  const rows = yield* Effect.forEach(
    yield* tables,
    (table) =>
      sql<{ readonly account: string; readonly count: number | string }>`
      SELECT ${account} AS account, count(*) AS count FROM ${sql(table)} AS m WHERE ${isWaiting(sql, undefined)}
      GROUP BY ${account} ORDER BY 1
    `
  )
  const all = new Map<string, number>()
  for (const { account, count } of rows.flat()) all.set(account, (all.get(account) ?? 0) + Number(count))
  return [...all].map(([account, count]) => ({ account: decodeURIComponent(account), count }))
}).pipe(within(readPatience))

/** Has what waits under an id, in whichever cluster, never handled, unless it begins in this moment. Tells whether it did wait. */
export const drop = (account: string, id: string) =>
  Effect.gen(function*() {
    const rows = yield* named(account, id)
    const sql = yield* SqlClient.SqlClient
    const dialect = Dialect.of(sql)
    const { transaction } = Statements.make(sql, dialect, account)
    const keep = Ended.make(sql, dialect)
    const dropRow = (row: Found) => {
      const mark = dialect.text(
        `INSERT INTO "${
          attemptsOf(row.table)
        }" (request_id, attempts, holder) VALUES (?, 0, ?) ON CONFLICT (request_id) DO UPDATE SET holder = ?`
      )
      const take = dialect.text(
        `UPDATE "${row.table}" SET processed = ${dialect.boolean(true)} WHERE id = ? AND processed = ${
          dialect.boolean(false)
        } RETURNING request_id`
      )
      return transaction((connection) =>
        Effect.gen(function*() {
          const taken = yield* connection.execute(take, [row.id], undefined)
          if (taken.length === 0) return false
          yield* connection.execute(mark, [row.id, dropped, dropped], undefined)
          yield* keep({ ...letterOf(row), attempts: Number(row.attempts ?? 0) }, Statements.state.dropped, null)(
            connection
          )
          return true
        })
      )
    }
    const areDropped = yield* Effect.forEach(rows, dropRow)
    return areDropped.includes(true)
  })
