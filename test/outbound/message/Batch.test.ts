import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Batch from "../../../src/outbound/message/Batch.ts"
import * as Target from "../../../src/outbound/message/Target.ts"

describe("Batch", () => {
  it("property: everybody once, in order, at most twenty a call", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(FastCheck.nat({ max: 80 }), { maxLength: 150 }), (numbers) => {
      const ids = numbers.map(String)
      const batches = Batch.ofUsers(ids)
      assert.deepStrictEqual(batches.flat(), [...new Set(ids)])
      for (const [index, batch] of batches.entries()) {
        assert.isAtLeast(batch.length, 1)
        assert.isAtMost(batch.length, 20)
        if (index < batches.length - 1) assert.strictEqual(batch.length, 20)
      }
    }))
  })

  it("people first, then each group", () => {
    assert.deepStrictEqual(
      Batch.ofTargets([
        Target.Group({ id: "cidA" }),
        Target.User({ id: "a" }),
        Target.Group({ id: "cidB" }),
        Target.User({ id: "b" }),
        Target.Group({ id: "cidA" })
      ]),
      [
        Batch.Users({ userIds: ["a", "b"] }),
        Batch.Group({ conversationId: "cidA" }),
        Batch.Group({ conversationId: "cidB" })
      ]
    )
    assert.deepStrictEqual(Batch.ofTargets([]), [])
  })
})
