import { assert, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { FakeDingTalk } from "effect-dingtalk/testing"

const Bot = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `**${message.text}**\n完`)
})

const start = (fake: FakeDingTalk.Fake, more: object = {}) =>
  Layer.build(Bot.pipe(
    Layer.provide(DingTalkSender.layer),
    Layer.provide(DingTalkConfig.layerUnknown({ ...fake.config, ...more })),
    Layer.provide(NodeDingTalk.layer())
  ))

it.scoped("waits for its own rate limit, by the clock of the test", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* start(fake, { rateLimit: 1, rateBurst: 2 })
    yield* fake.awaitConnection
    for (const text of ["一", "二", "三"]) yield* fake.say(text)
    yield* fake.awaitAllAcked // real: sockets do not wait for the test's clock
    assert.lengthOf(yield* fake.awaitReplies(2), 2)
    const third = yield* Effect.fork(fake.awaitReplies(3))
    while ((yield* fake.replies).length < 3) yield* TestClock.adjust("100 millis")
    assert.lengthOf(yield* third, 3)
  }))

it.scoped("goes on after a connection is cut; people see what they would see", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* start(fake, { renderMode: "markdown" })
    yield* fake.awaitConnection
    yield* fake.cut()
    while ((yield* fake.connectionsEver) < 2) yield* TestClock.adjust("1 second")
    yield* fake.say("好", { group: "cidTeam", mention: true })
    const [reply] = yield* fake.awaitReplies(1)
    assert.strictEqual(reply?.shown, "好 完")
  }))
