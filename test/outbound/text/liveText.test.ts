import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { append, shown } from "../../../src/outbound/text/liveText.ts"

const markdown = FastCheck.array(
  FastCheck.constantFrom("```", "```ts", "~~~~", "\n", "x", "字", "👩", "\ud83d", "  ", "`", "code")
).map((parts) => parts.join(""))

describe("liveText", () => {
  it("closes an open code block, and only that", () => {
    assert.strictEqual(shown("plain"), "plain")
    assert.strictEqual(shown("a\n```ts\nlet x"), "a\n```ts\nlet x\n```")
    assert.strictEqual(shown("a\n```ts\nlet x\n"), "a\n```ts\nlet x\n```")
    assert.strictEqual(shown("a\n```"), "a\n```\n```")
    assert.strictEqual(shown("a\n```\nx\n```"), "a\n```\nx\n```")
    assert.strictEqual(shown("- a\n  ~~~~\n  x"), "- a\n  ~~~~\n  x\n  ~~~~")
  })

  it("does not show half a character", () => {
    assert.strictEqual(shown("a\ud83d"), "a")
    assert.strictEqual(shown("a\ud83d\ude00"), "a\ud83d\ude00")
  })

  it("property: what is shown begins with the text, and is shown as it is", () => {
    FastCheck.assert(FastCheck.property(markdown, (text) => {
      const once = shown(text)
      assert.isTrue(once.startsWith(text.endsWith("\ud83d") ? text.slice(0, -1) : text))
      if (!once.endsWith("\ud83d")) assert.strictEqual(shown(once), once)
    }))
  })

  it("property: no more characters than the limit, and no pair cut", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.string({ unit: "binary" }),
        FastCheck.string({ unit: "binary" }),
        FastCheck.nat({ max: 30 }),
        (text, more, limit) => {
          const start = append("", text, limit)
          const result = append(start, more, limit)
          assert.isAtMost(result.length, limit)
          assert.doesNotThrow(() => encodeURIComponent(result))
          assert.isTrue((start + more).startsWith(result))
          if (start.length + more.length <= limit) assert.strictEqual(result, start + more)
        }
      )
    )
  })
})
