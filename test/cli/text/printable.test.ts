import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { escaped, toJson, withoutColours } from "../../../src/cli/text/printable.ts"

const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** Texts in which the characters in question are not rare. */
const texts = FastCheck.string({
  unit: FastCheck.oneof(
    FastCheck.string({ minLength: 1, maxLength: 1, unit: "binary" }),
    FastCheck.constantFrom("\n", "\u001b", "\u007f", "\u009b", "\u2028", "\u202e", "\u2066", "\u2069", "\\", "\"")
  )
})

describe("printable", () => {
  it("names what it escapes", () => {
    assert.strictEqual(escaped("a\u001b[2Jb\nc\td\u202ee\u0085"), "a\\u001b[2Jb\\nc\\td\\u202ee\\u0085")
    assert.strictEqual(escaped("你好 🙂 ok"), "你好 🙂 ok")
  })

  it("leaves nothing dangerous in JSON, which still says the same", () => {
    FastCheck.assert(FastCheck.property(texts, texts, (key, value) => {
      const line = toJson({ [`k${key}`]: value, list: [value] })
      assert.notMatch(line, unsafe)
      assert.deepStrictEqual(JSON.parse(line), { [`k${key}`]: value, list: [value] })
    }))
  })

  it("leaves nothing dangerous in text", () => {
    FastCheck.assert(FastCheck.property(texts, (text) => assert.notMatch(escaped(text), unsafe)))
  })

  it("removes colours, and only them", () => {
    assert.strictEqual(withoutColours("\u001b[1;36mtitle\u001b[0m [36m]"), "title [36m]")
  })
})
