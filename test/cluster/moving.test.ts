/** A robot moves from an inbox on one machine to a cluster on the same database. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type { Inbox } from "../../src/inbound/Inbox.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { file } from "../sql/world.ts"
import { postgres, postgresMissing } from "../utils/postgres.ts"

type Client = Layer.Layer<SqlClient.SqlClient, unknown>

const sqlite: Effect.Effect<Client, never, Scope.Scope> = Effect.map(
  file,
  (filename) => SqliteClient.layer({ filename })
)

const server: Effect.Effect<Client, never, Scope.Scope> = Effect.map(
  postgres,
  ({ url }) => PgClient.layer({ url: Redacted.make(url) })
)

const start = (
  config: unknown,
  client: Client,
  handlers: Handlers,
  inbox: Layer.Layer<Inbox, unknown, SqlClient.SqlClient>
) =>
  Layer.build(
    DingTalkChannel.layer(handlers).pipe(
      Layer.provide(DingTalkConfig.layerUnknown(config)),
      Layer.provide(NodeDingTalk.layer()),
      Layer.provide(inbox),
      Layer.provide(Layer.fresh(client)),
      Layer.provide(Logger.remove(Logger.defaultLogger))
    )
  )

/** More than go over at once. */
const count = 350

const moved = (database: Effect.Effect<Client, never, Scope.Scope>) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    yield* Effect.scoped(Effect.gen(function*() {
      yield* start(
        { ...fake.config, drainTimeoutMs: 50 },
        client,
        { onMessage: () => Effect.never },
        DingTalkInbox.layer()
      )
      yield* fake.awaitConnection
      for (let index = 0; index < count; index++) {
        yield* fake.say(`${index}`, { group: `cidTeam${index % 3}`, mention: true })
      }
      yield* fake.awaitAllAcked
    }))
    const handled: Array<string> = []
    const all = yield* Deferred.make<void>()
    yield* start(
      fake.config,
      client,
      {
        onMessage: ({ text }) =>
          Effect.suspend(() => {
            handled.push(text)
            return handled.length < count ? Effect.void : Deferred.succeed(all, undefined)
          })
      },
      DingTalkCluster.layerSingleRunner({ retryDelay: "20 millis" })
    )
    yield* Effect.timeout(Deferred.await(all), "30 seconds")
    assert.strictEqual(new Set(handled).size, count)
    for (let team = 0; team < 3; team++) {
      const numbers = handled.map(Number).filter((number) => number % 3 === team)
      assert.deepStrictEqual(numbers, numbers.toSorted((a, b) => a - b))
    }
    const left = Effect.provide(DingTalkInbox.list(), Layer.fresh(client))
    yield* Effect.retry(
      Effect.filterOrFail(left, ({ length }) => length === 0, () => "something is left"),
      Schedule.intersect(Schedule.spaced("50 millis"), Schedule.recurs(100))
    )
  })

describe("a robot that moves from an inbox to a cluster", () => {
  it.scopedLive("handles there what waited, in order, on SQLite", () => moved(sqlite), 60_000)

  it.scopedLive.skipIf(postgresMissing !== undefined)(
    `handles there what waited, in order, on PostgreSQL${postgresMissing ?? ""}`,
    () => moved(server),
    60_000
  )
})
