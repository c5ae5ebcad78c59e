import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
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

const group = { group: "cidTeam", mention: true }

/** What is given up is looked at, and decided on, through a client of its own, as the command line has one. */
const decidedOn = (client: Effect.Effect<Client, never, Scope.Scope>) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const sql = yield* client
    const began = yield* Queue.unbounded<string>()
    const mended = yield* Deferred.make<void>()
    yield* Layer.build(
      DingTalkChannel.layer({
        onMessage: ({ attempt, text }) =>
          Effect.gen(function*() {
            yield* Queue.offer(began, `${text} ${attempt}`)
            if (text !== "fine" && !(yield* Deferred.isDone(mended))) return yield* Effect.fail("not mended")
          })
      }).pipe(
        Layer.provide(DingTalkConfig.layerUnknown(fake.config)),
        Layer.provide(NodeDingTalk.layer()),
        Layer.provide(DingTalkCluster.layerSingleRunner({ retryDelay: Duration.millis(20), maxAttempts: 2 })),
        Layer.provide(sql),
        Layer.provide(Logger.remove(Logger.defaultLogger))
      )
    )
    yield* fake.awaitConnection
    const outside = yield* Layer.build(Layer.fresh(sql))
    const ask = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provide(effect, outside)
    const dead = ask(DingTalkInbox.list({ states: ["dead"] }))
    const untilDead = (count: number) =>
      Effect.retry(
        Effect.filterOrFail(dead, ({ length }) => length === count, () => "not yet"),
        Schedule.spaced("20 millis")
      )

    for (const text of ["again", "never", "fine"]) yield* fake.say(text, group)
    assert.deepStrictEqual(yield* Queue.takeN(began, 5).pipe(Effect.map((all) => [...all])), [
      "again 1",
      "again 2",
      "never 1",
      "never 2",
      "fine 1"
    ])
    const [again, never] = yield* untilDead(2)
    if (again === undefined || never === undefined) return assert.fail()
    assert.deepInclude(again, { account: "default", line: "cidTeam", attempts: 2, state: "dead" })
    assert.include(again.cause, "not mended")
    assert.include((yield* ask(DingTalkInbox.show({ account: "default", entry: again.number ?? "" }))).payload, "again")

    yield* ask(DingTalkInbox.drop({ account: "default", entry: never.number ?? "" }))
    yield* Deferred.succeed(mended, undefined)
    yield* ask(DingTalkInbox.retry({ account: "default", entry: again.number ?? "" }))
    // With all its attempts.
    assert.strictEqual(yield* Queue.take(began), "again 1")
    // It waits until its end is written down.
    const left = yield* Effect.retry(
      Effect.filterOrFail(ask(DingTalkInbox.list()), (all) =>
        all.every(({ state }) => state !== "waiting"), () =>
        "not yet"),
      Schedule.spaced("20 millis")
    )
    assert.deepStrictEqual(left.map(({ number, state }) => [number, state]), [[never.number, "dropped"]])

    // What was dropped, too.
    yield* ask(DingTalkInbox.retry({ account: "default", entry: never.number ?? "" }))
    assert.strictEqual(yield* Queue.take(began), "never 1")
    assert.deepStrictEqual(yield* dead, [])
  })

describe("what a cluster gives up", () => {
  it.scopedLive("is looked at and decided on from outside, on SQLite", () => decidedOn(sqlite), 30_000)

  it.scopedLive.skipIf(postgresMissing !== undefined)(
    `is looked at and decided on from outside, on PostgreSQL${postgresMissing ?? ""}`,
    () => decidedOn(server),
    60_000
  )
})
