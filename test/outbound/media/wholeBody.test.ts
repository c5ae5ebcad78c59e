import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { wholeBody } from "../../../src/outbound/media/wholeBody.ts"

const request = HttpClientRequest.get("https://example.com/")

const answer = (chunks: ReadonlyArray<Uint8Array>, headers: Record<string, string>) =>
  Object.defineProperty(HttpClientResponse.fromWeb(request, new Response(null, { headers })), "stream", {
    value: Stream.fromIterable(chunks).pipe(Stream.rechunk(1))
  })

const read = (chunks: ReadonlyArray<Uint8Array>, headers: Record<string, string>) =>
  Effect.flatMap(wholeBody(answer(chunks, headers), (detail) => detail), Stream.runCollect).pipe(
    Effect.map((all) => Buffer.concat([...all])),
    Effect.scoped,
    Effect.either
  )

const bodies = FastCheck.array(FastCheck.uint8Array({ maxLength: 5 }), { maxLength: 5 })

describe("the whole body of an answer", () => {
  it.effect.prop("is what came, where all came that was announced, or nothing was", [
    bodies,
    FastCheck.boolean()
  ], ([chunks, announced]) =>
    Effect.gen(function*() {
      const bytes = Buffer.concat(chunks)
      const result = yield* read(chunks, announced ? { "content-length": String(bytes.length) } : {})
      assert.deepStrictEqual(result, Either.right(bytes))
    }), { fastCheck: { numRuns: 40 } })

  it.effect.prop("is an error where less came than was announced", [bodies, FastCheck.integer({ min: 1, max: 9 })], (
    [chunks, missing]
  ) =>
    Effect.gen(function*() {
      const { length } = Buffer.concat(chunks)
      const result = yield* read(chunks, { "content-length": String(length + missing) })
      assert.deepStrictEqual(
        result,
        Either.left(`the connection broke after ${length} of ${length + missing} bytes`)
      )
    }), { fastCheck: { numRuns: 40 } })

  it.effect("is not measured where it was packed for the way, or its length is no number", () =>
    Effect.gen(function*() {
      const chunks = [new Uint8Array([1])]
      for (const headers of [{ "content-length": "9", "content-encoding": "gzip" }, { "content-length": "many" }]) {
        assert.deepStrictEqual(yield* read(chunks, headers), Either.right(Buffer.from([1])))
      }
    }))
})
