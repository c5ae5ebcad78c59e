import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Fifo from "../../src/internal/fifo.ts"

describe("fifo", () => {
  it("is as an array is, and what was taken out is not held", () => {
    const step = FastCheck.oneof(
      FastCheck.record({ what: FastCheck.constant("push" as const), count: FastCheck.integer({ min: 1, max: 1_500 }) }),
      FastCheck.record({
        what: FastCheck.constantFrom("shift", "pop"),
        count: FastCheck.integer({ min: 1, max: 1_500 })
      }),
      FastCheck.record({ what: FastCheck.constant("clear" as const), count: FastCheck.constant(1) })
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.array(step, { maxLength: 12 }), (steps) => {
        const fifo = Fifo.make<number>()
        const model: Array<number> = []
        let next = 0
        for (const { count, what } of steps) {
          for (let time = 0; time < count; time++) {
            if (what === "push") {
              Fifo.push(fifo, next)
              model.push(next++)
            } else if (what === "shift") assert.strictEqual(Fifo.shift(fifo), model.shift())
            else if (what === "pop") assert.strictEqual(Fifo.pop(fifo), model.pop())
            else {
              Fifo.clear(fifo)
              model.length = 0
            }
            assert.strictEqual(Fifo.size(fifo), model.length)
            assert.strictEqual(Fifo.first(fifo), model[0])
            assert.strictEqual(Fifo.last(fifo), model.at(-1))
          }
          assert.deepStrictEqual(Fifo.values(fifo), model)
          assert.strictEqual(fifo.items.filter((item) => item !== undefined).length, model.length)
          assert.isAtMost(fifo.items.length, Math.max(Fifo.mostEmpty, model.length) + model.length)
        }
      }),
      { numRuns: 15 }
    )
  })
})
