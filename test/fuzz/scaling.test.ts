import { assert, describe, it } from "@effect/vitest"
import { places, sweep } from "../../chaos/fuzz/sweep.ts"
import { subjects } from "../../chaos/fuzz/targets.ts"
import * as Random from "../../chaos/support/random.ts"

/**
 * A linear decoder takes a text of this length in about a millisecond, one with a loop in a loop takes a hundred: so
 * generous a bound is met on the slowest machine, and missed by every quadratic one.
 */
const length = 50_000
const allowedMs = 250

describe("time in proportion to the input", () => {
  it("a very long text in any place of any payload", () => {
    const random = Random.make(7)
    const { found, problems, tried } = sweep(subjects, { length, allowedMs, isChosen: () => random.once(60) })
    assert.deepStrictEqual({ found, problems: [...problems] }, { found: [], problems: [] })
    assert.isAbove(tried, 500)
  })

  it("a loop in a loop is found", () => {
    const quadratic = {
      name: "quadratic",
      seeds: [{ text: "" }],
      run: (value: unknown) => {
        const text = JSON.stringify(value)
        let count = 0
        for (let i = 0; i < text.length; i++) for (let j = i; j < text.length; j++) count += text.charCodeAt(j)
        assert.isAbove(count, 0)
      }
    }
    let tries = 0
    const { found } = sweep([quadratic], { length: 20_000, allowedMs: 20, isChosen: () => tries++ === 0 })
    assert.strictEqual(found.length, 1)
  })

  it("every string of a value is a place, on its own and followed by more", () => {
    assert.deepStrictEqual(places({ a: ["b", 1], c: null }, "_"), [{ a: ["_", 1], c: null }, {
      a: ["b_x", 1],
      c: null
    }])
  })
})
