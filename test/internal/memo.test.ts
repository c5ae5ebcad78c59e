import { assert, describe, it } from "@effect/vitest"
import { memo } from "../../src/internal/memo.ts"

describe("memo", () => {
  it("makes a value once for each key", () => {
    const made: Array<string> = []
    const of = memo((key) => {
      made.push(key)
      return { key }
    })
    assert.strictEqual(of("a"), of("a"))
    assert.deepStrictEqual(of("b"), { key: "b" })
    assert.deepStrictEqual(made, ["a", "b"])
  })
})
