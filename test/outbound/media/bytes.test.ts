import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { turn } from "../../../src/internal/runtime/eventLoop.ts"
import * as Bytes from "../../../src/outbound/media/bytes.ts"

const mebibyte = 1024 * 1024
const big = Buffer.alloc(8 * mebibyte + 17, "0123456789abcdef")
const least = Math.floor(big.length / Bytes.sliceBytes)

/** How often the event loop turned meanwhile: each slice has a turn of its own, so this is no matter of speed. */
const turnsOf = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    let turns = 0
    const counting = yield* Effect.fork(Effect.forever(Effect.zipRight(turn, Effect.sync(() => turns++))))
    yield* turn
    const before = turns
    const value = yield* effect
    const after = turns
    yield* Fiber.interrupt(counting)
    return { value, turns: after - before }
  })

const shapes: ReadonlyArray<readonly [string, Stream.Stream<Uint8Array>]> = [
  ["in one piece", Stream.make(big)],
  [
    "in many pieces that are all there",
    Stream.fromIterable(
      Array.from({ length: big.length }, (_, n) => n).filter((n) => n % 10_007 === 0).map((n) =>
        big.subarray(n, n + 10_007)
      )
    )
  ],
  ["in parts", Bytes.fromParts([big.subarray(0, 5), big.subarray(5)])]
]

describe("bytes", () => {
  for (const [name, stream] of shapes) {
    it.effect(`hashing and gathering ${name} lets the event loop turn for every slice`, () =>
      Effect.gen(function*() {
        const hashed = yield* turnsOf(Bytes.digest(stream))
        assert.deepStrictEqual(hashed.value, {
          size: big.length,
          sha256: createHash("sha256").update(big).digest("hex")
        })
        assert.isAtLeast(hashed.turns, least)
        const gathered = yield* turnsOf(Bytes.collect(stream))
        assert.isTrue(big.equals(gathered.value))
        assert.isAtLeast(gathered.turns, least)
      }))
  }

  it.effect("what is in memory goes out slice by slice", () =>
    Effect.gen(function*() {
      const sent = yield* turnsOf(Stream.runCollect(Bytes.fromParts([big])))
      for (const { length } of sent.value) assert.isAtMost(length, Bytes.sliceBytes)
      assert.isTrue(Buffer.concat([...sent.value]).equals(big))
      assert.isAtLeast(sent.turns, least)
    }))

  it.effect("what is small takes no turn", () =>
    Effect.gen(function*() {
      const small = Bytes.fromParts([big.subarray(0, 100)])
      const { turns } = yield* turnsOf(Effect.zip(Bytes.digest(small), Bytes.collect(small)))
      assert.strictEqual(turns, 0)
    }))
})
