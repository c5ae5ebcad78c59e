import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ofSharing } from "../../../src/metrics.ts"
import * as SharedToken from "../../../src/outbound/api/internal/sharedToken.ts"
import { SharedState } from "../../../src/outbound/api/SharedState.ts"
import { DingTalkSharing } from "../../../src/sql/index.ts"
import { shared } from "./sharing.ts"

const database = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-dingtalk-sharing-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => SqliteClient.layer({ filename: join(directory, "shared.db") })
)

describe("clients that share a SQLite file", () => {
  it.scopedLive("keep one limit, fetch one token, and heed what one of them is told", () =>
    Effect.flatMap(database, (database) => shared(Layer.orDie(database))))

  it.scopedLive("say once that what they share is gone, and once that it is back", () =>
    Effect.gen(function*() {
      const said: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => {
        said.push(`${logLevel.label} ${String(message)}`)
      })
      const failures = Effect.map(Metric.value(ofSharing), ({ count }) => count)
      const context = yield* Layer.build(Layer.provideMerge(DingTalkSharing.layer(), yield* database))
      const store = Context.get(context, SharedState)
      const sql = Context.get(context, SqlClient.SqlClient)
      const read = Effect.isSuccess(store.read(["key"]))
      const before = yield* failures
      const both = Effect.all([read, read]).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      assert.deepStrictEqual(yield* both, [true, true])
      yield* sql`ALTER TABLE effect_dingtalk_shared RENAME TO away`
      assert.deepStrictEqual(yield* both, [false, false])
      yield* sql`ALTER TABLE away RENAME TO effect_dingtalk_shared`
      assert.deepStrictEqual(yield* both, [true, true])
      assert.deepStrictEqual(said, ["WARN dingtalk.sharing.lost", "INFO dingtalk.sharing.found"])
      assert.strictEqual((yield* failures) - before, 2)
    }))

  it.scopedLive("keep a token where nobody reads it, and none that DingTalk refuses", () =>
    Effect.gen(function*() {
      const context = yield* Layer.build(Layer.provideMerge(DingTalkSharing.layer(), yield* database))
      const store = Context.get(context, SharedState)
      let fetched = 0
      const fetch = Effect.sync(() => ({ token: Redacted.make(`token-${++fetched}`), lifetimeMs: 7_200_000 }))
      const of = (secret: string) => SharedToken.make(store, "an application", Redacted.make(secret), fetch)
      const tokenOf = (shared: SharedToken.SharedToken) =>
        Effect.map(shared.fetch, ({ token }) => Redacted.value(token))
      const [one, two] = [of("secret"), of("secret")]
      assert.deepStrictEqual([yield* tokenOf(one), yield* tokenOf(two)], ["token-1", "token-1"])
      const sql = Context.get(context, SqlClient.SqlClient)
      assert.notInclude(JSON.stringify(yield* sql`SELECT * FROM effect_dingtalk_shared`), "token-1")
      yield* two.refused(Redacted.make("token-0"))
      assert.strictEqual(yield* tokenOf(one), "token-1")
      yield* two.refused(Redacted.make("token-1"))
      assert.deepStrictEqual([yield* tokenOf(one), yield* tokenOf(two)], ["token-2", "token-2"])
      // Another secret opens nothing.
      assert.strictEqual(yield* tokenOf(of("another")), "token-3")
      // Without the store everybody fetches.
      yield* sql`DROP TABLE effect_dingtalk_shared`
      assert.deepStrictEqual([yield* tokenOf(one), yield* tokenOf(two)], ["token-4", "token-5"])
    }))
})
