import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { remembered, type Turn } from "../../src/conversation/turns.ts"

const turn: FastCheck.Arbitrary<Turn> = FastCheck.record({
  role: FastCheck.constantFrom("user" as const, "assistant" as const),
  text: FastCheck.string({ unit: "grapheme", maxLength: 12 }),
  at: FastCheck.constant(0)
})
const bounds = FastCheck.record({
  maxTurns: FastCheck.integer({ min: 1, max: 6 }),
  maxCharacters: FastCheck.integer({ min: 1, max: 40 }),
  expireAfterMs: FastCheck.constant(10)
})

describe("remembered", () => {
  it("keeps the end of what was said, within its bounds, beginning with a person", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(turn, { maxLength: 10 }), bounds, (turns, bounds) => {
      const kept = remembered(turns, bounds, 9)
      assert.isAtMost(kept.length, bounds.maxTurns)
      assert.isAtMost(kept.reduce((sum, { text }) => sum + text.length, 0), bounds.maxCharacters)
      assert.notStrictEqual(kept[0]?.role, "assistant")
      const end = turns.slice(turns.length - kept.length)
      for (const [index, { text }] of kept.entries()) assert.isTrue(end[index]?.text.startsWith(text))
      assert.deepStrictEqual(remembered(kept, bounds, 9), kept)
      assert.deepStrictEqual(remembered(turns, bounds, 10), [])
    }))
  })

  it("keeps everything that fits", () => {
    const turns: ReadonlyArray<Turn> = [{ role: "user", text: "a", at: 0 }, { role: "assistant", text: "b", at: 1 }]
    assert.strictEqual(remembered(turns, { maxTurns: 2, maxCharacters: 2, expireAfterMs: 1_000 }, 5).length, 2)
  })
})
