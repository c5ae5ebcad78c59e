import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Lines from "../../../src/cli/listen/lines.ts"
import * as CardAction from "../../../src/inbound/call/CardAction.ts"
import * as Message from "../../../src/inbound/message/Message.ts"
import * as Bodies from "../../../src/testing/Bodies.ts"
import * as Payloads from "../../../src/testing/Payloads.ts"

const webhook = "https://oapi.dingtalk.com/robot/sendBySession?session=s3cr3t"

const payload = (body: Payloads.Body) =>
  Payloads.message(body, {
    msgId: "msg1",
    at: 1_700_000_000_000,
    from: { staffId: "zhangsan", nick: "张三" },
    group: { conversationId: "cidG==", title: "测试群" },
    mention: true,
    clientId: "ding1",
    robotCode: "ding1",
    sessionWebhook: webhook,
    sessionWebhookExpiredTime: 1_700_005_400_000,
    fields: {}
  })

const decoded = (body: Payloads.Body) => {
  const found = Message.decode({ id: "ops", robotCode: "ding1" }, payload(body), "frame1")
  return found._tag === "Decoded" ? found.value : assert.fail("it decodes")
}

const read = (line: string): Record<string, unknown> => JSON.parse(line)

describe("lines", () => {
  it("a message has what its readers need, and not the webhook", () => {
    const line = Lines.message(decoded(Bodies.text(" 你好")))
    const fields = read(line)
    assert.containSubset(fields, {
      type: "message",
      kind: "Text",
      accountId: "ops",
      messageId: "msg1",
      conversationId: "cidG==",
      conversationTitle: "测试群",
      chatId: "cidG==",
      chatType: "group",
      senderId: "zhangsan",
      senderStaffId: "zhangsan",
      senderName: "张三",
      text: "你好",
      mentioned: true,
      msgtype: "text",
      media: [],
      createdAt: 1_700_000_000_000
    })
    assert.notInclude(line, "s3cr3t")
    assert.notProperty(fields, "raw")
    assert.notProperty(fields, "sessionWebhook")
  })

  it("a message lists its media", () => {
    assert.containSubset(read(Lines.message(decoded(Bodies.picture("code-1")))), {
      kind: "Picture",
      msgtype: "picture",
      media: [{ kind: "image", downloadCode: "code-1" }]
    })
  })

  it("any message is one line that parses, without credentials", () => {
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(Message.Message), (message) => {
        const line = Lines.message(message)
        assert.notInclude(line, "\n")
        const fields = read(line)
        assert.strictEqual(fields["messageId"], message.messageId)
        assert.notProperty(fields, "sessionWebhook")
      }),
      { numRuns: 50 }
    )
  })

  it("an event", () => {
    assert.deepStrictEqual(
      read(Lines.event({
        _tag: "DingTalkEvent",
        accountId: "ops",
        eventId: "e1",
        eventType: "user_add_org",
        corpId: "corp",
        bornTime: 5,
        unifiedAppId: undefined,
        data: { userId: ["u1"] },
        raw: { secretish: true }
      })),
      {
        type: "event",
        accountId: "ops",
        eventId: "e1",
        eventType: "user_add_org",
        corpId: "corp",
        bornTime: 5,
        data: { userId: ["u1"] }
      }
    )
  })

  it("a card action", () => {
    const action = CardAction.decode({ id: "ops" }, {
      outTrackId: "card-1",
      userId: "u1",
      content: JSON.stringify({ cardPrivateData: { actionIds: ["agree"], params: { note: "好" } } })
    })
    const value = action._tag === "Decoded" ? action.value : assert.fail("it decodes")
    assert.containSubset(read(Lines.cardAction(value)), {
      type: "cardAction",
      accountId: "ops",
      outTrackId: "card-1",
      userId: "u1",
      actionIds: ["agree"],
      params: { note: "好" }
    })
  })
})
