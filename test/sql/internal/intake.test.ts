import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
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
    const gathering = { more: 1, last: 128, sinceMs: 9 }
    assert.isTrue(Intake.gathers(gathering))
    assert.isFalse(Intake.gathers({ ...gathering, more: 0 }))
    assert.isFalse(Intake.gathers({ ...gathering, last: 127 }))
    assert.isFalse(Intake.gathers({ ...gathering, sinceMs: 10 }))
  })
})

const small = FastCheck.integer({ min: 0, max: 4 })
const arrived = FastCheck.array(
  FastCheck.record({
    line: FastCheck.constantFrom("a", "b", "c"),
    isAhead: FastCheck.boolean()
  }),
  { maxLength: 20 }
)

describe("what arrived begins at once", () => {
  const hands = { ofLine: () => 0, mostFollowing: 2, idle: 2, ahead: 0 }
  const of = (...lines: ReadonlyArray<string>) => lines.map((line) => ({ line, isAhead: false }))

  it("for the first of each silent conversation, as long as a worker is idle", () => {
    assert.deepStrictEqual(Intake.begins(of("a", "a", "b", "c"), hands), [true, false, true, false])
    assert.deepStrictEqual(Intake.begins(of("a"), { ...hands, ofLine: () => 1 }), [false])
    assert.deepStrictEqual(Intake.begins(of("a"), { ...hands, ofLine: () => undefined }), [false])
  })

  it("for those behind as well where much begins", () => {
    assert.deepStrictEqual(Intake.begins(of("a", "a", "a", "a", "b"), { ...hands, ahead: 4 }), [
      true,
      true,
      true,
      false,
      true
    ])
  })

  it.prop(
    "for as many as there are hands, of each conversation for the earliest",
    [arrived, FastCheck.array(FastCheck.option(small), { minLength: 3, maxLength: 3 }), small, small, small],
    ([arrived, inMemory, mostFollowing, idle, ahead]) => {
      const ofLine = (line: string) => inMemory["abc".indexOf(line)] ?? undefined
      const begins = Intake.begins(arrived, { ofLine, mostFollowing, idle, ahead })
      assert.strictEqual(begins.length, arrived.length)
      assert.isAtMost(begins.filter((begin) => begin).length, Math.max(idle, ahead))
      for (const line of ["a", "b", "c"]) {
        const own = begins.filter((_, index) => arrived[index]?.line === line && !arrived[index].isAhead)
        const count = own.filter((begin) => begin).length
        const isSilent = ofLine(line) === 0
        // Another conversation's may have taken what was left between two of one.
        if (!isSilent || ahead === 0) assert.isAtMost(count, isSilent ? 1 : Math.max(0, ahead))
        if (ofLine(line) === undefined) assert.strictEqual(count, 0)
        assert.isFalse(own.slice(own.indexOf(false) + 1).includes(true) && own.includes(false), "the earliest")
      }
      for (const [index, { isAhead }] of arrived.entries()) if (isAhead) assert.isFalse(begins[index])
    }
  )
})
