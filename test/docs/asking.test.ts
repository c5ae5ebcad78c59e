import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as TestClock from "effect/TestClock"
import * as AttentiveBot from "../../examples/arriving/attentive-bot.ts"
import * as DeployBot from "../../examples/asking/deploy-bot.ts"
import * as StoppableBot from "../../examples/stopping/stoppable-bot.ts"
import { thinking } from "../../src/DingTalkReactions.ts"
import { Bodies, FakeDingTalk } from "../../src/testing/index.ts"
import * as Desk from "../outbound/integration/utils/desk.ts"
import { settle } from "../utils/settle.ts"
import { start } from "./utils/bots.ts"

const me = "zhangsan"

const press = (fake: FakeDingTalk.Fake, outTrackId: string, action: string, as: string) =>
  Effect.flatMap(fake.press(outTrackId, action, { as }), ({ messageId }) => fake.awaitAck(messageId))

/** A robot whose model says what the test says, in the midst of an answer. */
const talking = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make()
  const words = yield* Mailbox.make<string, Error>()
  const model = Layer.succeed(StoppableBot.Model, { answer: () => Mailbox.toStream(words) })
  yield* start(fake, StoppableBot.Bot, model, { ordering: "conversation" })
  yield* fake.say("讲个故事", { from: me })
  yield* words.offer("从前有座山")
  const card = yield* Desk.until(fake.awaitCard(({ status }) => status === "inputting"))
  assert.deepStrictEqual((yield* fake.conversation(me))[0]?.reactions, [thinking])
  assert.include(card.params["sys_full_json_obj"], "停止")
  return { fake, card }
})

const ended = (fake: FakeDingTalk.Fake) =>
  Effect.gen(function*() {
    const card = yield* Desk.until(fake.awaitCard(({ status }) => status !== "inputting"))
    assert.strictEqual(card.status, "finished")
    assert.strictEqual(card.text, "从前有座山\n\n（好的，不说了）")
    assert.notInclude(card.params["sys_full_json_obj"], "停止")
    yield* settle
    assert.deepStrictEqual((yield* fake.conversation(me))[0]?.reactions, [])
  })

it.scoped("stopping: by a word that goes before all that waits", () =>
  Effect.gen(function*() {
    const { fake } = yield* talking
    yield* fake.say("停", { from: me })
    yield* Desk.until(fake.awaitReplies(2))
    yield* ended(fake)
    assert.include(yield* Desk.shown(fake, me), "已停止")
    yield* fake.say("/STOP", { from: me })
    yield* Desk.until(fake.awaitReplies(3))
    assert.include(yield* Desk.shown(fake, me), "没有在回答的问题")
  }))

it.scoped("stopping: by the button on the card", () =>
  Effect.gen(function*() {
    const { card, fake } = yield* talking
    const pressed = yield* fake.press(card.outTrackId, "stop", { as: me })
    yield* ended(fake)
    assert.strictEqual((yield* fake.awaitAck(pressed.messageId)).code, 200)
  }))

it.scoped("asking: a choice, an approval by somebody else, a time that is up", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const deployer = Layer.succeed(DeployBot.Deployer, { deploy: (where) => Effect.succeed(`部署到 ${where} 了`) })
    yield* start(fake, DeployBot.Bot, deployer)
    yield* fake.say("部署", { from: { staffId: me, nick: "张三" } })
    const question = yield* Desk.until(fake.awaitCard(({ text }) => text === "部署到哪里？"))
    yield* press(fake, question.outTrackId, "prod", me)
    assert.include((yield* fake.card(question.outTrackId)).text, "✅ 生产环境（张三）")
    const approval = yield* Desk.until(fake.awaitCard(({ text }) => text.startsWith("张三 要部署")))
    yield* press(fake, approval.outTrackId, "yes", "boss")
    yield* Desk.until(
      fake.until("the answer", Effect.map(Desk.shown(fake, me), (all) => Desk.some(all, "部署到 prod 了")))
    )

    yield* fake.say("部署", { from: me })
    const again = yield* Desk.until(
      fake.awaitCard(({ outTrackId, text }) => text === "部署到哪里？" && outTrackId !== question.outTrackId)
    )
    yield* Desk.after(5 * 60_000)
    yield* Desk.until(
      fake.awaitCard(({ outTrackId, text }) => outTrackId === again.outTrackId && text.includes("过期"))
    )
    yield* Desk.until(
      fake.until("the apology", Effect.map(Desk.shown(fake, me), (all) => Desk.some(all, "等得太久了，请重新发起")))
    )
  }))

it.scoped("arriving: a photo and a question, old news, and who is not permitted, once in an hour", () =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    yield* start(fake, AttentiveBot.Bot, Layer.empty, { allowedUsers: [me], staleAfterMs: 60_000 })
    yield* fake.post(Bodies.picture(), { from: me })
    yield* fake.say("这是什么？", { from: me })
    yield* fake.awaitAllAcked
    yield* settle
    yield* TestClock.adjust("1 second")
    assert.strictEqual((yield* Desk.until(fake.awaitReplies(1)))[0]?.text, "1 张照片，问题是：这是什么？")
    yield* fake.say("昨天的事", { from: me, fields: { createAt: Date.now() - 3_600_000 } })
    assert.include((yield* Desk.until(fake.awaitReplies(2)))[1]?.text, "“昨天的事”收到得太晚了")
    const knock = Effect.gen(function*() {
      yield* fake.say("你好", { from: "lisi" })
      yield* Desk.after(1_000)
      yield* fake.awaitAllAcked
      yield* settle
    })
    yield* knock
    assert.strictEqual((yield* Desk.until(fake.awaitReplies(3)))[2]?.to, "lisi")
    yield* knock
    assert.lengthOf(yield* fake.replies, 3)
    yield* TestClock.adjust("1 hour")
    yield* knock
    yield* Desk.until(fake.awaitReplies(4))
  }))
