import { assert, describe, it } from "@effect/vitest"
import * as Environment from "../../../src/cli/exec/environment.ts"
import * as Message from "../../../src/inbound/message/Message.ts"
import * as Bodies from "../../../src/testing/Bodies.ts"
import * as Payloads from "../../../src/testing/Payloads.ts"

describe("environment", () => {
  it("secrets stay at home, whatever they are called", () => {
    const left = Environment.inherited({
      PATH: "/bin",
      DINGTALK_CLIENT_ID: "ding1",
      DINGTALK_CLIENT_SECRET: "a",
      DINGTALK_APP_SECRET: "b",
      APP_SECRET: "c",
      client_secret: "d",
      MY_COPY: "s3cr3t",
      UNSET: undefined
    }, new Set(["s3cr3t"]))
    assert.deepStrictEqual(left, { PATH: "/bin", DINGTALK_CLIENT_ID: "ding1" })
  })

  const fields = (text: string) => {
    const payload = Payloads.message(Bodies.text(text), {
      msgId: "msg1",
      at: 1_700_000_000_000,
      from: { staffId: "zhangsan", nick: "张\0三\n" },
      group: { conversationId: "cidG==", title: "群" },
      mention: true,
      clientId: "ding1",
      robotCode: "ding1",
      sessionWebhook: "https://oapi.dingtalk.com/robot/sendBySession?session=s3cr3t",
      sessionWebhookExpiredTime: 1_700_005_400_000,
      fields: {}
    })
    const found = Message.decode({ id: "ops", robotCode: "ding1" }, payload, "frame1")
    return found._tag === "Decoded" && found.value._tag === "Text" ? found.value : assert.fail("it decodes")
  }

  it("says what was said, with what, by whom and where, without NUL and without credentials", () => {
    const media = { kind: "file", downloadCode: "c", fileName: "a\nb.pdf", url: undefined } as const
    const message = {
      ...fields("x"),
      media: [
        {
          ...media,
          pictureDownloadCode: undefined,
          durationMs: undefined,
          recognition: undefined,
          videoType: undefined,
          spaceId: undefined,
          fileId: undefined
        }
      ]
    }
    const { DINGTALK_MESSAGE: whole = "", ...env } = Environment.forMessage(
      { PATH: "/bin", DINGTALK_CHAT_ID: "old", DINGTALK_QUOTE_TEXT: "old" },
      message,
      ["/tmp/a b.pdf"]
    )
    assert.notInclude(whole, "s3cr3t")
    assert.containSubset(JSON.parse(whole), { type: "message", text: "x", conversationTitle: "群" })
    assert.deepStrictEqual(env, {
      PATH: "/bin",
      DINGTALK_ACCOUNT_ID: "ops",
      DINGTALK_MESSAGE_ID: "msg1",
      DINGTALK_CHAT_ID: "cidG==",
      DINGTALK_CHAT_TYPE: "group",
      DINGTALK_SENDER_ID: "zhangsan",
      DINGTALK_SENDER_NAME: "张三\n",
      DINGTALK_KIND: "Text",
      DINGTALK_CONVERSATION_ID: "cidG==",
      DINGTALK_CONVERSATION_TITLE: "群",
      DINGTALK_QUOTE_TEXT: undefined,
      DINGTALK_QUOTE_SENDER_NAME: undefined,
      DINGTALK_MEDIA_KINDS: "file",
      DINGTALK_MEDIA_NAMES: "a b.pdf",
      DINGTALK_MEDIA_CODES: "c",
      DINGTALK_MEDIA_PATHS: "/tmp/a b.pdf"
    })
    // With more, the system starts no program.
    assert.strictEqual(Environment.forMessage({}, fields("字".repeat(50_000)))["DINGTALK_MESSAGE"], undefined)
  })

  it("stdin is never empty without a word", () => {
    assert.strictEqual(Environment.stdinOf({ _tag: "Text", text: "hi", media: [] }), "hi")
    assert.strictEqual(Environment.stdinOf({ _tag: "Picture", text: "", media: [] }), "[Picture]")
  })
})
