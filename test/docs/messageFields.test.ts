import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { describe as describeMessage } from "../../examples/message-fields/describe.ts"
import { Message } from "../../src/index.ts"
import { Bodies, Payloads } from "../../src/testing/index.ts"

const page = readFileSync("docs/message-fields.md", "utf8")

const said = (body: Payloads.Body): Message.Message => {
  const payload = Payloads.message(body, {
    msgId: "msg1",
    at: 1_700_000_000_000,
    from: { staffId: "zhangsan", nick: "张三" },
    group: undefined,
    mention: false,
    clientId: "ding1",
    robotCode: "ding1",
    sessionWebhook: "https://oapi.dingtalk.com/robot/sendBySession?session=1",
    sessionWebhookExpiredTime: 1_700_005_400_000,
    fields: {}
  })
  const decoded = Message.decode({ id: "default", robotCode: "ding1" }, payload, "frame1")
  return decoded._tag === "Decoded" ? decoded.value : assert.fail(decoded._tag)
}

describe("the page of fields", () => {
  const kinds = {
    Text: Bodies.text("hi"),
    Picture: Bodies.picture(),
    Audio: Bodies.audio("你好"),
    Video: Bodies.video(),
    File: Bodies.file("a.pdf"),
    RichText: Bodies.richText(Bodies.rich.text("a")),
    InteractiveCard: Bodies.interactiveCard("plan"),
    Card: Bodies.card("doc", "https://example.com"),
    ActionCard: Bodies.actionCard("title", "text"),
    Markdown: Bodies.markdown("title", "text"),
    ChatRecord: Bodies.chatRecord("talk", { senderName: "a", content: "x" }),
    Reply: Bodies.quotingNothing({ msgtype: "reply" }),
    Unknown: Bodies.unknown()
  } satisfies Record<Message.Message["_tag"], Payloads.Body>

  it("has every kind, and every field", () => {
    const common = new Set(Object.keys(said(kinds.Text)))
    for (const field of common) assert.include(page, field === "_tag" ? "_tag" : `\`${field}\``)
    for (const [kind, body] of Object.entries(kinds)) {
      const message = said(body)
      assert.strictEqual(message._tag, kind)
      const row = page.split("\n").find((line) => line.startsWith(`| \`${kind}\` |`)) ?? ""
      for (const field of Object.keys(message)) {
        if (!common.has(field)) assert.include(row, `\`${field}\``, kind)
      }
    }
  })

  it("its example", () => {
    assert.strictEqual(describeMessage(said(Bodies.text("hi"))), "张三：hi")
    assert.strictEqual(describeMessage(said(Bodies.file("a.pdf"))), "张三：文件：a.pdf")
    assert.strictEqual(describeMessage(said({ msgtype: "picture", content: {} })), "张三：一张取不到的图片")
    assert.strictEqual(
      describeMessage(
        said(Bodies.quoting(Bodies.text("hi"), { msgType: "text", msgId: "m", content: { text: "旧" } }))
      ),
      "引用：旧\n张三：hi"
    )
    assert.strictEqual(
      describeMessage(said(kinds.ChatRecord)),
      "张三：talk（1 条）\na: x"
    )
  })
})

describe("the types of messages", () => {
  it("are interfaces with names, told apart by _tag", () => {
    expectTypeOf<Extract<Message.Message, { readonly _tag: "File" }>>().toEqualTypeOf<Message.FileMessage>()
    expectTypeOf<Message.Message["_tag"]>().toEqualTypeOf<keyof typeof kindNames>()
    expectTypeOf<Schema.Schema.Type<typeof Message.Message>>().toEqualTypeOf<Message.Message>()
    expectTypeOf<Message.Stored["sessionWebhook"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Schema.Schema.Type<typeof Message.Media>>().toEqualTypeOf<Message.Media>()
    expectTypeOf<Schema.Schema.Type<typeof Message.Piece>>().toEqualTypeOf<Message.Piece>()
    expectTypeOf<Schema.Schema.Type<typeof Message.ChatRecordEntry>>().toEqualTypeOf<Message.ChatRecordEntry>()
    // @ts-expect-error a text has no file
    const noFile = (message: Message.TextMessage) => message.file
    assert.isFunction(noFile)
  })
})

const kindNames = {
  Text: 1,
  Picture: 1,
  Audio: 1,
  Video: 1,
  File: 1,
  RichText: 1,
  InteractiveCard: 1,
  Card: 1,
  ActionCard: 1,
  Markdown: 1,
  ChatRecord: 1,
  Reply: 1,
  Unknown: 1
} as const
