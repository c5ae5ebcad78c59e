import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as Message from "../../../src/inbound/message/Message.ts"
import * as Quote from "../../../src/inbound/message/Quote.ts"

type Payload = { readonly [key: string]: unknown }

const unnamed = {
  messageId: undefined,
  processQueryKey: undefined,
  outTrackId: undefined,
  msgtype: undefined,
  senderId: undefined,
  senderName: undefined,
  createdAt: undefined
}

const noMedia = {
  downloadCode: undefined,
  pictureDownloadCode: undefined,
  url: undefined,
  fileName: undefined,
  durationMs: undefined,
  videoType: undefined,
  recognition: undefined,
  spaceId: undefined,
  fileId: undefined
}

const quoted = (msgType: string, content: unknown): Payload => ({
  msgType,
  msgId: "msgOld==",
  senderId: "$:LWCP_v1:$bob",
  createdAt: 1_698_558_000_000,
  content
})

const described = (msgtype: string) => ({
  _tag: "Content",
  messageId: "msgOld==",
  processQueryKey: undefined,
  outTrackId: undefined,
  msgtype,
  senderId: "$:LWCP_v1:$bob",
  senderName: undefined,
  createdAt: 1_698_558_000_000,
  text: "",
  media: [],
  title: undefined,
  url: undefined
})

const image = { ...noMedia, kind: "image", downloadCode: "d1" }
const link = "dingtalk://page/yunpan?route=previewDentry&spaceId=774&fileId=990"

/** What is quoted, and what must come of it. */
const quotes: ReadonlyArray<readonly [name: string, quoted: Payload, expected: Payload]> = [
  ["a text", quoted("text", { text: "旧消息 " }), { ...described("text"), text: "旧消息" }],
  ["a picture", quoted("picture", { downloadCode: "d1" }), { ...described("picture"), media: [image] }],
  ["an audio", quoted("audio", { downloadCode: "a1", recognition: "早" }), {
    ...described("audio"),
    text: "早",
    media: [{ ...noMedia, kind: "audio", downloadCode: "a1", recognition: "早" }]
  }],
  ["a file of a group, which has no code", quoted("file", { fileName: "计划.xlsx" }), {
    ...described("file"),
    media: [{ ...noMedia, kind: "file", fileName: "计划.xlsx" }]
  }],
  [
    "a rich text",
    quoted("richText", {
      richText: [
        { msgType: "text", content: "看 " },
        { msgType: "at", atName: "鲍勃" },
        { msgType: "picture", downloadCode: "d1" },
        { type: "text", text: " 吧" }
      ]
    }),
    { ...described("richText"), text: "看 @鲍勃 吧", media: [image] }
  ],
  ["a chat record", quoted("chatRecord", { title: "聊天记录", summary: "张三: 好" }), {
    ...described("chatRecord"),
    text: "张三: 好",
    title: "聊天记录"
  }],
  ["a document card", quoted("interactiveCard", { biz_custom_action_url: link }), {
    ...described("interactiveCard"),
    url: link,
    media: [{ ...noMedia, kind: "file", spaceId: "774", fileId: "990" }]
  }],
  ["a robot's card, which has no content", omitContent(quoted("interactiveCard", 0)), {
    ...unnamed,
    _tag: "Reference",
    messageId: "msgOld==",
    msgtype: "interactiveCard",
    senderId: "$:LWCP_v1:$bob",
    createdAt: 1_698_558_000_000
  }]
]

function omitContent({ content: _, ...rest }: Payload): Payload {
  return rest
}

describe("Quote", () => {
  describe("beside the text", () => {
    for (const [name, repliedMsg, expected] of quotes) {
      it(name, () => {
        assert.deepStrictEqual<unknown>(
          Quote.decode({ msgtype: "text", text: { content: "同意", isReplyMsg: true, repliedMsg } }),
          expected
        )
      })
      it(`${name}, its content a string of JSON`, () => {
        const content = "content" in repliedMsg ? { content: JSON.stringify(repliedMsg["content"]) } : {}
        assert.deepStrictEqual<unknown>(
          Quote.decode({ text: { isReplyMsg: true, repliedMsg: { ...repliedMsg, ...content } } }),
          expected
        )
      })
    }
  })

  describe("inside the content of a rich text", () => {
    for (const [name, repliedMsg, expected] of quotes) {
      it(name, () => {
        const content = { richText: [{ text: "同意" }], isReplyMsg: true, repliedMsg }
        assert.deepStrictEqual<unknown>(Quote.decode({ msgtype: "richText", content }), expected)
        assert.deepStrictEqual<unknown>(
          Quote.decode({ msgtype: "richText", content: JSON.stringify(content) }),
          expected
        )
      })
    }
  })

  it("a quote by id alone", () => {
    assert.deepStrictEqual<unknown>(
      Quote.decode({
        text: { content: "同意", isReplyMsg: true },
        originalMsgId: "msgOld==",
        originalProcessQueryKey: "k1"
      }),
      { ...unnamed, _tag: "Reference", messageId: "msgOld==", processQueryKey: "k1" }
    )
    assert.deepStrictEqual<unknown>(
      Quote.decode({ text: { content: "同意" }, originalProcessQueryKey: "k1" }),
      { ...unnamed, _tag: "Reference", processQueryKey: "k1" }
    )
  })

  it("a quote of which nothing is known", () => {
    for (const payload of [{ text: { isReplyMsg: true } }, { content: { isReplyMsg: true, richText: [] } }]) {
      assert.deepStrictEqual<unknown>(Quote.decode(payload), { ...unnamed, _tag: "Reference" })
    }
  })

  it("a quote with a description and ids", () => {
    const quote = Quote.decode({
      text: { isReplyMsg: true, repliedMsg: { msgType: "text", content: { text: "旧" } } },
      originalMsgId: "msgOld==",
      originalProcessQueryKey: "k1"
    })
    assert.strictEqual(quote?._tag, "Content")
    assert.strictEqual(quote?.messageId, "msgOld==")
    assert.strictEqual(quote?.processQueryKey, "k1")
  })

  it("the older quoteMessage", () => {
    assert.deepStrictEqual<unknown>(
      Quote.decode({
        text: { content: "同意" },
        quoteMessage: {
          msgId: "msgOld==",
          msgtype: "text",
          text: { content: "旧消息" },
          senderNick: "鲍勃",
          senderId: "$:LWCP_v1:$bob"
        }
      }),
      { ...described("text"), senderName: "鲍勃", createdAt: undefined, text: "旧消息" }
    )
  })

  it("the older content.quoteContent, as words or described", () => {
    const words = Quote.decode({ content: { quoteContent: "旧消息" } })
    assert.strictEqual(words?._tag === "Content" && words.text, "旧消息")
    const record = Quote.decode({ content: { quoteContent: { msgtype: "text", text: { content: "旧消息" } } } })
    assert.strictEqual(record?._tag === "Content" && record.text, "旧消息")
  })

  it("no quote", () => {
    for (
      const payload of [
        {},
        { text: { content: "你好" } },
        { text: { content: "你好", isReplyMsg: false } },
        { text: { content: "{\"isReplyMsg\":true}" } },
        { originalMsgId: "" },
        { content: "[]" }
      ]
    ) assert.isUndefined(Quote.decode(payload))
  })

  it("is part of the message", () => {
    const result = Message.decode({ id: "default", robotCode: "r" }, {
      conversationId: "cid1",
      senderId: "u1",
      msgtype: "text",
      text: { content: "同意", isReplyMsg: true, repliedMsg: quoted("text", { text: "旧消息" }) }
    }, "frame-1")
    assert.deepStrictEqual<unknown>(result._tag === "Decoded" && result.value.quote, {
      ...described("text"),
      text: "旧消息"
    })
  })

  it.prop(
    "never throws, and satisfies its schema",
    [FastCheck.record({
      text: FastCheck.record({ isReplyMsg: FastCheck.jsonValue(), repliedMsg: FastCheck.jsonValue() }, {
        requiredKeys: []
      }),
      content: FastCheck.jsonValue(),
      quoteMessage: FastCheck.oneof(
        FastCheck.jsonValue(),
        FastCheck.record({
          msgtype: FastCheck.jsonValue(),
          content: FastCheck.jsonValue(),
          text: FastCheck.jsonValue()
        })
      ),
      originalMsgId: FastCheck.jsonValue()
    }, { requiredKeys: [] })],
    ([payload]) => {
      const quote = Quote.decode(payload)
      assert.isTrue(quote === undefined || Schema.is(Quote.Quote)(quote))
    }
  )
})
