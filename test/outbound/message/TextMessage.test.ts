import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as TextMessage from "../../../src/outbound/message/TextMessage.ts"
import { titleOf } from "../../../src/outbound/text/words.ts"

describe("TextMessage", () => {
  it("B01 plain is sampleText with the content", () => {
    assert.deepStrictEqual(TextMessage.forRobot("plain", "# hi\n你好"), {
      msgKey: "sampleText",
      msgParam: JSON.stringify({ content: "# hi\n你好" })
    })
    assert.deepStrictEqual(TextMessage.forWebhook("plain", "hi"), { msgtype: "text", text: { content: "hi" } })
  })

  it("B02 markdown is sampleMarkdown with a title and the text unchanged; any other mode is auto", () => {
    for (const mode of ["plain", "PLAIN", " Plain "]) assert.strictEqual(TextMessage.renderMode(mode), "plain")
    for (const mode of ["markdown", "Markdown ", "MARKDOWN"]) {
      assert.strictEqual(TextMessage.renderMode(mode), "markdown")
    }
    for (const mode of ["auto", "Auto", "", "card"]) assert.strictEqual(TextMessage.renderMode(mode), "auto")
    const text = "\n  \n## 标题 \nbody  \n"
    assert.deepStrictEqual(TextMessage.forRobot("markdown", text), {
      msgKey: "sampleMarkdown",
      msgParam: JSON.stringify({ title: "标题", text })
    })
    assert.deepStrictEqual(TextMessage.forWebhook("markdown", text), {
      msgtype: "markdown",
      markdown: { title: "标题", text }
    })
  })

  it.each<readonly [text: string, title: string]>([
    ["one\ntwo", "one"],
    ["###one", "one"],
    ["##\n\r\n# two\r\n", "two"],
    ["  # three # 3", "three # 3"],
    ["字".repeat(100), "字".repeat(64)],
    [`# ${"a".repeat(63)} b`, "a".repeat(63)],
    // A surrogate pair or a family does not get cut.
    [`${"a".repeat(63)}😀`, "a".repeat(63)],
    [`${"a".repeat(60)}👨‍👩‍👧`, "a".repeat(60)]
  ])("B02 the title of %j is %j", (text, title) => {
    assert.strictEqual(titleOf(text), title)
  })

  it("B03 a blank text gets the title 通知", () => {
    for (const text of ["", " \n\t\n", "#\n##", "\r\n"]) assert.strictEqual(titleOf(text), "通知")
    assert.deepStrictEqual(TextMessage.forRobot("markdown", " "), {
      msgKey: "sampleMarkdown",
      msgParam: JSON.stringify({ title: "通知", text: " " })
    })
  })

  it("B10 a text within the limits comes back as it is, to the byte", () => {
    const room = TextMessage.maxMsgParamBytes - JSON.stringify({ content: "" }).length
    assert.deepStrictEqual(TextMessage.split("plain", "a".repeat(room), 20_000), ["a".repeat(room)])
    assert.strictEqual(TextMessage.split("plain", "a".repeat(room + 1), 20_000).length, 2)
    for (const length of [2_300, 2_400, 2_500, 2_600]) {
      for (const mode of ["plain", "markdown"] as const) {
        for (const piece of TextMessage.split(mode, "\u001b".repeat(length), 4_000)) {
          assert.isAtMost(TextMessage.msgParamBytes(TextMessage.forRobot(mode, piece)), TextMessage.maxMsgParamBytes)
        }
      }
    }
    assert.deepStrictEqual(TextMessage.split("markdown", "  a \n", 4_000), ["  a \n"])
    assert.deepStrictEqual(TextMessage.split("markdown", "", 4_000), [""])
  })

  it("every piece is a message that a group takes", () => {
    // Characters of every price: escapes, control characters, two, three and four bytes.
    const unit = FastCheck.constantFrom("a", "\"", "\\", "\n", "\u0001", "é", "字", "😀", "# ")
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(unit, { minLength: 1, maxLength: 200 }),
        FastCheck.integer({ min: 1, max: 200 }),
        FastCheck.constantFrom("plain" as const, "markdown" as const),
        FastCheck.integer({ min: 100, max: 30_000 }),
        (units, times, mode, characters) => {
          const text = units.join("").repeat(times)
          return TextMessage.split(mode, text, characters).every((piece) =>
            piece.length <= Math.max(characters, 2) &&
            TextMessage.msgParamBytes(TextMessage.forRobot(mode, piece)) <= TextMessage.maxMsgParamBytes
          )
        }
      ),
      { numRuns: 60 }
    )
  })
})
