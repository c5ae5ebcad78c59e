import { assert, describe, it } from "@effect/vitest"
import * as Environment from "../../../src/cli/exec/environment.ts"

const message = {
  accountId: "ops",
  messageId: "msg1",
  chatId: "cidG==",
  chatType: "group",
  senderId: "zhangsan",
  senderName: "张\0三\n"
} as const

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

  it("says who spoke, and where, without NUL", () => {
    assert.deepStrictEqual(Environment.forMessage({ PATH: "/bin", DINGTALK_CHAT_ID: "old" }, message), {
      PATH: "/bin",
      DINGTALK_ACCOUNT_ID: "ops",
      DINGTALK_MESSAGE_ID: "msg1",
      DINGTALK_CHAT_ID: "cidG==",
      DINGTALK_CHAT_TYPE: "group",
      DINGTALK_SENDER_ID: "zhangsan",
      DINGTALK_SENDER_NAME: "张三\n"
    })
  })
})
