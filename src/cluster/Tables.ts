/**
 * What the cluster keeps beside the engine's own tables.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Clustered from "../sql/internal/clustered/names.ts"
import * as Dialect from "../sql/internal/database/dialect.ts"
import { migrating } from "../sql/internal/database/migrating.ts"

/** The engine's tables, whose names begin so, and the one of attempts beside them. */
export const of = (prefix: string) => {
  const messages = `${prefix}_messages`
  return { messages, replies: `${prefix}_replies`, attempts: Clustered.attemptsOf(messages) }
}

/** What the engine's table says of a reply that is the last one, and of one that says that all went well. */
export const lastReply = 0
export const wellDone = JSON.stringify({ _tag: "Success" })

/** What stands for a boolean in the engine's tables. */
const literal = (value: boolean) => (sql: SqlClient.SqlClient) => sql.literal(Dialect.of(sql).boolean(value))

export const falseOf = literal(false)
export const trueOf = literal(true)

/** Of the engine's table of messages: what waits to be handled. */
export const waits = (sql: SqlClient.SqlClient) =>
  sql`processed = ${falseOf(sql)} AND entity_type = ${Clustered.conversationType} AND kind = 0`

const makeAttempts = (attempts: string) =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    yield* sql`
      CREATE TABLE IF NOT EXISTS ${sql(attempts)} (
        request_id BIGINT PRIMARY KEY,
        attempts INTEGER NOT NULL,
        holder VARCHAR(36) NOT NULL
      )
    `
  })

const makeLine = (messages: string) =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    yield* sql`
      CREATE INDEX IF NOT EXISTS ${sql(Clustered.lineIndexOf(messages))} ON ${sql(messages)} (${
      // There it is part of every index.
      sql.onDialectOrElse({
        sqlite: () => sql.literal("entity_id"),
        orElse: () => sql.literal("entity_id, rowid")
      })})
      WHERE processed = ${falseOf(sql)}
    `
  })

/** The table of attempts, and an index of the engine's that tells quickly who is first in a conversation. */
export const migrate = (prefix: string) => {
  const { attempts, messages } = of(prefix)
  return Effect.orDie(
    migrating(`${prefix}_dingtalk_migrations`, {
      "0001_line": makeLine(messages),
      "0002_attempts": makeAttempts(attempts)
    })
  )
}
