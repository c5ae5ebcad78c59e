/**
 * What the cluster keeps beside the engine's own tables.
 *
 * @since 0.1.0
 */
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

export const attempts = "effect_dingtalk_cluster_attempts"
export const deadLetters = "effect_dingtalk_cluster_dead_letters"

export const migrate = Effect.orDie(
  Migrator.make({})({
    table: "effect_dingtalk_cluster_migrations",
    loader: Migrator.fromRecord({
      "0001_attempts": Effect.gen(function*() {
        const sql = (yield* SqlClient.SqlClient).withoutTransforms()
        yield* sql`
        CREATE TABLE ${sql(attempts)} (
          request_id BIGINT PRIMARY KEY,
          entity_id VARCHAR(255) NOT NULL,
          attempts INTEGER NOT NULL
        )
      `
        yield* sql`CREATE INDEX ${sql(`${attempts}_entity`)} ON ${sql(attempts)} (entity_id)`
        yield* sql`
        CREATE TABLE ${sql(deadLetters)} (
          request_id BIGINT PRIMARY KEY,
          entity_id VARCHAR(255) NOT NULL,
          message_id TEXT NOT NULL,
          frame TEXT NOT NULL,
          received_at BIGINT NOT NULL,
          attempts INTEGER NOT NULL,
          cause TEXT NOT NULL,
          died_at BIGINT NOT NULL
        )
      `
      })
    })
  })
)
