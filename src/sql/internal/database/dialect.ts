/** What SQLite and PostgreSQL say differently. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import { SqlError } from "@effect/sql/SqlError"
import type { DurationInput } from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { JsonObject } from "../../../internal/json.ts"
import { patience as shortPatience, settledWithin, within } from "./within.ts"

/** A row, as its driver gives it: whole numbers may be strings. */
export type Row = JsonObject

export interface Dialect {
  readonly begin: string
  /** The time by the database's clock, in milliseconds since 1970. */
  readonly now: string
  /** The rows of a parameter that is a list of numbers. */
  readonly isAmong: (column: string) => string
  readonly isNotAmong: (column: string) => string
  readonly list: (values: ReadonlyArray<number | string>) => unknown
  /** The text of a statement with `?` for each parameter. */
  readonly text: (statement: string) => string
  /** What stands for a boolean in the tables of a cluster's engine. */
  readonly boolean: (value: boolean) => string
  /** A parameter may be a list of the driver's own, so that all rows fit into one statement. */
  readonly hasLists: boolean
  /** It may be silent: behind a network, or as a process that hangs. Another one answers while the event loop waits. */
  readonly isApart: boolean
}

/** A row of what arrived, by the columns of the inbox. */
export interface Stored {
  readonly number: number
  readonly id: string | null
  readonly line: string
  readonly type: string
  readonly topic: string
  readonly frame: string
  readonly headers: string | null
  readonly payload: string
  readonly length: number
  readonly received_at: number
}

export const columns = [
  "number",
  "id",
  "line",
  "type",
  "topic",
  "frame",
  "headers",
  "payload",
  "length",
  "received_at"
] as const

const sqlite: Dialect = {
  // Takes the right to write at once: what has read first and can't write then would have to begin anew.
  begin: "BEGIN IMMEDIATE",
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  isAmong: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  isNotAmong: (column) => `${column} NOT IN (SELECT value FROM json_each(?))`,
  list: (values) => JSON.stringify(values),
  text: (statement) => statement,
  boolean: (value) => value ? "1" : "0",
  hasLists: false,
  isApart: false
}

const postgres: Dialect = {
  begin: "BEGIN",
  now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
  isAmong: (column) => `${column} = ANY(?)`,
  isNotAmong: (column) => `${column} <> ALL(?)`,
  list: (values) => values,
  text: (statement) => {
    let count = 0
    return statement.replaceAll("?", () => `$${++count}`)
  },
  boolean: (value) => value ? "TRUE" : "FALSE",
  hasLists: true,
  isApart: true
}

/** Dies for a database that is neither. */
export const of = (sql: SqlClient): Dialect =>
  sql.onDialectOrElse({
    sqlite: () => sqlite,
    pg: () => postgres,
    orElse: () => {
      throw new Error("the inbox is for SQLite and PostgreSQL: give its layer a SqlClient of one of them")
    }
  })

/** What the driver throws where it should fail is a failure, too. */
const failing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchAllDefect(effect, (cause) =>
    cause instanceof SqlError
      ? Effect.fail(cause)
      : Effect.fail(new SqlError({ cause, message: "the database failed" })))

/** A connection for as long as the scope is open. The driver for PostgreSQL never gives back one that nobody waits for any more. */
const connection = (sql: SqlClient): Effect.Effect<Connection, SqlError, Scope.Scope> =>
  Effect.uninterruptible(failing(sql.reserve))

/** Within a bound, if the database may be silent. */
const bounded = <A, E, R>(
  { isApart }: Dialect,
  bound: ReturnType<typeof within>,
  asked: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError, R> => isApart ? bound(asked) : asked

/** Runs what only reads. */
export const reading = <A, E, R>(
  sql: SqlClient,
  dialect: Dialect,
  body: (connection: Connection) => Effect.Effect<A, E, R>,
  patience: DurationInput = shortPatience
): Effect.Effect<A, E | SqlError, R> =>
  bounded(
    dialect,
    within(patience),
    Effect.scopedWith((scope) => Effect.flatMap(Effect.provideService(connection(sql), Scope.Scope, scope), body))
  )

/**
 * Runs an effect in a transaction of its own. Unlike the client's own, a commit that fails is a failure, and what it leaves
 * open is rolled back: a disk that is full must not spoil the connection for the time when it has room again.
 */
export const transaction = <A, E, R>(
  sql: SqlClient,
  dialect: Dialect,
  body: (connection: Connection) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError, R> => bounded(dialect, within(shortPatience), whole(sql, dialect, body))

/** The same for who must know what became of it when it is interrupted: one that has committed succeeds all the same. */
export const settled = <A, E, R>(
  sql: SqlClient,
  dialect: Dialect,
  body: (connection: Connection) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError, R> => bounded(dialect, settledWithin(shortPatience), whole(sql, dialect, body))

const whole = <A, E, R>(
  sql: SqlClient,
  dialect: Dialect,
  body: (connection: Connection) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError, R> =>
  Effect.scopedWith((scope) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const conn = yield* Effect.provideService(connection(sql), Scope.Scope, scope)
        const say = (text: string) => failing(Effect.suspend(() => conn.executeUnprepared(text, [], undefined)))
        const exit = yield* Effect.exit(
          Effect.zipRight(say(dialect.begin), Effect.zipLeft(restore(failing(body(conn))), say("COMMIT")))
        )
        if (Exit.isSuccess(exit)) return exit.value
        yield* Effect.ignore(say("ROLLBACK"))
        return yield* Effect.failCause(exit.cause)
      })
    )
  )
