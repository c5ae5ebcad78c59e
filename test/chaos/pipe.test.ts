import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { type Manner, plan } from "../../chaos/faults/pipe.ts"

const chunks = Arbitrary.make(Schema.Array(Schema.NonEmptyString)).map((texts) =>
  texts.map((text) => Buffer.from(text))
)

const keeping: ReadonlyArray<Manner> = [
  { _tag: "Pass" },
  { _tag: "Delay", ms: 5 },
  { _tag: "Trickle" },
  { _tag: "Split", bytes: 3 },
  { _tag: "Merge", ms: 5 }
]

describe("what a pipe does to bytes", () => {
  it("every manner but the hole keeps all of them, in order; pieces are as long as they should be", () => {
    FastCheck.assert(FastCheck.property(chunks, FastCheck.constantFrom(...keeping), (waiting, manner) => {
      const { pieces } = plan(manner, waiting)
      assert.deepStrictEqual(Buffer.concat(pieces), Buffer.concat(waiting))
      if (manner._tag === "Trickle") assert.isTrue(pieces.every(({ length }) => length === 1))
      if (manner._tag === "Split") assert.isTrue(pieces.every(({ length }) => length <= 3))
      if (manner._tag === "Merge") assert.isAtMost(pieces.length, 1)
    }))
  })

  it("the hole keeps none", () => {
    assert.deepStrictEqual(plan({ _tag: "Hole" }, [Buffer.from("x")]).pieces, [])
  })
})
