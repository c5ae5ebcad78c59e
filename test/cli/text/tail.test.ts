import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { tail } from "../../../src/cli/text/tail.ts"

describe("tail", () => {
  it("keeps the end, however the stream is cut", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.string({ unit: "grapheme-ascii" })),
        FastCheck.integer({ min: 1, max: 20 }),
        (chunks, bytes) => {
          const kept = tail(bytes)
          for (const chunk of chunks) kept.add(Buffer.from(chunk))
          assert.strictEqual(kept.text(), chunks.join("").slice(-bytes))
        }
      )
    )
  })

  it("begins with a whole character", () => {
    const kept = tail(4)
    kept.add(Buffer.from("你好"))
    assert.strictEqual(kept.text(), "好")
  })
})
