import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../../chaos/fuzz/clients.ts"
import { isClean } from "../../chaos/fuzz/engine.ts"

describe("every call of every API", () => {
  it.live("bent answers: each ends, in a value or a typed error that fits on a line", () =>
    Effect.gen(function*() {
      const { calls, errors, failures, succeeded } = yield* run({ seed: 20_261_122, to: 150 })
      assert.deepStrictEqual(failures, [])
      assert.isTrue(isClean())
      assert.isAbove(calls, 250)
      assert.isAbove(succeeded, 50)
      for (const tag of ["Ambiguous", "BadRequest", "PermissionDenied", "Refused", "Unavailable"]) {
        assert.isAbove(errors.get(tag) ?? 0, 0, tag)
      }
    }))
})
