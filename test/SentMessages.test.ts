import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as DingTalkCards from "../src/DingTalkCards.ts"
import * as DingTalkChannel from "../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../src/DingTalkConfig.ts"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import type { Message } from "../src/inbound/message/Message.ts"
import * as NodeDingTalk from "../src/node/NodeDingTalk.ts"
import * as RobotMessage from "../src/outbound/message/RobotMessage.ts"
import { saidBy, shownBy } from "../src/outbound/message/said.ts"
import * as SentMessages from "../src/SentMessages.ts"
import { Bodies, FakeDingTalk } from "../src/testing/index.ts"

describe("the memory", () => {
  const ids = FastCheck.array(FastCheck.nat(50).map(String), { minLength: 1, maxLength: 3 })

  it.prop(
    "knows what was said last under each of the newest ids",
    [FastCheck.array(ids, { minLength: 1 })],
    ([all]) => {
      let memory = SentMessages.empty
      for (const [index, some] of all.entries()) memory = SentMessages.remembering(memory, some, `text ${index}`)
      const last = all.length - 1
      for (const id of all[last] ?? []) {
        assert.deepStrictEqual(SentMessages.found(memory, [id]), Option.some(`text ${last}`))
      }
      for (const some of all) assert.isTrue(Option.isSome(SentMessages.found(memory, some)))
    }
  )

  it("is bounded, and forgets the oldest", () => {
    let memory = SentMessages.empty
    for (let i = 0; i < 5 * SentMessages.capacity; i++) {
      memory = SentMessages.remembering(memory, [`m${i}`, `k${i}`], "x".repeat(SentMessages.longestText + 1))
      assert.isAtMost(HashMap.size(memory.young) + HashMap.size(memory.old), 2 * SentMessages.capacity + 2)
    }
    assert.isTrue(Option.isNone(SentMessages.found(memory, ["m0"])))
    const newest = Option.getOrThrow(SentMessages.found(memory, [`k${5 * SentMessages.capacity - 1}`]))
    assert.strictEqual(newest.length, SentMessages.longestText)
  })

  it.effect("keeps the accounts apart, and remembers nothing without an id or a word", () =>
    Effect.gen(function*() {
      const sent = yield* SentMessages.make
      yield* sent.remember("a", ["id", undefined], "one")
      yield* sent.remember("b", [undefined, ""], "two")
      yield* sent.remember("a", ["blank"], "")
      assert.deepStrictEqual(yield* sent.find("a", [undefined, "id"]), Option.some("one"))
      assert.deepStrictEqual(yield* sent.find("b", ["id", ""]), Option.none())
      assert.deepStrictEqual(yield* sent.find("a", ["blank"]), Option.none())
    }))
})

describe("what a robot has said", () => {
  it("is the words of a message, or what stands in their place", () => {
    const said = (message: RobotMessage.RobotMessage) => saidBy(RobotMessage.encode(message))
    assert.strictEqual(said(RobotMessage.Text({ content: "你好" })), "你好")
    assert.strictEqual(said(RobotMessage.Markdown({ text: "# 周报\n- 好" })), "# 周报\n- 好")
    assert.strictEqual(said(RobotMessage.Image({ photo: "@p" })), "[图片]")
    assert.strictEqual(said(RobotMessage.File({ mediaId: "@f", fileName: "a.pdf", fileType: "pdf" })), "[文件] a.pdf")
    assert.strictEqual(
      said(RobotMessage.Link({ title: "发布", text: "看看", picUrl: "", messageUrl: "https://example.com" })),
      "发布\n看看"
    )
    assert.strictEqual(saidBy({ msgKey: "new", msgParam: "not json" }), "")
  })

  it("is the words of a card's variables", () => {
    assert.strictEqual(
      shownBy({
        title: "构建",
        content: "失败",
        flowStatus: "3",
        icon: "https://example.com/i",
        done: "true",
        list: "[]"
      }),
      "构建\n失败"
    )
  })
})

describe("a quote of the robot's own words", () => {
  it.scopedLive("says what they were, where it only names them", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const heard = yield* Queue.unbounded<Message>()
      const settings = yield* DingTalkConfig.decodeUnknown(fake.config)
      const app = DingTalkChannel.layer({ onMessage: (message) => Queue.offer(heard, message) }).pipe(
        Layer.provideMerge(DingTalkSender.layer),
        Layer.provide(DingTalkConfig.layer(settings)),
        Layer.provide(NodeDingTalk.layer())
      )
      yield* Effect.gen(function*() {
        yield* fake.awaitConnection
        const quoteOf = (msgId: string, key: string) =>
          Effect.zipRight(
            fake.post(Bodies.quotingById(Bodies.text("再说一遍"), msgId, key), {}),
            Effect.map(Queue.take(heard), ({ quote }) => quote?._tag === "Content" ? quote.text : quote?._tag)
          )

        const { messageId = "" } = yield* DingTalkSender.send({ to: "user:zhangsan", text: "部署完成" })
        assert.strictEqual(yield* quoteOf("msgUnknown==", messageId), "部署完成")
        assert.strictEqual(yield* quoteOf("msgUnknown==", "somebody else's"), "Reference")

        const card = yield* DingTalkCards.create({
          templateId: "t1",
          outTrackId: "card-1",
          to: "user:zhangsan",
          params: { content: "正在写", flowStatus: "2" }
        })
        const carrier = card.deliveries.find(({ messageId }) => messageId !== undefined)?.messageId ?? ""
        assert.strictEqual(yield* quoteOf(carrier, ""), "正在写")
        yield* DingTalkCards.update({ outTrackId: "card-1", params: { content: "写完了" } })
        assert.strictEqual(yield* quoteOf(carrier, ""), "写完了")
        assert.strictEqual(yield* quoteOf("card-1", ""), "写完了")
      }).pipe(Effect.provide(app))
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
