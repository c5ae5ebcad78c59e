import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as Message from "../../../src/inbound/message/Message.ts"
import * as SessionWebhookUrl from "../../../src/SessionWebhookUrl.ts"

const account = { id: "default", robotCode: "dingrobot" }

type Payload = { readonly [key: string]: unknown }

const webhook = "https://oapi.dingtalk.com/robot/sendBySession?session=5ec2e7"

const shared = {
  msgId: "msgAbC==",
  conversationId: "cidXyZ==",
  senderId: "$:LWCP_v1:$alice",
  senderStaffId: "manager42",
  senderNick: "艾丽丝",
  senderCorpId: "dingcorp",
  isAdmin: true,
  chatbotUserId: "$:LWCP_v1:$robot",
  chatbotCorpId: "dingcorp",
  robotCode: "dingabc",
  createAt: 1_698_558_703_123,
  sessionWebhook: webhook,
  sessionWebhookExpiredTime: 1_698_564_103_123,
  senderPlatform: "Mac"
}

const group: Payload = {
  ...shared,
  conversationType: "2",
  conversationTitle: "研发群",
  isInAtList: true,
  atUsers: [{ dingtalkId: "$:LWCP_v1:$robot" }, { dingtalkId: "$:LWCP_v1:$bob", staffId: "bob" }]
}

const direct: Payload = { ...shared, conversationType: "1" }

const text = (content: string): Payload => ({ msgtype: "text", text: { content } })

const omit = (payload: Payload, ...keys: ReadonlyArray<string>): Payload =>
  Object.fromEntries(Object.entries(payload).filter(([key]) => !keys.includes(key)))

const isMessage = Schema.is(Message.Message)

const expectMessage = (payload: unknown): Message.Message => {
  const result = Message.decode(account, payload, "frame-1")
  if (result._tag !== "Decoded") return assert.fail(`not a message: ${JSON.stringify(result)}`)
  assert.isTrue(isMessage(result.value), "does not satisfy its schema")
  return result.value
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

const noEntry = {
  senderName: undefined,
  senderId: undefined,
  msgtype: "",
  text: "",
  media: [],
  createdAt: undefined
}

const image = (code: string) => ({ ...noMedia, kind: "image", downloadCode: code, pictureDownloadCode: undefined })

interface Case {
  readonly name: string
  readonly chats: ReadonlyArray<"group" | "direct">
  readonly payload: Payload
  /** What the decoded message must have, besides the fields that all share. */
  readonly expected: Payload
}

const everywhere = ["group", "direct"] as const

const documentUrl = "dingtalk://dingtalkclient/page/yunpan?route=previewDentry&type=file&spaceId=774&fileId=990"

const cases: ReadonlyArray<Case> = [
  {
    name: "text",
    chats: everywhere,
    payload: text(" 你好 "),
    expected: { _tag: "Text", text: "你好", media: [], quote: undefined }
  },
  {
    name: "picture",
    chats: everywhere,
    payload: { msgtype: "picture", content: { downloadCode: "d1", pictureDownloadCode: "p1" } },
    expected: {
      _tag: "Picture",
      text: "",
      image: { ...noMedia, kind: "image", downloadCode: "d1", pictureDownloadCode: "p1" },
      media: [{ ...noMedia, kind: "image", downloadCode: "d1", pictureDownloadCode: "p1" }]
    }
  },
  {
    name: "picture with only the code of the preview",
    chats: everywhere,
    payload: { msgtype: "picture", content: { pictureDownloadCode: "p1" } },
    expected: {
      _tag: "Picture",
      media: [{ ...noMedia, kind: "image", downloadCode: "p1", pictureDownloadCode: "p1" }]
    }
  },
  {
    name: "image",
    chats: everywhere,
    payload: { msgtype: "image", content: { downloadCode: "d1" } },
    expected: { _tag: "Picture", msgtype: "image", media: [image("d1")] }
  },
  {
    name: "video (seconds, as a string)",
    chats: ["direct"],
    payload: { msgtype: "video", content: { duration: "5", videoType: "mp4", downloadCode: "v1" } },
    expected: {
      _tag: "Video",
      text: "",
      video: { ...noMedia, kind: "video", downloadCode: "v1", durationMs: 5_000, videoType: "mp4" },
      media: [{ ...noMedia, kind: "video", downloadCode: "v1", durationMs: 5_000, videoType: "mp4" }]
    }
  },
  {
    name: "audio (milliseconds)",
    chats: ["direct"],
    payload: { msgtype: "audio", content: { duration: 4_000, downloadCode: "a1", recognition: "钉钉，让进步发生" } },
    expected: {
      _tag: "Audio",
      text: "钉钉，让进步发生",
      recognition: "钉钉，让进步发生",
      audio: { ...noMedia, kind: "audio", downloadCode: "a1", durationMs: 4_000, recognition: "钉钉，让进步发生" },
      media: [
        { ...noMedia, kind: "audio", downloadCode: "a1", durationMs: 4_000, recognition: "钉钉，让进步发生" }
      ]
    }
  },
  {
    name: "audio that was not understood",
    chats: ["direct"],
    payload: { msgtype: "audio", content: { downloadCode: "a1" } },
    expected: { _tag: "Audio", text: "", recognition: undefined }
  },
  {
    name: "audio in its older form",
    chats: ["direct"],
    payload: { msgtype: "audio", audio: { recognition: "早上好" } },
    expected: { _tag: "Audio", text: "早上好", media: [] }
  },
  {
    name: "file",
    chats: ["direct"],
    payload: {
      msgtype: "file",
      content: { spaceId: "774", fileName: "计划.xlsx", downloadCode: "f1", fileId: "990" }
    },
    expected: {
      _tag: "File",
      text: "",
      file: {
        ...noMedia,
        kind: "file",
        downloadCode: "f1",
        fileName: "计划.xlsx",
        spaceId: "774",
        fileId: "990"
      }
    }
  },
  {
    name: "richText with every sort of piece",
    chats: everywhere,
    payload: {
      msgtype: "richText",
      content: {
        richText: [
          { type: "at", atName: "助手", atUserId: "$:LWCP_v1:$robot" },
          { text: " 请" },
          { type: "at", atName: "鲍勃", atUserId: "$:LWCP_v1:$bob" },
          { text: "看" },
          { type: "picture", downloadCode: "d1", pictureDownloadCode: "p1" },
          { text: "\n" },
          { pictureUrl: "https://static.example.com/a.png" },
          { type: "voice", downloadCode: "a1" },
          { text: "谢谢 " },
          { type: "skill", skillData: { skillId: "s1", displayName: "翻译", iconUrl: "https://static.example.com/i" } },
          { type: "hologram", depth: 3 }
        ]
      }
    },
    expected: {
      _tag: "RichText",
      text: "请@鲍勃看\n谢谢",
      media: [
        { ...noMedia, kind: "image", downloadCode: "d1", pictureDownloadCode: "p1" },
        { ...noMedia, kind: "image", url: "https://static.example.com/a.png" },
        { ...noMedia, kind: "audio", downloadCode: "a1" }
      ],
      pieces: [
        { _tag: "At", text: "@助手", name: "助手", userId: "$:LWCP_v1:$robot" },
        { _tag: "Text", text: " 请", url: undefined },
        { _tag: "At", text: "@鲍勃", name: "鲍勃", userId: "$:LWCP_v1:$bob" },
        { _tag: "Text", text: "看", url: undefined },
        { _tag: "Media", media: { ...noMedia, kind: "image", downloadCode: "d1", pictureDownloadCode: "p1" } },
        { _tag: "Text", text: "\n", url: undefined },
        { _tag: "Media", media: { ...noMedia, kind: "image", url: "https://static.example.com/a.png" } },
        { _tag: "Media", media: { ...noMedia, kind: "audio", downloadCode: "a1" } },
        { _tag: "Text", text: "谢谢 ", url: undefined },
        { _tag: "Skill", skillId: "s1", name: "翻译", iconUrl: "https://static.example.com/i" },
        { _tag: "Unknown", type: "hologram", raw: { type: "hologram", depth: 3 } }
      ]
    }
  },
  {
    name: "richText of pictures alone",
    chats: everywhere,
    payload: {
      msgtype: "richText",
      content: { richText: [{ type: "picture", downloadCode: "d1" }, { type: "picture", downloadCode: "d2" }] }
    },
    expected: { _tag: "RichText", text: "", media: [image("d1"), image("d2")] }
  },
  {
    name: "richText under its older key",
    chats: everywhere,
    payload: { msgtype: "richText", richText: { richTextList: [{ text: "老" }, { text: "格式" }] } },
    expected: { _tag: "RichText", text: "老格式" }
  },
  {
    name: "interactiveCard of a file",
    chats: everywhere,
    payload: { msgtype: "interactiveCard", content: { title: "计划.xlsx", biz_custom_action_url: documentUrl } },
    expected: {
      _tag: "InteractiveCard",
      text: "计划.xlsx",
      title: "计划.xlsx",
      url: documentUrl,
      media: [{ ...noMedia, kind: "file", fileName: "计划.xlsx", spaceId: "774", fileId: "990" }]
    }
  },
  {
    name: "interactiveCard with a link to somewhere else",
    chats: everywhere,
    payload: { msgtype: "interactiveCard", content: { biz_custom_action_url: "https://example.com/?fileId=1" } },
    expected: { _tag: "InteractiveCard", text: "", url: "https://example.com/?fileId=1", media: [] }
  },
  {
    name: "card",
    chats: everywhere,
    payload: {
      msgtype: "card",
      card: { title: "周报", content: "{\"docUrl\":\"https://alidocs.dingtalk.com/i/nodes/1\"}" }
    },
    expected: { _tag: "Card", text: "周报", title: "周报", url: "https://alidocs.dingtalk.com/i/nodes/1", media: [] }
  },
  {
    name: "actionCard",
    chats: everywhere,
    payload: { msgtype: "actionCard", content: { title: "审批", text: "### 请审批" } },
    expected: { _tag: "ActionCard", text: "### 请审批", title: "审批" }
  },
  {
    name: "markdown at the top level",
    chats: everywhere,
    payload: { msgtype: "markdown", markdown: { title: "公告", text: "# 公告" } },
    expected: { _tag: "Markdown", text: "# 公告", title: "公告" }
  },
  {
    name: "chatRecord with a list",
    chats: everywhere,
    payload: {
      msgtype: "chatRecord",
      content: {
        title: "群聊的聊天记录",
        summary: "张三: 好",
        records: [
          { senderName: "张三", content: "好", createAt: "1698558703000" },
          { senderNick: "李四", text: { content: "收到" } },
          { message: "……" },
          17
        ]
      }
    },
    expected: {
      _tag: "ChatRecord",
      text: "张三: 好\n李四: 收到\n……",
      title: "群聊的聊天记录",
      summary: "张三: 好",
      entries: [
        { ...noEntry, senderName: "张三", text: "好", createdAt: 1_698_558_703_000 },
        { ...noEntry, senderName: "李四", text: "收到" },
        { ...noEntry, text: "……" }
      ]
    }
  },
  {
    name: "chatRecord with a list that is a string",
    chats: everywhere,
    payload: { msgtype: "chatRecord", content: { chatRecord: "[{\"senderNick\":\"张三\",\"content\":\"好\"}]" } },
    expected: { _tag: "ChatRecord", text: "张三: 好" }
  },
  {
    name: "chatRecord with an empty summary",
    chats: everywhere,
    payload: { msgtype: "chatRecord", content: { title: "聊天记录", summary: "[]" } },
    expected: { _tag: "ChatRecord", text: "聊天记录", summary: undefined, entries: [] }
  },
  {
    name: "reply",
    chats: everywhere,
    payload: { msgtype: "reply", originalMsgId: "msgOld==" },
    expected: {
      _tag: "Reply",
      text: "",
      quote: {
        _tag: "Reference",
        messageId: "msgOld==",
        processQueryKey: undefined,
        outTrackId: undefined,
        msgtype: undefined,
        senderId: undefined,
        senderName: undefined,
        createdAt: undefined
      }
    }
  },
  {
    name: "unknownMsgType",
    chats: everywhere,
    payload: { msgtype: "unknownMsgType", content: { unknownMsgType: "暂不支持的消息类型" }, ai_robot_sessionid: "" },
    expected: { _tag: "Unknown", msgtype: "unknownMsgType", text: "暂不支持的消息类型" }
  },
  {
    name: "a msgtype of the future",
    chats: everywhere,
    payload: { msgtype: "hologram", content: { downloadCode: "h1", depth: 3 } },
    expected: {
      _tag: "Unknown",
      msgtype: "hologram",
      text: "",
      media: [{ ...noMedia, kind: "file", downloadCode: "h1" }]
    }
  },
  {
    name: "no msgtype but a text",
    chats: everywhere,
    payload: { text: { content: "你好" } },
    expected: { _tag: "Text", msgtype: "text", text: "你好" }
  }
]

const assertHas = (message: Message.Message, expected: Payload): void => {
  const actual = new Map<string, unknown>(Object.entries(message))
  for (const [key, value] of Object.entries(expected)) assert.deepStrictEqual(actual.get(key), value, key)
}

describe("Message", () => {
  describe("common fields", () => {
    it("F01 in a group the chat is the conversation, the sender the staff id, the name the nickname", () => {
      const message = expectMessage({ ...group, ...text("你好") })
      assertHas(message, {
        accountId: "default",
        messageId: "msgAbC==",
        conversationId: "cidXyZ==",
        conversationTitle: "研发群",
        chatId: "cidXyZ==",
        chatType: "group",
        senderId: "manager42",
        senderStaffId: "manager42",
        senderDingTalkId: "$:LWCP_v1:$alice",
        senderName: "艾丽丝",
        senderCorpId: "dingcorp",
        isAdmin: true,
        isFromSelf: false,
        mentioned: true,
        atUsers: [
          { dingTalkId: "$:LWCP_v1:$robot", staffId: undefined },
          { dingTalkId: "$:LWCP_v1:$bob", staffId: "bob" }
        ],
        msgtype: "text",
        createdAt: 1_698_558_703_123,
        robotCode: "dingabc",
        sessionWebhookExpiresAt: 1_698_564_103_123,
        hostingContext: undefined,
        conversationMsgContext: []
      })
      assert.isFalse(expectMessage({ ...group, ...text("你好"), isInAtList: false }).mentioned)
      assert.isFalse(expectMessage({ ...omit(group, "isInAtList"), ...text("你好") }).mentioned)
    })

    it("F02 in a direct chat the chat is the staff id, never the conversation", () => {
      const message = expectMessage({ ...direct, ...text("你好") })
      assertHas(message, { chatType: "direct", chatId: "manager42", conversationId: "cidXyZ==" })
    })

    it("F05 without a staff id the chat is the sender's id, without both the conversation", () => {
      const outsider = expectMessage({ ...omit(direct, "senderStaffId"), ...text("你好") })
      assertHas(outsider, {
        chatId: "$:LWCP_v1:$alice",
        senderId: "$:LWCP_v1:$alice",
        senderStaffId: undefined
      })
      const blank = expectMessage({ ...direct, senderStaffId: "", ...text("你好") })
      assert.strictEqual(blank.chatId, "$:LWCP_v1:$alice")
      const nobody = expectMessage({ ...omit(direct, "senderStaffId", "senderId"), ...text("你好") })
      assertHas(nobody, { chatId: "cidXyZ==", senderId: "", isFromSelf: false })
    })

    it("F06 in a group the chat is the conversation, even for people outside the organisation", () => {
      const message = expectMessage({ ...omit(group, "senderStaffId"), ...text("你好") })
      assertHas(message, { chatId: "cidXyZ==", senderId: "$:LWCP_v1:$alice" })
    })

    it("has defaults for what is missing", () => {
      const message = expectMessage({
        ...omit(
          direct,
          "senderNick",
          "conversationType",
          "msgId",
          "robotCode",
          "createAt",
          "sessionWebhook",
          "isAdmin"
        ),
        ...text("你好"),
        isInAtList: true
      })
      assertHas(message, {
        senderName: "manager42",
        chatType: "direct",
        mentioned: false,
        messageId: "frame-1",
        robotCode: "dingrobot",
        createdAt: undefined,
        sessionWebhook: undefined,
        conversationTitle: undefined,
        isAdmin: false,
        atUsers: []
      })
    })

    it("takes times as numbers, as strings and under a misspelt name", () => {
      const from = (fields: Payload) =>
        expectMessage({ ...omit(direct, "createAt"), ...text("你好"), ...fields }).createdAt
      assert.strictEqual(from({ createAt: "1698558703123" }), 1_698_558_703_123)
      assert.strictEqual(from({ createA: 1_698_558_703_123 }), 1_698_558_703_123)
      assert.strictEqual(from({ createAt: "yesterday" }), undefined)
      assert.strictEqual(from({ createAt: -1 }), undefined)
      assert.strictEqual(from({ createAt: Number.POSITIVE_INFINITY }), undefined)
    })

    it("knows the robot's own messages", () => {
      const message = expectMessage({ ...group, ...text("你好"), senderId: "$:LWCP_v1:$robot" })
      assert.isTrue(message.isFromSelf)
      assert.isFalse(expectMessage({ ...group, ...text("你好"), senderId: "", chatbotUserId: "" }).isFromSelf)
    })

    it("reads the context of delegated messages", () => {
      const message = expectMessage({
        ...direct,
        ...text("你好"),
        hostingContext: { userId: "host1", nick: "主人" },
        conversationMsgContext: [
          { readStatus: "2", senderUserId: "u1", sendTime: "1698558703123" },
          { readStatus: "1", senderUserId: "u2" }
        ]
      })
      assertHas(message, {
        hostingContext: { userId: "host1", nick: "主人" },
        conversationMsgContext: [
          { isRead: true, senderUserId: "u1", sentAt: 1_698_558_703_123 },
          { isRead: false, senderUserId: "u2", sentAt: undefined }
        ]
      })
    })
  })

  describe("every msgtype", () => {
    for (const { chats, expected, name, payload } of cases) {
      for (const chat of chats) {
        it(`${name}, ${chat}`, () => {
          const envelope = chat === "group" ? group : direct
          const message = expectMessage({ ...envelope, ...payload })
          assertHas(message, { chatType: chat, messageId: "msgAbC==", ...expected })
        })
      }
      if (payload["content"] !== undefined) {
        it(`${name}, its content a string of JSON`, () => {
          const asObject = expectMessage({ ...direct, ...payload })
          const asString = expectMessage({ ...direct, ...payload, content: JSON.stringify(payload["content"]) })
          const { raw: _, sessionWebhook: _1, ...expectedFields } = asObject
          assertHas(asString, expectedFields)
        })
      }
    }
  })

  describe("what is no message", () => {
    it("F08 a text without a word or a quote says nothing", () => {
      const silent: ReadonlyArray<Payload> = [
        text(""),
        text(" \u2005\n"),
        { msgtype: "text" },
        { msgtype: "text", text: 17 },
        { msgtype: "richText", content: { richText: [{ text: "" }, { text: "\n" }] } },
        {
          msgtype: "richText",
          content: { richText: [{ text: " " }, { type: "at", atName: "助手", atUserId: shared.chatbotUserId }] }
        }
      ]
      for (const payload of silent) {
        for (const envelope of [group, direct]) {
          assert.deepStrictEqual(
            Message.decode(account, { ...envelope, ...payload }, "frame-1"),
            { _tag: "Nothing" },
            JSON.stringify(payload)
          )
        }
      }
    })

    it("something that can't be read is a message even so", () => {
      const unreadable: ReadonlyArray<readonly [Message.Message["_tag"], Payload]> = [
        ["Picture", { msgtype: "picture", content: {} }],
        ["Picture", { msgtype: "picture" }],
        ["Audio", { msgtype: "audio", content: { duration: 4_000 } }],
        ["File", { msgtype: "file", content: "not json" }],
        ["RichText", { msgtype: "richText", content: { richText: [] } }],
        ["Markdown", { msgtype: "markdown", content: {} }],
        ["ChatRecord", { msgtype: "chatRecord", content: { summary: "[]" } }],
        ["InteractiveCard", { msgtype: "interactiveCard", content: {} }],
        ["Reply", { msgtype: "reply" }]
      ]
      for (const [kind, payload] of unreadable) {
        for (const envelope of [group, direct]) {
          const message = expectMessage({ ...envelope, ...payload })
          assert.strictEqual(message._tag, kind)
          assert.deepStrictEqual(message.media, [])
        }
      }
    })

    it("F08 an unknown msgtype is a message even so", () => {
      for (const payload of [{ msgtype: "hologram" }, { msgtype: "unknownMsgType", content: {} }, {}]) {
        assert.strictEqual(expectMessage({ ...group, ...payload })._tag, "Unknown")
      }
    })

    it("F08 a quote without a word is a message", () => {
      const message = expectMessage({ ...group, ...text(""), originalMsgId: "msgOld==" })
      assert.strictEqual(message._tag, "Text")
    })

    it("says why a payload can't be read, without repeating it", () => {
      for (const payload of [undefined, null, 17, "secret", ["secret"], true]) {
        assert.deepStrictEqual(Message.decode(account, payload, "frame-1"), {
          _tag: "Undecodable",
          reason: "notAnObject"
        })
      }
      const nowhere = [{}, { msgtype: "text", text: { content: "secret" } }, { ...omit(group, "conversationId") }]
      for (const payload of nowhere) {
        assert.deepStrictEqual(Message.decode(account, payload, "frame-1"), {
          _tag: "Undecodable",
          reason: "noConversation"
        })
      }
    })
  })

  describe("the session webhook", () => {
    it("is at hand, and shown by nothing", () => {
      const payload = { ...group, ...text("你好") }
      const message = expectMessage(payload)
      assert.strictEqual(
        message.sessionWebhook && Redacted.value(SessionWebhookUrl.redacted(message.sessionWebhook)),
        webhook
      )
      for (
        const shown of [JSON.stringify(message), inspect(message, { depth: 10, showHidden: true }), String(message)]
      ) {
        assert.notInclude(shown, "5ec2e7")
      }
      assert.strictEqual(message.raw["sessionWebhook"], "<redacted>")
      assert.strictEqual(payload["sessionWebhook"], webhook, "the payload itself must not change")
    })

    it("is blacked out of the payload wherever it stands in it", () => {
      const hook = "https://hooks.example.com/session/5ec2e7"
      const inner = { sessionWebhook: hook, note: "kept" }
      const nested: ReadonlyArray<Payload> = [
        { msgtype: "hologram", content: { forwarded: [inner] } },
        { msgtype: "hologram", content: JSON.stringify({ forwarded: inner }) },
        { msgtype: "hologram", content: { inner: JSON.stringify({ again: JSON.stringify(inner) }) } },
        { msgtype: "hologram", session_webhook: hook },
        { msgtype: "hologram", content: { replyUrl: webhook, asJson: JSON.stringify({ replyUrl: webhook }) } },
        { msgtype: "richText", content: { richText: [{ type: "hologram", ...inner }] } },
        {
          msgtype: "chatRecord",
          content: { chatRecord: JSON.stringify([{ ...inner, content: JSON.stringify(inner) }]) }
        },
        { ...text("看"), quoteMessage: { msgtype: "hologram", content: inner } }
      ]
      for (const payload of nested) {
        const message = expectMessage({ ...group, ...payload })
        assert.notInclude(JSON.stringify(message), "5ec2e7")
        assert.include(inspect(message, { depth: 20 }), "redacted")
        assert.strictEqual(message.sessionWebhook === undefined, false)
      }
      const [first = {}] = nested
      assert.deepStrictEqual(expectMessage({ ...group, ...first }).raw["content"], {
        forwarded: [{ sessionWebhook: "<redacted>", note: "kept" }]
      })
      assert.include(JSON.stringify(first), hook, "the payload itself must not change")
    })

    it("that somebody writes is their words", () => {
      assert.strictEqual(expectMessage({ ...group, ...text(webhook) }).text, webhook)
    })

    it("is not shown by the schema's error either", () => {
      const encoded = Schema.encodeSync(Message.Message)(expectMessage({ ...group, ...text("你好") }))
      const broken: unknown = { ...encoded, sessionWebhook: { url: webhook } }
      const result = Schema.decodeUnknownEither(Message.Message)(broken)
      assert.strictEqual(result._tag, "Left")
      assert.include(String(result), "expected a webhook URL")
      assert.notInclude(String(result), "5ec2e7")
    })
  })

  describe("raw", () => {
    it.prop(
      "keeps fields that are unknown",
      [FastCheck.dictionary(FastCheck.string().map((key) => `x-${key}`), FastCheck.jsonValue())],
      ([extra]) => {
        const { raw } = expectMessage({ ...group, ...text("你好"), ...extra })
        for (const [key, value] of Object.entries(extra)) assert.deepStrictEqual(raw[key], value)
      }
    )

    it("is cut off where it is nested too deeply to be gone through", () => {
      const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
      for (
        const body of [
          { ...text("你好"), extra: deep },
          { msgtype: "chatRecord", content: { chatRecord: deep } },
          { msgtype: "interactiveCard", content: { cardContent: deep } },
          { msgtype: "richText", content: { richText: deep } },
          { ...text("你好"), quoteMessage: { content: deep } }
        ]
      ) {
        assert.include(JSON.stringify(expectMessage({ ...group, ...body })), "<too deep>")
      }
      const pieces = `{"richText":[{"type":"new","deep":${"[".repeat(20_000) + "]".repeat(20_000)}}]}`
      assert.doesNotThrow(() => JSON.stringify(expectMessage({ ...group, msgtype: "richText", content: pieces })))
    })

    it("is not deceived by keys that name a prototype", () => {
      const poison: unknown = JSON.parse(
        `{"__proto__":{"isAdmin":true,"senderStaffId":"boss"},"constructor":{"prototype":{"isAdmin":true}},
          "conversationId":"cid1","senderId":"u","msgtype":"__proto__","sessionWebhook":"x",
          "content":"{\\"__proto__\\":{\\"text\\":\\"hi\\"}}","atUsers":[{"__proto__":{"staffId":"boss"}}]}`
      )
      const message = expectMessage(poison)
      assertHas(message, {
        _tag: "Unknown",
        isAdmin: false,
        senderStaffId: undefined,
        text: "",
        atUsers: [{ dingTalkId: undefined, staffId: undefined }]
      })
      assert.isTrue(Object.hasOwn(message.raw, "__proto__"))
      assert.strictEqual(Object.getPrototypeOf(message.raw), Object.prototype)
      assert.notProperty({}, "isAdmin")
    })
  })

  describe("properties", () => {
    const json = FastCheck.jsonValue()
    const oddly = (usual: FastCheck.Arbitrary<unknown>) =>
      FastCheck.oneof(
        { arbitrary: usual, weight: 6 },
        { arbitrary: json, weight: 1 },
        { arbitrary: usual.map((value) => JSON.stringify(value)), weight: 1 }
      )
    const word = FastCheck.string()
    const piece = FastCheck.record({
      type: oddly(FastCheck.constantFrom("picture", "at", "skill", "voice", "text", "new")),
      text: oddly(word),
      downloadCode: oddly(word),
      atName: oddly(word),
      skillData: oddly(FastCheck.record({ skillId: json }))
    }, { requiredKeys: [] })
    const content = oddly(FastCheck.record({
      text: oddly(word),
      content: oddly(word),
      title: oddly(word),
      summary: oddly(word),
      recognition: oddly(word),
      downloadCode: oddly(word),
      pictureDownloadCode: oddly(word),
      duration: oddly(FastCheck.double()),
      fileName: oddly(word),
      richText: oddly(FastCheck.array(piece)),
      records: oddly(FastCheck.array(oddly(FastCheck.record({ senderName: json, content: json })))),
      biz_custom_action_url: oddly(FastCheck.webUrl({ withQueryParameters: true })),
      isReplyMsg: oddly(FastCheck.boolean()),
      repliedMsg: json,
      quoteContent: json
    }, { requiredKeys: [] }))
    const quoted = oddly(
      FastCheck.record({ msgType: json, msgId: json, createdAt: json, content }, { requiredKeys: [] })
    )
    const payloads = FastCheck.record({
      msgId: oddly(word),
      msgtype: oddly(FastCheck.oneof(
        FastCheck.constantFrom(...cases.map((entry) => entry.payload["msgtype"])),
        word
      )),
      conversationType: oddly(FastCheck.constantFrom("1", "2")),
      conversationId: oddly(FastCheck.constantFrom("cid1", "cid2")),
      conversationTitle: oddly(word),
      isInAtList: oddly(FastCheck.boolean()),
      atUsers: oddly(FastCheck.array(oddly(FastCheck.record({ dingtalkId: json, staffId: json })))),
      senderId: oddly(FastCheck.constantFrom("u1", "robot")),
      senderStaffId: oddly(FastCheck.constantFrom("s1", "")),
      senderNick: oddly(word),
      chatbotUserId: oddly(FastCheck.constant("robot")),
      createAt: oddly(FastCheck.maxSafeNat()),
      sessionWebhook: oddly(word),
      sessionWebhookExpiredTime: oddly(FastCheck.double()),
      hostingContext: oddly(FastCheck.record({ userId: json, nick: json })),
      conversationMsgContext: oddly(FastCheck.array(json)),
      originalMsgId: oddly(word),
      quoteMessage: quoted,
      text: oddly(
        FastCheck.record({ content: oddly(word), isReplyMsg: json, repliedMsg: quoted }, { requiredKeys: [] })
      ),
      content,
      card: content,
      richText: content
    }, { requiredKeys: [] })

    it.prop("decoding never throws, whatever JSON comes", [FastCheck.oneof(json, payloads)], ([data]) => {
      assert.include(["Decoded", "Nothing", "Undecodable"], Message.decode(account, data, "frame-1")._tag)
    }, { fastCheck: { numRuns: 200 } })

    it.prop("what is decoded satisfies the schema", [payloads], ([data]) => {
      const result = Message.decode(account, data, "frame-1")
      FastCheck.pre(result._tag === "Decoded")
      if (result._tag === "Decoded") assert.isTrue(isMessage(result.value))
    }, { fastCheck: { numRuns: 200 } })

    it.prop("what is decoded survives being stored as JSON", [payloads], ([data]) => {
      const result = Message.decode(account, JSON.parse(JSON.stringify(data)), "frame-1")
      FastCheck.pre(result._tag === "Decoded")
      if (result._tag !== "Decoded") return
      const stored = JSON.stringify(Schema.encodeSync(Message.Message)(result.value))
      const restored = Schema.decodeUnknownSync(Message.Message)(JSON.parse(stored))
      assert.deepStrictEqual(restored, result.value)
      const secretOf = (message: Message.Message) =>
        message.sessionWebhook && Redacted.value(SessionWebhookUrl.redacted(message.sessionWebhook))
      assert.strictEqual(secretOf(restored), secretOf(result.value))
    })

    it.prop("any message of the schema can be encoded and decoded", [Message.Message], ([message]) => {
      const encoded = Schema.encodeSync(Message.Message)(message)
      assert.isTrue(isMessage(Schema.decodeUnknownSync(Message.Message)(encoded)))
    })

    it.prop("F07 the chat id is that of the routing rule", [payloads], ([data]) => {
      const result = Message.decode(account, data, "frame-1")
      FastCheck.pre(result._tag === "Decoded")
      if (result._tag !== "Decoded") return
      assert.strictEqual(result.value.chatId, Message.chatIdOf(result.value))
      assert.notStrictEqual(result.value.chatId, "")
    })

    const routing = ["conversationId", "conversationType", "senderId", "senderStaffId", "msgtype", "text"]
    const spoilable = Object.keys({
      ...group,
      hostingContext: 0,
      conversationMsgContext: 0,
      quoteMessage: 0,
      content: 0
    })
      .filter((key) => !routing.includes(key))
    it.prop("a broken field never loses the message", [FastCheck.constantFrom(...spoilable), json], ([key, junk]) => {
      const message = expectMessage({ ...group, ...text("你好"), [key]: junk })
      assertHas(message, { _tag: "Text", text: "你好", chatId: "cidXyZ==", senderId: "manager42" })
    })
  })
})
