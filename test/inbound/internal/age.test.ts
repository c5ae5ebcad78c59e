import { assert, it } from "@effect/vitest"
import { ageOf } from "../../../src/inbound/internal/age.ts"

it("the age of a message goes by DingTalk's clock where that is known, and is not guessed", () => {
  assert.strictEqual(ageOf(1_000, 61_000, 9_999_999), 60_000)
  assert.strictEqual(ageOf(1_000, undefined, 31_000), 30_000)
  assert.strictEqual(ageOf(1_000, 0, 31_000), 30_000)
  assert.strictEqual(ageOf(undefined, 61_000, 61_000), undefined)
  assert.strictEqual(ageOf(0, 61_000, 61_000), undefined)
})
