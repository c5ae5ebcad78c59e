import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isClean } from "../../chaos/fuzz/engine.ts"
import { run } from "../../chaos/fuzz/session.ts"

describe("a whole robot", () => {
  it.live("bent frames: none is thrown into the socket, each is answered once and accounted for, the log stays short", () =>
    Effect.gen(function*() {
      const { books, thrown } = yield* run({ account: "fuzz-slice", seed: 20_261_122, to: 10_000 })
      assert.deepStrictEqual(thrown, [])
      assert.deepStrictEqual(books.problems, [])
      assert.strictEqual(books.handed, 10_000)
      assert.isAbove(books.received, 2_500)
      assert.strictEqual(books.answered, books.due)
      assert.strictEqual(books.settled, books.received)
      assert.isAtMost(books.logRecords, 5 * books.connections + 200)
      assert.isTrue(isClean())
    }))
})
