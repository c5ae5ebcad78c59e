import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { FakeDingTalk } from "effect-dingtalk/testing"
import { Bot } from "./bot.ts"

it.scoped("answers what it is told", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* Layer.build(Bot.pipe(
      Layer.provide(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown(fake.config)),
      Layer.provide(NodeDingTalk.layer())
    ))
    yield* fake.awaitConnection
    yield* fake.say("你好", { from: "zhangsan" })
    const replies = yield* fake.awaitReplies(1)
    assert.deepStrictEqual(replies.map(({ text }) => text), ["你说：你好"])
  }))
