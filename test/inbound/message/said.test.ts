/** What people said to robots of this kind, and what must be read of it. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as Lines from "../../../src/cli/listen/lines.ts"
import * as Message from "../../../src/inbound/message/Message.ts"

interface Expectation {
  readonly equals?: unknown
  readonly contains?: ReadonlyArray<unknown>
  readonly excludes?: ReadonlyArray<unknown>
}

interface Said {
  readonly name: string
  /** The fields that matter, over those of a usual group message. */
  readonly message: { readonly [key: string]: unknown }
  /** By path; a path through a list is the field of each of its elements. */
  readonly expect: { readonly [path: string]: Expectation }
}

const usual = {
  msgId: "msgAbC==",
  conversationId: "cidXyZ==",
  conversationType: "1",
  senderId: "$:LWCP_v1:$alice",
  senderStaffId: "manager42",
  senderNick: "艾丽丝",
  chatbotUserId: "$:LWCP_v1:$robot",
  robotCode: "dingabc",
  createAt: 1_698_558_703_123,
  msgtype: "text"
}

const robotAlone = { conversationType: "2", isInAtList: true, atUsers: [{ dingtalkId: "$:LWCP_v1:$robot" }] }

const rich = (...richText: ReadonlyArray<unknown>) => ({ msgtype: "richText", content: { richText } })

const quoting = (repliedMsg: unknown) => ({ text: { content: "hi", isReplyMsg: true, repliedMsg } })

const record = (chatRecord: unknown, more: object = {}) => ({
  msgtype: "chatRecord",
  content: { chatRecord: JSON.stringify(chatRecord), ...more }
})

const picked = (value: unknown, [field, ...rest]: ReadonlyArray<string>): unknown => {
  if (field === undefined) return value
  if (Array.isArray(value)) {
    return field === "length" ? value.length : value.map((item) => picked(item, [field, ...rest]))
  }
  return typeof value === "object" && value !== null ? picked(Reflect.get(value, field), rest) : undefined
}

const has = (found: unknown, part: unknown): boolean =>
  Array.isArray(found) ? found.includes(part) : typeof found === "string" && found.includes(String(part))

const check = ({ expect, message }: Said) => {
  const result = Message.decode({ id: "default", robotCode: "r" }, { ...usual, ...message }, "frame-1")
  if (result._tag !== "Decoded") return assert.fail(`nothing arrived: ${JSON.stringify(result)}`)
  assert.isTrue(Schema.is(Message.Message)(result.value), "does not satisfy its schema")
  const line: unknown = JSON.parse(Lines.message(result.value))
  for (const [path, expectation] of Object.entries(expect)) {
    const found = picked(line, path.split("."))
    if ("equals" in expectation) assert.deepStrictEqual(found, expectation.equals, path)
    for (const part of expectation.contains ?? []) assert.isTrue(has(found, part), `${path}: ${String(found)}`)
    for (const part of expectation.excludes ?? []) assert.isFalse(has(found, part), `${path}: ${String(found)}`)
  }
}

const fixtures: ReadonlyArray<Said> = JSON.parse(
  readFileSync(new URL("./fixtures/said.json", import.meta.url), "utf8")
)

describe("cases from the field", () => {
  for (const said of fixtures) it(said.name, () => check(said))
})

const tree = (...children: ReadonlyArray<unknown>) => ({ elementType: "VIEW", children })

const card = (content: unknown) => quoting({ msgId: "msgQ==", msgType: "interactiveCard", content })

const relatives: ReadonlyArray<Said> = [
  ...["VOICE", "Voice", "audio"].map((msgtype): Said => ({
    name: `an audio called ${msgtype}`,
    message: { msgtype, content: { downloadCode: "v", recognition: "你好" } },
    expect: { kind: { equals: "Audio" }, text: { equals: "你好" }, "media.kind": { equals: ["audio"] } }
  })),
  ...["Picture", "image", "IMAGE"].map((msgtype): Said => ({
    name: `a picture called ${msgtype}`,
    message: { msgtype, content: { downloadCode: "p" } },
    expect: { kind: { equals: "Picture" }, "media.kind": { equals: ["image"] }, msgtype: { equals: msgtype } }
  })),
  ...["rich_text", "RichText", "richtext"].map((msgtype): Said => ({
    name: `a rich text called ${msgtype}`,
    message: { msgtype, content: { richText: [{ text: "a" }, { Type: 1, type: "Image", downloadCode: "p" }] } },
    expect: { kind: { equals: "RichText" }, text: { equals: "a" }, "media.kind": { equals: ["image"] } }
  })),
  {
    name: "a chat record called chat_record",
    message: { msgtype: "chat_record", content: { chatRecord: [{ msgType: "Voice", downloadCode: "v" }] } },
    expect: { kind: { equals: "ChatRecord" }, "media.kind": { equals: ["audio"] }, text: { equals: "[语音]" } }
  },
  {
    name: "an alias beside the text, in the older form",
    message: { msgtype: "voice", audio: { recognition: "早" } },
    expect: { kind: { equals: "Audio" }, text: { equals: "早" } }
  },
  {
    name: "a quoted picture in capitals",
    message: quoting({ msgType: "Picture", content: { downloadCode: "p" } }),
    expect: { "quote.media.kind": { equals: ["image"] } }
  },
  {
    name: "a quoted voice",
    message: quoting({ msgType: "voice", content: { downloadCode: "v", recognition: "开会" } }),
    expect: { "quote.media.kind": { equals: ["audio"] }, "quote.text": { equals: "开会" } }
  },
  {
    name: "a quoted card, an element of the future among others",
    message: card({
      cardContent: tree(
        { elementType: "HOLOGRAM", text: "标题", style: { content: "bold" } },
        { elementType: "IMAGE", value: "https://example.com/a.png" },
        { elementType: "ROW", items: [{ label: "甲", id: "x1" }, { content: "乙" }, { value: 3 }] },
        { elementType: "BUTTON", text: "同意", action: { text: "callback" } }
      )
    }),
    expect: {
      "quote.text": { equals: "标题\n甲\n乙\n3\n同意" },
      "quote.media.url": { equals: ["https://example.com/a.png"] }
    }
  },
  {
    name: "a quoted card, wrapped three times",
    message: card(
      JSON.stringify(
        JSON.stringify({ cardContent: JSON.stringify(tree({ value: JSON.stringify(tree({ text: "深" })) })) })
      )
    ),
    expect: { "quote.text": { equals: "深" } }
  },
  {
    name: "a quoted card that is its tree",
    message: card(tree({ elementType: "TEXT", value: "甲" }, { elementType: "TEXT", content: "乙" })),
    expect: { "quote.text": { equals: "甲\n乙" } }
  },
  {
    name: "a quoted card that is a list of elements",
    message: card({ cardContent: [{ elementType: "TEXT", value: "甲" }, { elementType: "TEXT", value: "{\"a\":1}" }] }),
    expect: { "quote.text": { equals: "甲\n{\"a\":1}" } }
  },
  {
    name: "a quoted card, its content beside the rest",
    message: quoting({ msgType: "interactiveCard", cardContent: "纯文字" }),
    expect: { "quote.text": { equals: "纯文字" } }
  },
  {
    name: "a quoted card of variables, as strings of JSON",
    message: card({
      cardData: JSON.stringify({
        cardParamMap: JSON.stringify({
          title: "审批",
          amount: "3000",
          flowStatus: "3",
          iconUrl: "https://example.com/i.png",
          done: "true",
          buttons: "[{\"text\":\"同意\",\"actionType\":\"callback\"}]",
          sys_full_json_obj: "{\"order\":[\"msgContent\"],\"msgContent\":\"全文\"}"
        })
      })
    }),
    expect: {
      "quote.text": {
        contains: ["审批", "3000", "同意", "全文"],
        excludes: ["https://", "true", "callback", "order", "\n3\n"]
      }
    }
  },
  {
    name: "a quoted card of a title and Markdown",
    message: card({ title: "周报", markdown: "- 一切正常" }),
    expect: { "quote.text": { equals: "周报\n- 一切正常" }, "quote.title": { equals: "周报" } }
  },
  {
    name: "a quoted message of a type that is not supported",
    message: quoting({ msgType: "unknownMsgType", content: { unknownMsgType: "暂不支持该消息" } }),
    expect: { "quote.text": { equals: "暂不支持该消息" } }
  },
  {
    name: "a quoted text that looks like JSON",
    message: quoting({ msgType: "text", content: "{\"a\":1}" }),
    expect: { "quote.text": { equals: "{\"a\":1}" } }
  },
  {
    name: "a quoted record",
    message: quoting({
      msgType: "chatRecord",
      content: {
        chatRecord: [{ msgType: "picture", content: { downloadCode: "p" } }, { content: "好", senderName: "乙" }]
      }
    }),
    expect: { "quote.text": { equals: "[图片]\n乙: 好" }, "quote.media.downloadCode": { equals: ["p"] } }
  },
  ...["\u00a0", "\u2005", "\u3000", " ", "\u200b"].flatMap((blank): ReadonlyArray<Said> => [
    {
      name: `the robot's mention and U+${blank.charCodeAt(0).toString(16)}, in a text`,
      message: { ...robotAlone, text: { content: `@小助手${blank}/new a` } },
      expect: { text: { equals: "/new a" } }
    },
    {
      name: `the robot's mention and U+${blank.charCodeAt(0).toString(16)}, in a rich text`,
      message: { ...robotAlone, ...rich({ text: `@小助手${blank}/new` }, { text: " a" }) },
      expect: { text: { equals: "/new a" } }
    },
    {
      name: `the robot's mention and U+${blank.charCodeAt(0).toString(16)}, in two pieces`,
      message: { ...robotAlone, ...rich({ type: "at", text: `@小助手${blank}` }, { text: `${blank}/new` }) },
      expect: { text: { equals: "/new" } }
    }
  ]),
  {
    name: "the robot's mention that DingTalk has cut out: what else is written stays",
    message: { ...robotAlone, text: { content: " @张三 你好" } },
    expect: { text: { equals: "@张三 你好" } }
  },
  {
    name: "a mention of others: all stay that can't be told apart",
    message: {
      ...robotAlone,
      atUsers: [...robotAlone.atUsers, { dingtalkId: "$:u2", staffId: "u2" }],
      text: { content: "@李四 你好" }
    },
    expect: { text: { equals: "@李四 你好" } }
  },
  {
    name: "the robot's mention is the one that is left when all others are named",
    message: {
      ...robotAlone,
      atUsers: [...robotAlone.atUsers, { dingtalkId: "$:u2", staffId: "u2" }],
      ...rich({ type: "at", atName: "小助手" }, { text: " 问 " }, { type: "at", atUserId: "u2" }, { text: "吧" })
    },
    expect: { text: { equals: "问 @u2吧" } }
  },
  {
    name: "a mention in a direct chat is no robot's",
    message: rich({ type: "at", atName: "李四" }, { text: " 你好" }),
    expect: { text: { equals: "@李四 你好" } }
  },
  {
    name: "a mention between two words leaves a blank",
    message: { ...robotAlone, ...rich({ text: "/" }, { type: "at", atName: "小助手" }, { text: "stop" }) },
    expect: { text: { equals: "/ stop" } }
  },
  {
    name: "a mention between two blanks leaves one",
    message: { ...robotAlone, ...rich({ text: "请 " }, { type: "at", atName: "小助手" }, { text: " 看" }) },
    expect: { text: { equals: "请 看" } }
  },
  {
    name: "a mention written as a piece of its own, in the middle",
    message: { ...robotAlone, ...rich({ text: "请" }, { text: "@小助手 " }, { text: "看" }) },
    expect: { text: { equals: "请 看" } }
  },
  {
    name: "words that no blank parts from a mention are not lost",
    message: { ...robotAlone, text: { content: "@小助手你好" } },
    expect: { text: { equals: "@小助手你好" } }
  },
  {
    name: "words that no blank parts from a mention are not lost, in a rich text",
    message: { ...robotAlone, ...rich({ text: "@小助手你好" }, { type: "picture", downloadCode: "p" }) },
    expect: { text: { equals: "@小助手你好" } }
  },
  {
    name: "a mention that ends where the next words begin",
    message: { ...robotAlone, ...rich({ text: "@小助手" }, { text: "/new" }) },
    expect: { text: { equals: "/new" } }
  },
  {
    name: "a label before a name",
    message: rich({ type: "at", text: "@李四(产品) ", atName: "lisi", atUserId: "u2" }, { text: "吧" }),
    expect: { text: { equals: "@李四(产品) 吧" }, "pieces.name": { equals: ["李四(产品)", undefined] } }
  },
  {
    name: "names of a record from a list of texts",
    message: record([{ msgType: "text", content: "一" }, { msgType: "picture", downloadCode: "p" }], {
      summary: "[\"甲: 一\",\"乙: [图片]\"]"
    }),
    expect: { "entries.senderName": { equals: ["甲", "乙"] }, text: { equals: "甲: 一\n乙: [图片]" } }
  },
  {
    name: "names of a record from a list of objects",
    message: record([{ msgType: "text", content: "一" }, {
      msgType: "file",
      content: { fileName: "a.pdf", downloadCode: "f" }
    }], {
      summary: "[{\"senderName\":\"甲\",\"content\":\"一\"},{\"senderName\":\"乙\",\"content\":\"[文件]\"}]"
    }),
    expect: { text: { equals: "甲: 一\n乙: [文件] a.pdf" }, "media.fileName": { equals: ["a.pdf"] } }
  },
  {
    name: "names of a record for all that the same person said",
    message: record([
      { msgType: "text", content: "一", senderId: "$:x" },
      { msgType: "unknownMsgType", senderId: "$:x" },
      { msgType: "voice", content: { downloadCode: "v", recognition: "二" } }
    ], { summary: "甲:一" }),
    expect: {
      "entries.senderName": { equals: ["甲", "甲", undefined] },
      text: { equals: "甲: 一\n甲: [不支持的消息]\n二" },
      "media.downloadCode": { equals: ["v"] }
    }
  },
  {
    name: "an entry with a rich text",
    message: record([{
      senderName: "甲",
      msgType: "richText",
      content: { richText: [{ text: "看" }, { type: "picture", downloadCode: "p" }] }
    }]),
    expect: { text: { equals: "甲: [图片] 看" }, "media.downloadCode": { equals: ["p"] } }
  },
  {
    name: "a record in a record",
    message: record([{
      senderName: "甲",
      msgType: "chatRecord",
      content: { records: [{ senderName: "乙", content: "里" }] }
    }]),
    expect: { text: { equals: "甲: 乙: 里" } }
  },
  {
    name: "a record without a list",
    message: { msgtype: "chatRecord", content: {} },
    expect: { kind: { equals: "ChatRecord" }, entries: { equals: [] }, text: { equals: "" } }
  },
  ...["picture", "audio", "video", "file", "richText", "markdown", "actionCard", "interactiveCard", "card", "reply"]
    .map(
      (msgtype): Said => ({
        name: `${msgtype} without anything`,
        message: { msgtype, content: {} },
        expect: { msgtype: { equals: msgtype }, media: { equals: [] }, text: { equals: "" } }
      })
    ),
  {
    name: "words and a picture in a piece without a type",
    message: rich({ text: "看图", downloadCode: "p", fileName: "a.PNG" }),
    expect: { text: { equals: "看图" }, "media.kind": { equals: ["image"] } }
  },
  {
    name: "a sound and a film by their names",
    message: rich({ downloadCode: "1", fileName: "a.mp3" }, { downloadCode: "2", file_name: "b.mp4" }, {
      downloadCode: "3"
    }),
    expect: { "media.kind": { equals: ["audio", "video", "image"] } }
  },
  {
    name: "a piece whose content is an object",
    message: rich({ msgType: "picture", content: { downloadCode: "p", text: "图注" } }),
    expect: { text: { equals: "图注" }, "media.downloadCode": { equals: ["p"] } }
  },
  {
    name: "a file and words in a quoted rich text",
    message: quoting({
      msgType: "richText",
      content: { richText: [{ text: "见附件", downloadCode: "c", fileName: "a.xlsx" }, "还有"] }
    }),
    expect: { "quote.text": { equals: "见附件还有" }, "quote.media.kind": { equals: ["file"] } }
  },
  ...["fileName", "file_name", "filename", "name", "title"].flatMap((field): ReadonlyArray<Said> => [
    {
      name: `a file's name as ${field}`,
      message: { msgtype: "file", content: { [field]: "a.pdf", downloadCode: "x" } },
      expect: { "media.fileName": { equals: ["a.pdf"] } }
    },
    {
      name: `a blank ${field}`,
      message: { msgtype: "file", content: { [field]: " \u00a0", downloadCode: "x" } },
      expect: { "media.fileName": { equals: [undefined] }, "media.downloadCode": { equals: ["x"] } }
    }
  ]),
  {
    name: "a link in a rich text",
    message: rich({ text: "见" }, { type: "link", text: "文档", url: "https://example.com/d" }),
    expect: { text: { equals: "见文档" }, "pieces.url": { equals: [undefined, "https://example.com/d"] } }
  },
  {
    name: "what was recognised of a voice that can't be fetched",
    message: rich({ type: "voice", recognition: "明天开会" }),
    expect: { text: { equals: "明天开会" }, media: { equals: [] } }
  },
  {
    name: "fields that are not known",
    message: { ...rich({ text: "a", shade: "dark" }), mood: { happy: true } },
    expect: {
      "raw.mood": { equals: { happy: true } },
      "raw.content.richText": { equals: [{ text: "a", shade: "dark" }] }
    }
  },
  {
    name: "words where another kind has them",
    message: { msgtype: "text", content: { content: "在这里" } },
    expect: { text: { equals: "在这里" } }
  }
]

describe("their relatives", () => {
  for (const said of relatives) it(said.name, () => check(said))
})

describe("what is no message", () => {
  const nothing: ReadonlyArray<object> = [
    { text: { content: "\u200b\u3000\ufeff" } },
    { ...robotAlone, text: { content: "@小助手\u2005" } },
    { ...robotAlone, ...rich({ type: "at", atName: "小助手" }, { text: " " }) },
    { ...robotAlone, ...rich({ text: "@小助手 " }) }
  ]
  for (const message of nothing) {
    it(JSON.stringify(message), () => {
      assert.deepStrictEqual(Message.decode({ id: "default", robotCode: "r" }, { ...usual, ...message }, "f"), {
        _tag: "Nothing"
      })
    })
  }
})
