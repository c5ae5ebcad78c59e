/** The same said in other wrappings: names with `_`, lists in place of objects, JSON in strings in strings. */
import { assert, describe, it } from "@effect/vitest"
import * as Message from "../../../src/inbound/message/Message.ts"

const robot = "$:LWCP_v1:$robot"

const read = (fields: object): Message.Message => {
  const result = Message.decode({ id: "default", robotCode: "r" }, {
    msgId: "msgAbC==",
    conversationId: "cidXyZ==",
    conversationType: "1",
    senderId: "$:LWCP_v1:$alice",
    chatbotUserId: robot,
    msgtype: "text",
    ...fields
  }, "frame-1")
  if (result._tag !== "Decoded") return assert.fail(`nothing arrived: ${JSON.stringify(result)}`)
  return result.value
}

const quoting = (repliedMsg: object) => ({ text: { content: "hi", isReplyMsg: true, repliedMsg } })

const quoted = (repliedMsg: object) => {
  const { quote } = read(quoting({ msgId: "msgQ==", ...repliedMsg }))
  return quote ?? assert.fail("no quote")
}

const entries = (chatRecord: ReadonlyArray<object>, summary?: unknown) => {
  const message = read({ msgtype: "chatRecord", content: { chatRecord: JSON.stringify(chatRecord), summary } })
  return message._tag === "ChatRecord" ? message : assert.fail(message._tag)
}

const tree = { elementType: "VIEW", children: [{ elementType: "TEXT", value: "第二步" }] }

const wrap = (u: unknown, times: number): unknown => times === 0 ? u : JSON.stringify(wrap(u, times - 1))

describe("a quoted card", () => {
  const contents: ReadonlyArray<readonly [string, unknown]> = [
    ["as a list", [tree]],
    ["as a list in a string", JSON.stringify([tree])],
    ["under a name with _", { card_content: tree }],
    ["in strings of strings of strings", wrap({ cardContent: wrap(tree, 4) }, 3)]
  ]
  for (const [name, content] of contents) {
    it(name, () => assert.deepInclude({ ...quoted({ msgType: "interactiveCard", content }) }, { text: "第二步" }))
  }

  it("that comes as a message", () =>
    assert.strictEqual(read({ msgtype: "interactiveCard", content: [tree] }).text, "第二步"))

  it("that holds nothing but an id is a reference", () =>
    assert.deepInclude({ ...quoted({ msgType: "interactiveCard", content: "{\"outTrackId\":\"card-7\"}" }) }, {
      _tag: "Reference",
      outTrackId: "card-7"
    }))

  it("is known by a key inside", () =>
    assert.strictEqual(quoted({ msgType: "interactiveCard", content: { processQueryKey: "k" } }).processQueryKey, "k"))
})

describe("names with _", () => {
  it("of a message's file", () =>
    assert.deepInclude({
      ...read({ msgtype: "file", content: { file_name: "a.pdf", download_code: "d", file_id: "f", space_id: "s" } })
        .media[0]
    }, { fileName: "a.pdf", downloadCode: "d", fileId: "f", spaceId: "s" }))

  it("of a mention, whose id may be a number", () => {
    const rich = (piece: object) => read({ msgtype: "richText", content: { rich_text: [piece, { text: "吧" }] } }).text
    assert.strictEqual(rich({ type: "at", at_name: "李四", at_user_id: "u2" }), "@李四吧")
    assert.strictEqual(rich({ type: "AT", atUserId: 12345 }), "@12345吧")
  })

  it("of an entry", () =>
    assert.deepInclude({
      ...entries([{ msg_type: "text", content: "x", sender_name: "甲", sender_id: "s" }]).entries[0]
    }, {
      msgtype: "text",
      senderName: "甲",
      senderId: "s"
    }))
})

it("pieces that are strings of JSON are pieces, and what somebody typed stays", () => {
  const content = { richText: ["{\"text\":\"a\"}", "b", "{\"c\":1}"] }
  assert.strictEqual(read({ msgtype: "richText", content }).text, "ab{\"c\":1}")
  assert.strictEqual(read({ text: { content: "[{\"elementType\":1}]" } }).text, "[{\"elementType\":1}]")
})

describe("a record", () => {
  it("shows the pictures of a record inside once", () => {
    const inner = JSON.stringify([{ msgType: "Picture", downloadCode: "p" }])
    const { media, text } = entries([{ msgType: "chatRecord", content: { chatRecord: inner }, senderName: "甲" }])
    assert.strictEqual(text, "甲: [图片]")
    assert.strictEqual(media.length, 1)
  })

  it("takes names from a summary in which somebody says several lines", () =>
    assert.deepStrictEqual(
      entries([{ msgType: "text", content: "a\nb" }, { msgType: "text", content: "c" }], "甲:a\nb\n乙:c").entries
        .map(({ senderName }) => senderName),
      ["甲", "乙"]
    ))

  it("takes a name from the sender's own object", () =>
    assert.strictEqual(
      entries([{ msgType: "text", content: "x", sender: { name: "甲" } }]).entries[0]?.senderName,
      "甲"
    ))
})
