import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import * as ContainerBot from "../../examples/losses/container-bot.ts"
import { cliEvents } from "../../src/cli/logging.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"

const page = readFileSync("docs/losses.md", "utf8")

const start = (fake: FakeDingTalk.Fake, on: Effect.Effect<string, "Failed">, drainTimeoutMs: number) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    yield* ContainerBot.Bot.pipe(
      Layer.provide(Layer.succeed(ContainerBot.Work, { on: () => on })),
      Layer.provide(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown({ ...fake.config, drainTimeoutMs })),
      Layer.provide(NodeDingTalk.layer()),
      Layer.buildWithScope(scope)
    )
    yield* fake.awaitConnection
    return Scope.close(scope, Exit.void)
  }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger)))

describe("the page of losses", () => {
  it("names every record and every metric by which a loss shows as they are called", () => {
    const names = new Set<string>([...Object.values(logEvents), ...Object.values(cliEvents)])
    const records = [...page.matchAll(/`(dingtalk\.[\w.]+)`/g)].map(([, name = ""]) => name)
    assert.isAtLeast(records.length, 5)
    for (const name of records) assert.isTrue(names.has(name), name)
    const metrics = readFileSync("src/metrics.ts", "utf8")
    for (const [, name = ""] of page.matchAll(/`(effect_dingtalk_\w+)`/g)) assert.include(metrics, `"${name}"`)
  })

  it.scopedLive("lets those who are at work at the end of a stop say so", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const stop = yield* start(fake, Effect.never, 50)
      yield* fake.say("report")
      yield* fake.awaitAllAcked
      yield* stop
      assert.deepStrictEqual((yield* fake.replies).map(({ text }) => text), ["正在重启，请稍后再发一次"])
    }))

  it.scopedLive("lets those finish who are done in time, and those who fail say so", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const stop = yield* start(fake, Effect.delay(Effect.succeed("done"), 300), 10_000)
      yield* fake.say("report")
      yield* fake.awaitAllAcked
      yield* stop
      assert.deepStrictEqual((yield* fake.replies).map(({ text }) => text), ["done"])
      const failing = yield* FakeDingTalk.make()
      const end = yield* start(failing, Effect.fail("Failed" as const), 10_000)
      yield* failing.say("report")
      yield* failing.awaitReplies(1)
      yield* end
      assert.deepStrictEqual((yield* failing.replies).map(({ text }) => text), ["出错了，请再试一次"])
    }))
})
