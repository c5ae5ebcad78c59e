import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { iteration } from "../../../src/internal/runtime/eventLoop.ts"
import * as Bytes from "../../../src/outbound/media/bytes.ts"

const mebibyte = 1024 * 1024
const big = Buffer.alloc(8 * mebibyte + 17, "0123456789abcdef")
const least = Math.floor(big.length / Bytes.sliceBytes)

/** How often the event loop went on meanwhile: each slice has an iteration of its own, so this is no matter of speed. */
const iterationsOf = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    let iterations = 0
    const counting = yield* Effect.fork(Effect.forever(Effect.zipRight(iteration, Effect.sync(() => iterations++))))
    yield* iteration
    const before = iterations
    const value = yield* effect
    const after = iterations
    yield* Fiber.interrupt(counting)
    return { value, iterations: after - before }
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
    it.effect(`hashing and gathering ${name} lets the event loop go on for every slice`, () =>
      Effect.gen(function*() {
        const hashed = yield* iterationsOf(Bytes.digest(stream))
        assert.deepStrictEqual(hashed.value, {
          size: big.length,
          sha256: createHash("sha256").update(big).digest("hex")
        })
        assert.isAtLeast(hashed.iterations, least)
        const gathered = yield* iterationsOf(Bytes.collect(stream))
        assert.isTrue(big.equals(gathered.value))
        assert.isAtLeast(gathered.iterations, least)
      }))
  }

  it.effect("what is in memory goes out slice by slice", () =>
    Effect.gen(function*() {
      const sent = yield* iterationsOf(Stream.runCollect(Bytes.fromParts([big])))
      for (const { length } of sent.value) assert.isAtMost(length, Bytes.sliceBytes)
      assert.isTrue(Buffer.concat([...sent.value]).equals(big))
      assert.isAtLeast(sent.iterations, least)
    }))

  it.effect("what is small takes no iteration", () =>
    Effect.gen(function*() {
      const small = Bytes.fromParts([big.subarray(0, 100)])
      const { iterations } = yield* iterationsOf(Effect.zip(Bytes.digest(small), Bytes.collect(small)))
      assert.strictEqual(iterations, 0)
    }))
})
