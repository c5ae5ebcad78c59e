import { assert, describe, it } from "@effect/vitest"
import { answerTo, cast } from "../../../src/cli/demo/robot.ts"
import * as Message from "../../../src/inbound/message/Message.ts"
import * as Bodies from "../../../src/testing/Bodies.ts"
import * as Payloads from "../../../src/testing/Payloads.ts"

const now = new Date(2026, 10, 22, 9, 5)

const answer = (body: Payloads.Body): string => {
  const found = Message.decode(
    { id: "default", robotCode: "r" },
    Payloads.message(body, {
      msgId: "m",
      at: 0,
      from: cast.zhang,
      group: undefined,
      mention: false,
      clientId: "r",
      robotCode: "r",
      sessionWebhook: "https://oapi.dingtalk.com/x",
      sessionWebhookExpiredTime: 0,
      fields: {}
    }),
    "f"
  )
  return found._tag === "Decoded" ? answerTo(found.value, now) : assert.fail("it decodes")
}

describe("robot", () => {
  it("greets, counts, tells the time, and repeats what it does not understand", () => {
    assert.include(answer(Bodies.text("你好")), "你好，张三")
    assert.strictEqual(answer(Bodies.text("12 * 7")), "12 × 7 = 84")
    assert.strictEqual(answer(Bodies.text("3-5")), "3 - 5 = -2")
    assert.strictEqual(answer(Bodies.text("现在几点？")), "现在是 09:05。")
    assert.strictEqual(answer(Bodies.text("天气")), "你说：天气")
  })

  it("knows a voice message and a file", () => {
    assert.include(answer(Bodies.audio("明天见")), "明天见")
    assert.include(answer(Bodies.file("a.xlsx")), "a.xlsx")
    assert.strictEqual(answer(Bodies.picture()), "好看！")
  })
})
