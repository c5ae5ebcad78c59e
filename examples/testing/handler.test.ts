import { assert, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { DingTalkReactions, DingTalkSender, type Message } from "effect-dingtalk"
import { Bodies, Quoted, Script, TestDingTalk, TestMessage } from "effect-dingtalk/testing"

// The handler to be tested: an ordinary function.
const onMessage = DingTalkReactions.withThinking((message: Message.Message) =>
  DingTalkSender.reply(
    message,
    message.quote?._tag === "Content" ? `关于“${message.quote.text}”` : `你说：${message.text}`
  )
)

it.effect("answers whom it hears, and says so while it thinks", () =>
  Effect.gen(function*() {
    const dingtalk = yield* TestDingTalk.TestDingTalk
    yield* onMessage(TestMessage.text("你好", { from: "zhangsan" }))
    yield* onMessage(TestMessage.text("大家好", { from: "lisi", group: "cidTeam", mention: true }))
    const replies = yield* dingtalk.replies
    assert.deepStrictEqual(replies.map(({ text, to }) => `${to}: ${text}`), [
      "zhangsan: 你说：你好",
      "cidTeam: 你说：大家好"
    ])
    assert.deepStrictEqual(yield* dingtalk.reactions, [])
  }).pipe(Effect.provide(TestDingTalk.layer())))

it.effect("reads what a message answers to", () =>
  Effect.gen(function*() {
    yield* onMessage(TestMessage.of(Bodies.quoting(Bodies.text("怎么修？"), Quoted.cardMarkdown("构建", "构建失败"))))
    const [reply] = yield* (yield* TestDingTalk.TestDingTalk).replies
    assert.include(reply?.text, "构建失败")
  }).pipe(Effect.provide(TestDingTalk.layer())))

it.effect("tells its caller when DingTalk refuses", () =>
  Effect.gen(function*() {
    const dingtalk = yield* TestDingTalk.TestDingTalk
    yield* dingtalk.expireWebhooks
    yield* dingtalk.answerNext("/v1.0/robot/oToMessages/batchSend", Script.refusals.noPermission)
    const result = yield* Effect.either(onMessage(TestMessage.text("你好")))
    assert.strictEqual(Either.isLeft(result) ? result.left._tag : "sent", "PermissionDenied")
  }).pipe(Effect.provide(TestDingTalk.layer())))
