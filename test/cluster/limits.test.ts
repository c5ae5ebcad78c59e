import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import { inboxesOf } from "../../src/cli/health/inboxes.ts"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as Metrics from "../../src/metrics.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"

const until = (isSo: Effect.Effect<boolean>) =>
  Effect.repeat(isSo, { until: (isSo) => isSo, schedule: Schedule.spaced("20 millis") })

const group = { group: "cidTeam", mention: true }

describe("how much waits in a cluster", () => {
  it.scopedLive("is bounded: at the limit nothing new is acknowledged, and it is told", () =>
    Effect.gen(function*() {
      const account = "cluster-limits"
      const metrics = Metrics.ofInbox(account)
      const countOf = (metric: typeof metrics.inboxAttempts) => Effect.map(Metric.value(metric), ({ count }) => count)
      const fake = yield* FakeDingTalk.make({ redeliverAfterMs: 200 })
      const release = yield* Deferred.make<void>()
      const handled: Array<string> = []
      const told: Array<Readonly<Record<string, unknown>>> = []
      yield* Layer.build(
        DingTalkChannel.layer({
          onMessage: ({ text }) =>
            Effect.zipRight(
              Deferred.await(release),
              text === "bad" ? Effect.fail("as asked") : Effect.sync(() => handled.push(text))
            )
        }).pipe(
          Layer.provide(DingTalkConfig.layerUnknown({ accounts: { [account]: fake.config } })),
          Layer.provide(NodeDingTalk.layer()),
          Layer.provide(DingTalkCluster.layerSingleRunner({ inboxLimit: 2, maxAttempts: 1 })),
          Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
          Layer.provide(Logger.replace(
            Logger.defaultLogger,
            Logger.make(({ annotations, message }) => {
              if (String(message) === logEvents.inboxRefused) told.push(Object.fromEntries(annotations))
            })
          ))
        )
      )
      yield* fake.awaitConnection
      for (const text of ["one", "bad", "three", "four"]) yield* fake.say(text, group)
      yield* until(Effect.map(countOf(metrics.inboxRefused), (count) => count >= 2))
      assert.deepInclude((yield* inboxesOf).get(account), { up: true, owner: true, waiting: 2, dead: 0 })

      assert.deepInclude(told[0], { account, module: "cluster", inboxLimit: 2 })

      yield* Deferred.succeed(release, undefined)
      yield* fake.awaitAllAcked
      yield* until(Effect.sync(() => handled.length === 3))
      assert.sameMembers(handled, ["one", "three", "four"])
      assert.strictEqual(yield* countOf(metrics.inboxAttempts), 4)
      assert.strictEqual(yield* countOf(metrics.inboxDeadLetters), 1)
      yield* until(Effect.map(inboxesOf, (all) => all.get(account)?.dead === 1 && all.get(account)?.waiting === 0))
    }), 30_000)
})
