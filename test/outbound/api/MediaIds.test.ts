import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as MediaIds from "../../../src/outbound/api/MediaIds.ts"

/** Uploads that can be let go on, and are counted. */
const uploads = Effect.gen(function*() {
  const count = yield* Ref.make(0)
  const gate = yield* Deferred.make<void>()
  const upload = Ref.updateAndGet(count, (n) => n + 1).pipe(
    Effect.map((n) => `id ${n}`),
    Effect.zipLeft(Deferred.await(gate))
  )
  return { count: Ref.get(count), open: Deferred.succeed(gate, undefined), upload }
})

const allWait = Effect.repeatN(Effect.yieldNow(), 20)

describe("MediaIds", () => {
  it.effect("property: uploads once what there is room for, and remembers no more than that and one", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.array(FastCheck.nat({ max: 9 })),
          FastCheck.constantFrom(4, 10),
          (steps, most) =>
            Effect.runPromise(Effect.gen(function*() {
              const ids = yield* MediaIds.make(most)
              const seen = new Set<number>()
              let last: number | undefined
              for (const n of steps) {
                const known = yield* ids.getOrUpload(String(n), Effect.succeed(`id ${n}`))
                assert.strictEqual(known.mediaId, `id ${n}`)
                if (!seen.has(n)) assert.isFalse(known.reused)
                if (n === last || (seen.has(n) && most === 10)) assert.isTrue(known.reused)
                seen.add(n)
                last = n
                assert.isAtMost(yield* ids.size, most + 1)
              }
            }))
        )
      )
    ))

  it.effect("the same content at the same time goes once, another one does not wait for it", () =>
    Effect.gen(function*() {
      const ids = yield* MediaIds.make()
      const { count, open, upload } = yield* uploads
      const same = yield* Effect.fork(Effect.replicateEffect(ids.getOrUpload("a", upload), 5, { concurrency: 5 }))
      yield* allWait
      assert.strictEqual(yield* count, 1)
      assert.strictEqual((yield* ids.getOrUpload("b", Effect.succeed("other"))).mediaId, "other")
      yield* open
      const known = yield* Fiber.join(same)
      assert.deepStrictEqual(known.map(({ mediaId }) => mediaId), Array.from({ length: 5 }, () => "id 1"))
      assert.strictEqual(known.filter(({ reused }) => !reused).length, 1)
    }))

  it.effect("who is interrupted takes nobody along: the next one uploads it", () =>
    Effect.gen(function*() {
      const ids = yield* MediaIds.make()
      const { count, open, upload } = yield* uploads
      const first = yield* Effect.fork(ids.getOrUpload("a", upload))
      yield* allWait
      const second = yield* Effect.fork(ids.getOrUpload("a", upload))
      yield* allWait
      yield* Fiber.interrupt(first)
      yield* allWait
      assert.strictEqual(yield* count, 2)
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(second), { mediaId: "id 2", reused: false })
    }))

  it.effect("a failure is its own: who waited tries, and so does who comes later", () =>
    Effect.gen(function*() {
      const ids = yield* MediaIds.make()
      const failing = Effect.zipRight(Effect.yieldNow(), Effect.fail("no"))
      const both = yield* Effect.all([
        Effect.either(ids.getOrUpload("a", failing)),
        Effect.either(ids.getOrUpload("a", Effect.succeed("id")))
      ], { concurrency: 2 })
      assert.deepStrictEqual(both.map(({ _tag }) => _tag), ["Left", "Right"])
      assert.isTrue((yield* ids.getOrUpload("a", failing)).reused)
    }))
})
