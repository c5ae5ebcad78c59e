import * as RunnerHealth from "@effect/cluster/RunnerHealth"
import * as Runners from "@effect/cluster/Runners"
import * as RunnerStorage from "@effect/cluster/RunnerStorage"
import * as Sharding from "@effect/cluster/Sharding"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as SqlMessageStorage from "@effect/cluster/SqlMessageStorage"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Conversation, entityId } from "../../src/cluster/Conversation.ts"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as Keeping from "../../src/cluster/internal/keeping.ts"
import * as Tables from "../../src/cluster/Tables.ts"

/** A cluster in which nobody handles anything. */
const cluster = Sharding.layer.pipe(
  Layer.provide([Runners.layerNoop, RunnerHealth.layerNoop]),
  Layer.provide([SqlMessageStorage.layer, RunnerStorage.layerMemory]),
  Layer.provide(ShardingConfig.layer({ ...DingTalkCluster.shardingConfig })),
  Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
  Layer.provide(Logger.remove(Logger.defaultLogger))
)

const table = Tables.of("cluster").messages

describe("what is kept in the engine's table", () => {
  it.scopedLive("is what the engine itself would keep, and known to it", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const clientOf = yield* Conversation.client
      const { keep, known } = yield* Keeping.make(table)
      const letter = { account: "default", key: "cid+/=", id: "one", receivedAt: 1_700_000_000_000, frame: "{\"a\":1}" }
      const long = { ...letter, id: "long".repeat(100) }
      const rows = Effect.map(
        sql`SELECT * FROM ${sql(table)} ORDER BY id`,
        // The engine reads them meanwhile.
        (rows) => rows.map(({ id, last_read: _, request_id, ...row }) => ({ ...row, isItself: id === request_id }))
      )
      yield* keep([letter, long])
      const ours = yield* rows
      yield* sql`DELETE FROM ${sql(table)}`
      const engine = clientOf(entityId(letter.account, letter.key))
      for (const { account, frame, id, receivedAt } of [letter, long]) {
        // Nobody is there to be told of it.
        yield* engine.Deliver({ account, frame, id, receivedAt }, { discard: true }).pipe(
          Effect.timeoutOption("1 second")
        )
      }
      const theirs = yield* rows
      assert.deepStrictEqual(ours, theirs)
      const two = { ...letter, id: "two" }
      assert.deepStrictEqual([...yield* known([letter, two, long])], [letter, long])
      assert.deepStrictEqual((yield* keep([letter, two, long])).map(({ isFresh }) => isFresh), [false, true, false])
      assert.strictEqual((yield* rows).length, 3)
    }).pipe(Effect.provide(cluster)))
})
