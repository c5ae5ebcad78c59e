/** What a cluster has kept, and can't read or not in the order of the people who speak. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { postgres, postgresMissing } from "../utils/postgres.ts"

type Client = Layer.Layer<SqlClient.SqlClient, unknown>

const sqlite: Effect.Effect<Client, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-dingtalk-cluster-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => SqliteClient.layer({ filename: join(directory, "cluster.db") })
)

const server: Effect.Effect<Client, never, Scope.Scope> = Effect.map(
  postgres,
  ({ url }) => PgClient.layer({ url: Redacted.make(url) })
)

/** A cluster of one on a database, and that database. */
const start = (config: unknown, client: Client, handlers: Handlers) =>
  Effect.map(
    Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provide(DingTalkConfig.layerUnknown(config)),
        Layer.provide(NodeDingTalk.layer()),
        Layer.provide(DingTalkCluster.layerSingleRunner({ retryDelay: "20 millis" })),
        Layer.provideMerge(Layer.fresh(client)),
        Layer.provide(Logger.remove(Logger.defaultLogger))
      )
    ),
    Context.get(SqlClient.SqlClient)
  )

const until = <A, E>(effect: Effect.Effect<A, E>, isSo: (value: A) => boolean) =>
  Effect.retry(Effect.filterOrFail(effect, isSo, () => "not yet"), Schedule.spaced("20 millis")).pipe(
    Effect.timeout("15 seconds")
  )

const team = { group: "cidTeam", mention: true }

/** Keeps messages of one conversation that nobody comes to. */
const keep = (fake: FakeDingTalk.Fake, client: Client, texts: ReadonlyArray<string>) =>
  Effect.scoped(Effect.gen(function*() {
    yield* start({ ...fake.config, drainTimeoutMs: 50 }, client, { onMessage: () => Effect.never })
    yield* fake.awaitConnection
    for (const text of texts) yield* fake.say(text, team)
    yield* fake.awaitAllAcked
  }))

/** Changes what was kept of the message that says this. */
const change = (client: Client, text: string, payload: (before: Record<string, unknown>) => string) =>
  Effect.provide(
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ readonly id: string; readonly payload: string }>`
        SELECT CAST(id AS TEXT) AS id, payload FROM cluster_messages WHERE payload LIKE ${`%${text}%`}
      `
      if (row === undefined) return assert.fail(`nothing says ${text}`)
      yield* sql`
        UPDATE cluster_messages SET payload = ${payload(JSON.parse(row.payload))}
        WHERE id = ${sql.literal(row.id)}
      `
    }),
    Layer.fresh(client)
  )

/** What becomes of it when it comes to be handled. */
const buried = (
  database: Effect.Effect<Client, never, Scope.Scope>,
  payload: (before: Record<string, unknown>) => string,
  cause: string
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    yield* keep(fake, client, ["before", "odd", "behind"])
    yield* change(client, "odd", payload)
    const handled: Array<string> = []
    const sql = yield* start(fake.config, client, {
      onMessage: ({ text }) => Effect.sync(() => handled.push(text))
    })
    const ask = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      Effect.provideService(effect, SqlClient.SqlClient, sql)
    const dead = ask(DingTalkInbox.list({ states: ["dead"] }))
    const [entry] = yield* until(dead, ({ length }) => length === 1)
    if (entry === undefined) return assert.fail("it is not there")
    assert.include(entry.cause, cause)
    assert.deepInclude(entry, { account: "default", line: "cidTeam" })
    assert.include((yield* ask(DingTalkInbox.show({ account: "default", entry: entry.number ?? "" }))).payload, "odd")
    yield* until(Effect.sync(() => handled.length), (length) => length === 2)
    assert.deepStrictEqual(handled, ["before", "behind"])
    yield* ask(DingTalkInbox.retry({ account: "default", entry: entry.number ?? "" }))
    // It is read again, to no avail.
    yield* until(dead, ([again]) => again !== undefined && again.number !== entry.number)
  })

const frameOf = ({ frame }: Record<string, unknown>): Record<string, unknown> => JSON.parse(String(frame))

const odd = {
  "is no message": [
    (before: Record<string, unknown>) =>
      JSON.stringify({ ...before, frame: JSON.stringify({ ...frameOf(before), data: "[\"odd\"]" }) }),
    "notAnObject"
  ],
  "is no frame": [(before: Record<string, unknown>) => JSON.stringify({ ...before, frame: "{\"odd" }), "no frame"],
  "is not what a runner keeps": [
    ({ account, frame, id }: Record<string, unknown>) => JSON.stringify({ account, id, kept: frame }),
    "what was kept can't be read"
  ],
  "is no JSON": [(before: Record<string, unknown>) => JSON.stringify(before).slice(1), "what was kept can't be read"]
} as const

describe("what a cluster has kept and can't read is a dead letter", () => {
  for (const [what, [payload, cause]] of Object.entries(odd)) {
    it.scopedLive(`if it ${what}, on SQLite`, () => buried(sqlite, payload, cause), 60_000)
    it.scopedLive.skipIf(postgresMissing !== undefined)(
      `if it ${what}, on PostgreSQL${postgresMissing ?? ""}`,
      () => buried(server, payload, cause),
      60_000
    )
  }
})

describe("bursts from a cluster", () => {
  it.scopedLive("of two people who speak at the same time are handled, each as one", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const handled: Array<string> = []
      yield* start({ ...fake.config, burstMs: 200 }, yield* sqlite, {
        onMessages: (messages) => Effect.sync(() => handled.push(messages.map(({ text }) => text).join(" ")))
      })
      yield* fake.awaitConnection
      for (const [index, from] of ["a", "b", "a", "b"].entries()) yield* fake.say(`${from}${index}`, { ...team, from })
      yield* until(Effect.sync(() => handled.length), (length) => length === 2)
      assert.sameMembers(handled, ["a0 a2", "b1 b3"])
    }))
})
