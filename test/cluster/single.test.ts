import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as Sweep from "../../src/cluster/Sweep.ts"
import * as Tables from "../../src/cluster/Tables.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"

const file = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-dingtalk-cluster-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => join(directory, "cluster.db")
)

/** A cluster of one on a file, and its database. */
const start = (config: unknown, filename: string, handlers: Handlers, options: DingTalkCluster.Options = {}) =>
  Effect.map(
    Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provide(DingTalkConfig.layerUnknown(config)),
        Layer.provide(NodeDingTalk.layer()),
        Layer.provide(DingTalkCluster.layerSingleRunner({ retryDelay: Duration.millis(20), ...options })),
        Layer.provideMerge(SqliteClient.layer({ filename })),
        Layer.provide(Logger.remove(Logger.defaultLogger))
      )
    ),
    Context.get(SqlClient.SqlClient)
  )

const until = <E>(isSo: Effect.Effect<boolean, E>) =>
  Effect.repeat(isSo, { until: (isSo) => isSo, schedule: Schedule.spaced("20 millis") }).pipe(
    Effect.timeout("15 seconds")
  )

const group = { group: "cidTeam", mention: true }

describe("a cluster of one", () => {
  it.scopedLive("tries again what fails or dies, and lets nothing of its conversation overtake it", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const began: Array<string> = []
      const dead: Array<string> = []
      const sql = yield* start(fake.config, yield* file, {
        onMessage: ({ attempt, text }) =>
          Effect.suspend(() => {
            began.push(`${text} ${attempt}`)
            if (text === "dies") return Effect.dieMessage("as asked")
            return text === "fails" && attempt < 3 ? Effect.fail("as asked") : Effect.void
          }),
        onDeadLetter: ({ text }, { attempts }) => Effect.sync(() => dead.push(`${text} ${attempts}`))
      }, { maxAttempts: 3 })
      yield* fake.awaitConnection
      for (const text of ["fails", "one", "dies", "two"]) yield* fake.say(text, group)
      yield* fake.awaitAllAcked
      yield* until(Effect.sync(() => began.length === 8))
      assert.deepStrictEqual(began, ["fails 1", "fails 2", "fails 3", "one 1", "dies 1", "dies 2", "dies 3", "two 1"])
      yield* until(Effect.sync(() => dead.length === 1))
      assert.deepStrictEqual(dead, ["dies 3"])
      const kept = yield* sql`SELECT attempts, cause FROM effect_dingtalk_inbox`
      assert.strictEqual(kept[0]?.["attempts"], 3)
      assert.include(String(kept[0]?.["cause"]), "as asked")
    }))

  it.scopedLive("handles after a restart what it had acknowledged, and knows and forgets what it has handled", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const filename = yield* file
      const began: Array<string> = []
      const handlers: Handlers = {
        onMessage: ({ attempt, text }) =>
          Effect.zipRight(
            Effect.sync(() => began.push(`${text} ${attempt}`)),
            text === "slow" && attempt === 1 ? Effect.never : Effect.void
          )
      }
      yield* Effect.scoped(Effect.gen(function*() {
        yield* start({ ...fake.config, drainTimeoutMs: 100 }, filename, handlers)
        yield* fake.awaitConnection
        yield* fake.say("done", { from: "lisi" })
        for (const text of ["slow", "behind"]) yield* fake.say(text, group)
        yield* fake.awaitAllAcked
        yield* until(Effect.sync(() => began.length === 2))
      }))
      const before = began.splice(0)
      assert.sameMembers(before, ["done 1", "slow 1"])
      const sql = yield* start(fake.config, filename, {
        ...handlers,
        onMessage: ({ attempt, text }) => Effect.sync(() => began.push(`${text} ${attempt}`))
      })
      yield* until(Effect.sync(() => began.length === 2))
      assert.deepStrictEqual(began.map((each) => each.split(" ")[0]), ["slow", "behind"])
      yield* until(
        Effect.map(sql`SELECT id FROM cluster_messages WHERE NOT processed`, (rows) => rows.length === 0)
      )
      const sweep = (retainMs: number, retainCount: number) =>
        Effect.provideService(
          Sweep.sweep({
            prefix: "cluster",
            retainMs,
            retainCount,
            retainDeadMs: retainMs,
            retainDeadCount: retainCount
          }),
          SqlClient.SqlClient,
          sql
        )
      const counts = Effect.forEach(
        ["cluster_messages", "cluster_replies", Tables.of("cluster").attempts],
        (table) => Effect.map(sql`SELECT count(*) AS count FROM ${sql(table)}`, ([row]) => Number(row?.["count"]))
      )
      yield* sweep(60_000, 2)
      assert.deepStrictEqual(yield* counts, [2, 2, 2])
      yield* sweep(-60_000, 2)
      assert.deepStrictEqual(yield* counts, [0, 0, 0])
    }))
})
