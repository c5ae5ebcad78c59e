import { assert, describe, it } from "@effect/vitest"
import * as Intake from "../../../src/sql/internal/intake.ts"

const state = { isLast: false, iterations: 0, sinceMs: 10, ended: 20, atHand: 7 }

describe("how many of those that arrived are written", () => {
  it("is what stays at hand, while those that are ends quickly", () => {
    assert.strictEqual(Intake.most(state), 7)
    assert.strictEqual(Intake.most({ ...state, atHand: 0 }), 0)
    assert.strictEqual(Intake.most({ ...state, atHand: 10_000 }), Intake.mostAtOnce)
  })

  it("is all of them when it is the last time, or nothing ends, or handlers are slow", () => {
    assert.strictEqual(Intake.most({ ...state, isLast: true }), Intake.mostAtOnce)
    assert.strictEqual(Intake.most({ ...state, iterations: 3 }), 7)
    assert.strictEqual(Intake.most({ ...state, iterations: 4 }), Intake.mostAtOnce)
    assert.strictEqual(Intake.most({ ...state, ended: 9 }), Intake.mostAtOnce)
  })

  it("is some of them after a while in any case", () => {
    assert.strictEqual(Intake.most({ ...state, sinceMs: 99, ended: 100, atHand: 0 }), 0)
    assert.strictEqual(Intake.most({ ...state, sinceMs: 100, ended: 100, atHand: 0 }), 64)
    assert.strictEqual(Intake.most({ ...state, sinceMs: 100, ended: 100, atHand: 200 }), 200)
  })
})

describe("a transaction", () => {
  it("waits for more as long as more comes, behind a large one, and not for long", () => {
    const gathering = { more: 1, last: 32, sinceMs: 9 }
    assert.isTrue(Intake.gathers(gathering))
    assert.isFalse(Intake.gathers({ ...gathering, more: 0 }))
    assert.isFalse(Intake.gathers({ ...gathering, last: 31 }))
    assert.isFalse(Intake.gathers({ ...gathering, sinceMs: 10 }))
  })
})
