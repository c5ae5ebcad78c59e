import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import {
  DingTalkBulk,
  DingTalkCards,
  DingTalkMedia,
  DingTalkReactions,
  DingTalkRobot,
  DingTalkSender,
  type Message,
  RobotMessage
} from "../../../src/index.ts"
import { Script, TestDingTalk, TestMessage } from "../../../src/testing/index.ts"

const dingtalk = TestDingTalk.TestDingTalk

const inGroup = TestMessage.text("hi", { from: "lisi", group: "cidTeam", mention: true })

describe("a handler, tested without sockets", () => {
  const onMessage = (message: Message.Message) => DingTalkSender.reply(message, `echo ${message.text}`)

  it.effect("answers by the message's webhook, to whom it came from", () =>
    Effect.gen(function*() {
      yield* onMessage(TestMessage.text("hi", { from: "zhangsan" }))
      yield* onMessage(inGroup)
      const replies = yield* Effect.flatMap(dingtalk, (it) => it.replies)
      assert.deepStrictEqual(replies.map(({ group, text, to, via }) => [to, group, text, via]), [
        ["zhangsan", false, "echo hi", "webhook"],
        ["cidTeam", true, "echo hi", "webhook"]
      ])
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.live("goes by the API once the webhook is over, under the real clock too", () =>
    Effect.gen(function*() {
      yield* onMessage(TestMessage.text("hi", { webhookExpiresAt: 1 }))
      yield* onMessage(inGroup)
      const test = yield* dingtalk
      yield* test.expireWebhooks
      yield* onMessage(inGroup)
      assert.deepStrictEqual((yield* test.replies).map(({ to, via }) => [to, via]), [
        ["zhangsan", "api"],
        ["cidTeam", "webhook"],
        ["cidTeam", "api"]
      ])
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("runs into no limit, unless it is asked for", () =>
    Effect.gen(function*() {
      for (let n = 0; n < 200; n++) yield* DingTalkSender.send({ to: "zhangsan", text: `${n}` })
      assert.strictEqual((yield* (yield* dingtalk).replies).length, 200)
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("meets refusals and faults as they are scripted", () =>
    Effect.gen(function*() {
      const test = yield* dingtalk
      yield* test.answerNext("/v1.0/robot/groupMessages/send", Script.refusals.noPermission)
      yield* test.refuseUsers({ invalid: ["gone"] })
      yield* test.refuseGroup("cidOver")
      const failures = yield* Effect.forEach(
        ["chat:cidTeam", "user:gone", "chat:cidOver"],
        (to) => Effect.either(DingTalkSender.send({ to, text: "x" }))
      )
      assert.deepStrictEqual(failures.map((it) => Either.isLeft(it) ? it.left._tag : "sent"), [
        "PermissionDenied",
        "Refused",
        "TargetGone"
      ])
    }).pipe(Effect.provide(TestDingTalk.layer())))
})

describe("all that stands on the sender", () => {
  it.effect("cards are made, updated and shown", () =>
    Effect.gen(function*() {
      const test = yield* dingtalk
      const { outTrackId } = yield* DingTalkCards.create({
        to: ["lisi", "chat:cidTeam"],
        templateId: "template",
        params: { content: "one" }
      })
      yield* DingTalkCards.update({ outTrackId, params: { content: "two" } })
      assert.strictEqual((yield* test.card(outTrackId)).text, "two")
      assert.deepStrictEqual((yield* test.card(outTrackId)).places.map(({ to }) => to), ["lisi", "cidTeam"])
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.live("answers are streamed into a card", () =>
    Effect.gen(function*() {
      const streamed = yield* DingTalkCards.streamReply(inGroup, Stream.make("one ", "two"))
      assert.strictEqual(streamed.text, "one two")
      const [card] = yield* (yield* dingtalk).cards
      assert.deepInclude(card, { text: "one two", status: "finished" })
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("reactions come and go under messages that were made for the test", () =>
    Effect.gen(function*() {
      const test = yield* dingtalk
      yield* DingTalkReactions.add(inGroup, "👍")
      assert.deepStrictEqual((yield* test.reactions).map(({ msgId, text }) => [msgId, text]), [
        [inGroup.messageId, "👍"]
      ])
      yield* DingTalkReactions.remove(inGroup, "👍")
      assert.deepStrictEqual(yield* test.reactions, [])
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("files go out and in", () =>
    Effect.gen(function*() {
      const test = yield* dingtalk
      const source = DingTalkMedia.fromBytes(new TextEncoder().encode("hello"), "a.pdf")
      yield* DingTalkMedia.send({ to: "zhangsan", source })
      const [upload] = yield* test.uploads
      assert.deepInclude(upload, { fileName: "a.pdf", size: 5, kind: "file" })
      assert.deepStrictEqual((yield* test.replies).map(({ shown }) => shown), ["[文件] a.pdf"])
      const downloadCode = yield* test.putFile("content", { fileName: "b.txt", contentType: "text/plain" })
      const message = TestMessage.file("b.txt", downloadCode)
      const [media] = message.media
      const file = media === undefined ? undefined : yield* DingTalkMedia.download(message, media)
      assert.strictEqual(new TextDecoder().decode(file?.bytes), "content")
      assert.deepStrictEqual(yield* test.downloads, [{ downloadCode, bytes: 7, whole: true }])
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("messages are recalled, read and sent to many", () =>
    Effect.gen(function*() {
      const test = yield* dingtalk
      const sent = yield* DingTalkSender.sendMessage({ to: "lisi", message: RobotMessage.Text({ content: "oops" }) })
      const messageId = sent.messageId ?? ""
      yield* test.read("lisi")
      assert.strictEqual((yield* DingTalkRobot.readStatus({ messageId })).readers[0]?.read, true)
      yield* DingTalkRobot.recall({ messageIds: [messageId] })
      assert.deepStrictEqual(yield* test.conversation("lisi"), [])
      const userIds = Array.from({ length: 45 }, (_, n) => `u${n}`)
      yield* Stream.runDrain(DingTalkBulk.sendToMany({ userIds, message: RobotMessage.Text({ content: "x" }) }))
      assert.strictEqual((yield* test.replies).length, 46)
    }).pipe(Effect.provide(TestDingTalk.layer())))

  it.effect("of several accounts", () =>
    Effect.gen(function*() {
      yield* DingTalkSender.send({ account: "b", to: "lisi", text: "x" })
      assert.deepStrictEqual((yield* (yield* dingtalk).replies).map(({ clientId }) => clientId), ["ding-b"])
    }).pipe(
      Effect.provide(TestDingTalk.layer({
        config: { accounts: { a: { appKey: "ding-a", appSecret: "s" }, b: { appKey: "ding-b", appSecret: "s" } } }
      }))
    ))
})
