import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Page from "../../../src/cli/demo/page.ts"
import * as Columns from "../../../src/cli/text/columns.ts"
import { withoutColours } from "../../../src/cli/text/printable.ts"

describe("page", () => {
  it("knows the width of a character", () => {
    assert.strictEqual(Columns.columns("abc"), 3)
    assert.strictEqual(Columns.columns("张三"), 4)
    assert.strictEqual(Columns.columns("李四 (项目群)"), 13)
  })

  it("the words of a chat stand below each other, whatever the names", () => {
    const page = Page.make(false)
    const start = (name: string) => Columns.columns(page.says(name, "X").split("X")[0] ?? "")
    assert.strictEqual(start("张三"), start("robot"))
  })

  it("wraps without losing a word, and Chinese between its characters", () => {
    const words = (letters: string) =>
      FastCheck.array(FastCheck.stringMatching(new RegExp(`^[${letters}]{1,8}$`)), { minLength: 1 })
    const width = FastCheck.integer({ min: 1, max: 40 })
    FastCheck.assert(FastCheck.property(words("a-z"), width, (text, width) => {
      const lines = Columns.wrap(text.join(" "), width)
      assert.strictEqual(lines.join(" "), text.join(" "))
      for (const line of lines) assert.isTrue(Columns.columns(line) <= width || !line.includes(" "))
    }))
    FastCheck.assert(FastCheck.property(words("a-z张三"), width, (text, width) => {
      const lines = Columns.wrap(text.join(" "), width)
      assert.strictEqual(lines.join("").replaceAll(" ", ""), text.join(""))
      for (const line of lines) assert.isTrue(Columns.columns(line) <= Math.max(width, 8), line)
    }))
  })

  it("says the same without colours", () => {
    const [plain, coloured] = [Page.make(false), Page.make(true)]
    const all = (page: Page.Page) => [
      page.title("t"),
      page.act(1, "a", "b"),
      page.says("张三", "你好"),
      page.fact("f"),
      page.meaning("m")
    ]
    assert.deepStrictEqual(all(coloured).map(withoutColours), all(plain))
    assert.notDeepEqual(all(coloured), all(plain))
  })

  it("sets thousands apart", () => {
    assert.deepStrictEqual([0, 999, 1_000, 1_234_567].map(Page.count), ["0", "999", "1,000", "1,234,567"])
  })
})
