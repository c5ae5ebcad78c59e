import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as LiveOutput from "../../../src/cli/exec/liveOutput.ts"

const all = <A>(stream: Stream.Stream<A>) => Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** Bytes in pieces of these sizes, over and over. */
const cut = (bytes: Buffer, sizes: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const pieces: Array<Buffer> = []
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

const sizes = FastCheck.array(FastCheck.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })

const few = { fastCheck: { numRuns: 40 } }

describe("liveOutput", () => {
  it.effect.prop(
    "characters come out whole, however their bytes are cut",
    [FastCheck.string({ unit: "binary" }), sizes],
    ([text, sizes]) =>
      Effect.gen(function*() {
        const bytes = Buffer.from(text)
        const pieces = yield* all(LiveOutput.decoded(Stream.fromIterable(cut(bytes, sizes))))
        assert.strictEqual(pieces.join(""), bytes.toString("utf8"))
        for (const piece of pieces) assert.strictEqual(Buffer.from(piece).toString(), piece)
      }),
    few
  )

  it.effect("what is no UTF-8 is marked, also at the end", () =>
    Effect.gen(function*() {
      const bytes = [Buffer.from([0x61, 0xff]), Buffer.from([0x62, 0xe4, 0xbd])]
      assert.strictEqual((yield* all(LiveOutput.decoded(Stream.fromIterable(bytes)))).join(""), "a\ufffdb\ufffd")
    }))

  it.effect.prop(
    "white space is given when it is not the end",
    [FastCheck.array(FastCheck.stringMatching(/^[ab \n]{0,4}$/))],
    ([pieces]) =>
      Effect.gen(function*() {
        const shown = yield* all(LiveOutput.withoutEnd(Stream.fromIterable(pieces)))
        assert.strictEqual(shown.join(""), pieces.join("").trimEnd())
        assert.notInclude(shown, "")
      }),
    few
  )
})
