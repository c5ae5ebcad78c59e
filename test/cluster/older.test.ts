/** A version on the tables that another one has made: a deploy that was rolled back. */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, keep, outside, start } from "./world.ts"

const tables = ["effect_dingtalk_inbox", "effect_dingtalk_shared", "cluster_messages_dingtalk_attempts"]
const books = ["effect_dingtalk_inbox_migrations", "effect_dingtalk_shared_migrations", "cluster_dingtalk_migrations"]

const change = (statements: (sql: SqlClient.SqlClient) => ReadonlyArray<Effect.Effect<unknown, unknown>>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => Effect.all(statements(sql), { discard: true }))

/** Keeps messages, has the tables changed, and handles what waits on them. */
const goesOn = (database: Database, changed: Effect.Effect<void, unknown, SqlClient.SqlClient>) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    yield* keep(fake, client, "cidTeam", ["first", "second"])
    yield* outside(client)(Effect.zipRight(DingTalkInbox.migrate, changed))
    const handled = yield* Queue.unbounded<string>()
    yield* start(fake.config, client, { onMessage: ({ text }) => Queue.offer(handled, text) })
    yield* fake.awaitConnection
    yield* fake.say("third", { group: "cidTeam", mention: true })
    assert.deepStrictEqual([...yield* Effect.timeout(Queue.takeN(handled, 3), "15 seconds")], [
      "first",
      "second",
      "third"
    ])
  })

/** What a later version may do: it adds. */
const later = change((sql) => [
  ...tables.map((table) => sql`ALTER TABLE ${sql(table)} ADD COLUMN note TEXT`),
  ...tables.map((table) => sql`CREATE INDEX ${sql(`${table}_note`)} ON ${sql(table)} (note)`),
  ...books.map((book) => sql`INSERT INTO ${sql(book)} (migration_id, name) VALUES (99, 'later')`)
])

/** A version that writes down elsewhere what it has done to the tables. */
const elsewhere = change((sql) => books.map((book) => sql`DROP TABLE ${sql(book)}`))

describe.concurrent("a version works on the tables", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `that a later one has added to, on ${name}`,
      () => goesOn(database, later),
      60_000
    )
    it.scopedLive.skipIf(missing !== undefined)(
      `that another one has made and written down elsewhere, on ${name}`,
      () => goesOn(database, elsewhere),
      60_000
    )
  }
})
