import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import { database } from "../utils/database.ts"
import { postgresMissing } from "../utils/postgres.ts"

describe.skipIf(postgresMissing !== undefined)(`the tables of a cluster${postgresMissing ?? ""}`, () => {
  it.scopedLive(
    "are made once by machines that start at once on a new PostgreSQL, and none of them dies of it",
    () =>
      Effect.gen(function*() {
        for (let time = 0; time < 3; time++) {
          const url = yield* database
          const started = yield* Effect.forEach(
            Array.from({ length: 8 }),
            () =>
              Effect.scoped(Layer.build(
                DingTalkCluster.layerStorage(DingTalkCluster.shardingConfig).pipe(
                  Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 4 }))
                )
              )).pipe(Effect.as("started"), Effect.catchAllCause((cause) => Effect.succeed(String(cause)))),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(started, Array.from({ length: 8 }, () => "started"))
        }
      }),
    30_000
  )
})
