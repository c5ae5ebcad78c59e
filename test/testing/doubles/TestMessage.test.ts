import { assert, describe, it } from "@effect/vitest"
import type { Message } from "../../../src/index.ts"
import { Bodies, Quoted, TestEvent, TestMessage } from "../../../src/testing/index.ts"

describe("messages as a handler receives them", () => {
  it("of every kind", () => {
    const all: ReadonlyArray<Message.Message> = [
      TestMessage.text("hi"),
      TestMessage.picture("p"),
      TestMessage.audio("查天气"),
      TestMessage.video(),
      TestMessage.file("a.pdf"),
      TestMessage.richText([Bodies.rich.text("看"), Bodies.rich.picture()]),
      TestMessage.interactiveCard("文档"),
      TestMessage.card("链接", "https://example.com"),
      TestMessage.markdown("t", "**x**"),
      TestMessage.actionCard("t", "x"),
      TestMessage.chatRecord("甲与乙的聊天记录", [Bodies.entries.text("x", "甲")]),
      TestMessage.unknown(),
      TestMessage.of(Bodies.quoting({ msgtype: "reply", content: {} }, Quoted.text("before")))
    ]
    // Every kind there is, and none twice.
    const kinds: Readonly<Record<Message.Message["_tag"], true>> = {
      Text: true,
      Picture: true,
      Audio: true,
      Video: true,
      File: true,
      RichText: true,
      InteractiveCard: true,
      Card: true,
      Markdown: true,
      ActionCard: true,
      ChatRecord: true,
      Unknown: true,
      Reply: true
    }
    assert.sameMembers(all.map(({ _tag }) => _tag), Object.keys(kinds))
    assert.deepStrictEqual(all.slice(0, 5).map(({ _tag, text }) => [_tag, text]), [
      ["Text", "hi"],
      ["Picture", ""],
      ["Audio", "查天气"],
      ["Video", ""],
      ["File", ""]
    ])
  })

  it("say who, where and when, and are the same for the same words", () => {
    const say = {
      from: { staffId: "lisi", nick: "李四" },
      group: { conversationId: "cidA", title: "组" },
      mention: true
    } as const
    const message = TestMessage.text("hi", { ...say, account: "b", at: 5 })
    assert.deepInclude(message, {
      accountId: "b",
      chatType: "group",
      conversationId: "cidA",
      conversationTitle: "组",
      senderStaffId: "lisi",
      senderName: "李四",
      mentioned: true
    })
    assert.deepStrictEqual(TestMessage.text("hi", say).messageId, TestMessage.text("hi", say).messageId)
    assert.notStrictEqual(TestMessage.text("hi", say).messageId, TestMessage.text("ho", say).messageId)
    assert.strictEqual(TestMessage.text("hi", { msgId: "msg1" }).messageId, "msg1")
    assert.strictEqual(TestMessage.text("hi").chatType, "direct")
  })

  it("quote", () => {
    const message = TestMessage.of(Bodies.quoting(Bodies.text("?"), { ...Quoted.text("before"), msgId: "msg1" }))
    assert.deepInclude(message.quote, { text: "before", messageId: "msg1" })
  })

  it("are refused by name when no handler would receive them", () => {
    assert.throws(() => TestMessage.text(" "), "no handler receives this text message: it says nothing")
    assert.throws(() => TestEvent.graphCall({ uri: "" }), "no handler receives this graph call: noRequest")
  })
})

describe("what is no message", () => {
  it("events, presses, calls", () => {
    assert.deepInclude(TestEvent.event("user_add_org", { userId: ["a"] }, { eventId: "e1", at: 7 }), {
      _tag: "DingTalkEvent",
      accountId: "default",
      eventType: "user_add_org",
      eventId: "e1",
      bornTime: 7
    })
    assert.deepInclude(
      TestEvent.cardAction({ outTrackId: "card", userId: "lisi", actionIds: ["ok"] }, { account: "b" }),
      {
        _tag: "CardAction",
        accountId: "b",
        outTrackId: "card",
        userId: "lisi",
        actionIds: ["ok"]
      }
    )
    assert.strictEqual(TestEvent.graphCall({ uri: "/weather", body: { city: "杭州" } })._tag, "GraphCall")
  })
})
