import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { compile } from "../../../src/internal/text/linearPattern.ts"

const found = (pattern: RegExp, text: string) => Option.map(compile(pattern), (test) => test(text))

describe("linearPattern", () => {
  it("finds what JavaScript finds, whatever the case", () => {
    const patterns = [
      /^小马/iu,
      /hey\s+bot/i,
      /[\s，]bot\b/i,
      /\u4e00-\u9fa5/i,
      /\p{L}+!/iu,
      /^(a+)+$/i,
      /a.c/isu,
      /^b/im
    ]
    FastCheck.assert(
      FastCheck.property(
        FastCheck.constantFrom(...patterns),
        FastCheck.array(FastCheck.constantFrom(..."aAbBcC!小马 \u3000\n\they bot，😀")).map((chars) => chars.join("")),
        (pattern, text) => {
          assert.deepStrictEqual(found(pattern, text), Option.some(pattern.test(text)))
        }
      ),
      { numRuns: 2_000 }
    )
  })

  it("goes through a text that would keep a backtracking engine busy for hours", () => {
    assert.deepStrictEqual(found(/^(a+)+$/i, `${"a".repeat(100_000)}b`), Option.some(false))
  })

  it("refuses what can't be done in linear time", () => {
    for (const pattern of [/(?=a)b/, /(?<!a)b/, /(a)\1/]) {
      assert.isTrue(Option.isNone(compile(pattern)), String(pattern))
    }
  })
})
