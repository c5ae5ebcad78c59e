import { assert, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { FakeDingTalk, Script } from "effect-dingtalk/testing"

const Bot = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
})

const start = (fake: FakeDingTalk.Fake) =>
  Layer.build(Bot.pipe(
    Layer.provide(DingTalkSender.layer),
    Layer.provide(DingTalkConfig.layerUnknown(fake.config)),
    Layer.provide(NodeDingTalk.layer())
  ))

it.scoped("answers what it is told", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* start(fake)
    yield* fake.awaitConnection
    yield* fake.say("你好", { from: "zhangsan" })
    const replies = yield* fake.awaitReplies(1)
    assert.deepStrictEqual(replies.map(({ text }) => text), ["你说：你好"])
  }))

it.scoped("comes back two seconds after DingTalk had no ticket to give, without waiting for them", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* fake.answerOpen([Script.html(502)])
    yield* start(fake)
    yield* fake.awaitOpens(1)
    const connected = yield* Effect.fork(fake.awaitConnection)
    while ((yield* fake.opens).length < 2) yield* TestClock.adjust("1 second")
    yield* connected.await
  }))
