import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Gate from "../../src/inbound/Gate.ts"
import * as Message from "../../src/inbound/message/Message.ts"

const open: Gate.Settings = { allowedUsers: [], freeResponseChats: [], requireMention: false, mentionPatterns: [] }

const strict: Gate.Settings = { ...open, requireMention: true }

const said: Gate.Subject = {
  isFromSelf: false,
  senderStaffId: "staff_001",
  senderDingTalkId: "$:LWCP_v1:$alice",
  chatType: "group",
  chatId: "cid1",
  mentioned: false,
  text: "你好"
}

const direct: Gate.Subject = { ...said, chatType: "direct", chatId: "staff_001" }

const passes = (settings: Gate.Settings, message: Gate.Subject): void =>
  assert.deepStrictEqual(Gate.admit(settings, message), { _tag: "Pass" })

const drops = (settings: Gate.Settings, message: Gate.Subject, reason: Gate.DropReason): void =>
  assert.deepStrictEqual(Gate.admit(settings, message), { _tag: "Drop", reason })

describe("Gate", () => {
  it("E01 a direct message passes even when a mention is required", () => {
    passes(strict, direct)
  })

  it("E02 in a group, where a mention is required, only a mention passes", () => {
    passes(strict, { ...said, mentioned: true })
    drops(strict, said, "mention")
    passes(open, said)
  })

  it("E03 a free-response chat passes", () => {
    passes({ ...strict, freeResponseChats: ["cid0", "cid1"] }, said)
    drops({ ...strict, freeResponseChats: ["cid0", "CID1"] }, said, "mention")
  })

  it("E04 a mention pattern that is found in the text counts as a mention", () => {
    const settings = { ...strict, mentionPatterns: [/^小马/i, /hey bot/i] }
    passes(settings, { ...said, text: "小马 你好" })
    drops(settings, { ...said, text: "你好" }, "mention")
    drops(settings, { ...said, text: "你好 小马" }, "mention")
    passes(settings, { ...said, text: "well, HEY Bot!" })
  })

  it("E04 a pattern has no memory of the message before", () => {
    for (const pattern of [/小马/g, /小马/y, /小马/giy]) {
      const admit = Gate.make({ ...strict, mentionPatterns: [pattern] })
      for (let i = 0; i < 5; i++) {
        assert.strictEqual(admit({ ...said, text: "小马 你好" })._tag, "Pass", `${pattern} ${i}`)
      }
    }
  })

  it("E05 `*` admits anyone", () => {
    passes({ ...open, allowedUsers: ["*"] }, said)
    passes({ ...open, allowedUsers: ["staff_002", "*"] }, { ...said, senderStaffId: undefined, senderDingTalkId: "" })
  })

  it("E06 a list admits those on it, by staff id or encrypted id, in any case, and an empty one everyone", () => {
    const settings = { ...open, allowedUsers: ["staff_001"] }
    passes(settings, said)
    passes(settings, { ...said, senderStaffId: "Staff_001" })
    passes({ ...open, allowedUsers: ["$:lwcp_v1:$alice"] }, said)
    passes({ ...open, allowedUsers: ["STAFF_001"] }, said)
    drops(settings, { ...said, senderStaffId: "staff_002" }, "sender")
    drops(settings, { ...said, senderStaffId: undefined }, "sender")
    passes(open, { ...said, senderStaffId: undefined, senderDingTalkId: "" })
  })

  it("E06 nothing makes up for not being allowed", () => {
    const settings = { ...open, allowedUsers: ["staff_002"], freeResponseChats: ["cid1"], mentionPatterns: [/你好/] }
    drops(settings, { ...said, mentioned: true }, "sender")
    drops(settings, direct, "sender")
  })

  it("the robot's own message never passes", () => {
    drops(
      { ...open, allowedUsers: ["*"], freeResponseChats: ["cid1"] },
      { ...said, isFromSelf: true, mentioned: true },
      "self"
    )
    drops(open, { ...direct, isFromSelf: true }, "self")
  })

  it("F07 free-response chats are those that the decoded message names as its chat", () => {
    const envelope = {
      conversationId: "cidXyZ==",
      senderStaffId: "staff_001",
      msgtype: "text",
      text: { content: "你好" }
    }
    const decode = (conversationType: string) => {
      const result = Message.decode({ id: "default", robotCode: "r" }, { ...envelope, conversationType }, "frame-1")
      return result._tag === "Decoded" ? result.value : assert.fail("not a message")
    }
    const group = decode("2")
    passes({ ...strict, freeResponseChats: [Message.chatIdOf(group)] }, group)
    drops({ ...strict, freeResponseChats: [Message.chatIdOf(decode("1"))] }, group, "mention")
  })

  describe("properties", () => {
    const users = FastCheck.constantFrom("ann", "Bob", "*", "$:x")
    const settings: FastCheck.Arbitrary<Gate.Settings> = FastCheck.record({
      allowedUsers: FastCheck.array(users.map((user) => user.toLowerCase()), { maxLength: 2 }),
      freeResponseChats: FastCheck.array(FastCheck.constantFrom("cid1", "cid2"), { maxLength: 2 }),
      requireMention: FastCheck.boolean(),
      mentionPatterns: FastCheck.array(FastCheck.constantFrom(/^bot/i, /help/g), { maxLength: 2 })
    })
    const messages: FastCheck.Arbitrary<Gate.Subject> = FastCheck.record({
      isFromSelf: FastCheck.boolean(),
      senderStaffId: FastCheck.option(users, { nil: undefined }),
      senderDingTalkId: users,
      chatType: FastCheck.constantFrom("direct", "group"),
      chatId: FastCheck.constantFrom("cid1", "cid2", "ann"),
      mentioned: FastCheck.boolean(),
      text: FastCheck.constantFrom("BOT, come", "please help", "hello")
    })

    it.prop("decides by the first rule that applies", [settings, messages], ([settings, message]) => {
      const ids = [message.senderStaffId?.toLowerCase(), message.senderDingTalkId.toLowerCase()]
      const rules: ReadonlyArray<readonly [applies: boolean, verdict: "pass" | Gate.DropReason]> = [
        [message.isFromSelf, "self"],
        [
          settings.allowedUsers.length > 0 && !settings.allowedUsers.includes("*") &&
          !settings.allowedUsers.some((user) => ids.includes(user)),
          "sender"
        ],
        [message.chatType === "direct", "pass"],
        [settings.freeResponseChats.includes(message.chatId), "pass"],
        [!settings.requireMention, "pass"],
        [message.mentioned, "pass"],
        [settings.mentionPatterns.some((pattern) => new RegExp(pattern.source, "i").test(message.text)), "pass"],
        [true, "mention"]
      ]
      const verdict = rules.find(([applies]) => applies)?.[1]
      const actual = Gate.admit(settings, message)
      assert.strictEqual(actual._tag === "Pass" ? "pass" : actual.reason, verdict)
    }, { fastCheck: { numRuns: 500 } })

    it.prop(
      "decides the same each time, and without allocating a verdict",
      [settings, messages],
      ([settings, message]) => {
        const admit = Gate.make(settings)
        assert.strictEqual(admit(message), admit(message))
      }
    )
  })
})
