import { assert, describe, it } from "@effect/vitest"
import { judge, missed } from "../../chaos/cluster/verdict.ts"
import type { Fact } from "../../chaos/cluster/World.ts"

const fact = (runner: string, at: number, event: "begin" | "end", messageId: string, attempt = 1): Fact => ({
  runner,
  at,
  event,
  account: "a",
  conversation: "c",
  messageId,
  attempt
})

const kept = ["m1", "m2"].map((messageId) => ({ entity: "a/c", messageId }))

const handled = (runner: string, at: number, messageId: string, attempt = 1) => [
  fact(runner, at, "begin", messageId, attempt),
  fact(runner, at + 5, "end", messageId, attempt)
]

describe("the verdict on a cluster", () => {
  it("finds nothing wrong with what was in hand and is begun again", () => {
    const facts = [fact("one", 0, "begin", "m1"), ...handled("two", 9_000, "m1", 2), ...handled("two", 9_010, "m2")]
    const judged = judge(["m1", "m2"], kept, facts, [{ runner: "one", at: 3 }])
    assert.deepStrictEqual(missed(judged, 1), [])
    assert.strictEqual(judged.mostInHand, 1)
  })

  it("sees what is lost, what overtakes, and what nobody tells the handler", () => {
    assert.deepStrictEqual(judge(["m1"], [], [], []).unhandled, ["m1"])
    assert.strictEqual(judge([], kept, [...handled("one", 0, "m2"), ...handled("one", 9, "m1")], []).wrong.length, 1)
    const again = [...handled("one", 0, "m1"), ...handled("two", 9, "m1"), ...handled("one", 20, "m2")]
    assert.strictEqual(judge([], kept, again, [{ runner: "one", at: 5 }]).wrong.length, 1)
  })

  it("sees what is handled twice though its runner was whole, or was hit long after", () => {
    const facts = [...handled("one", 0, "m1"), ...handled("two", 9_000, "m1", 2)]
    for (const blows of [[], [{ runner: "two", at: 3 }], [{ runner: "one", at: 4_000 }]]) {
      assert.strictEqual(judge([], [], facts, blows).twiceForNothing.length, 1)
    }
  })
})
