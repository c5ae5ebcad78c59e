import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { inflateRawSync } from "node:zlib"
import { zip } from "../../../../src/outbound/media/internal/zip.ts"

/** Reads an archive of one file the way readers do: from its end. */
const unzip = (
  archive: ReadonlyArray<Uint8Array>
): { readonly name: string; readonly bytes: Buffer; readonly crc: number } => {
  const buffer = Buffer.concat(archive)
  const end = buffer.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  assert.strictEqual(buffer.length - end, 22)
  assert.strictEqual(buffer.readUInt16LE(end + 10), 1)
  const central = buffer.readUInt32LE(end + 16)
  assert.strictEqual(central + buffer.readUInt32LE(end + 12), end)
  assert.strictEqual(buffer.readUInt32LE(central), 0x02014b50)
  const flags = buffer.readUInt16LE(central + 8)
  assert.strictEqual(flags & 0x0800, 0x0800)
  const size = buffer.readUInt32LE(central + 20)
  const nameLength = buffer.readUInt16LE(central + 28)
  const local = buffer.readUInt32LE(central + 42)
  assert.strictEqual(buffer.readUInt32LE(local), 0x04034b50)
  assert.deepStrictEqual(buffer.subarray(local + 6, local + 28), buffer.subarray(central + 8, central + 30))
  const at = local + 30 + nameLength
  const bytes = inflateRawSync(buffer.subarray(at, at + size))
  assert.strictEqual(bytes.length, buffer.readUInt32LE(central + 24))
  return {
    name: buffer.toString("utf8", local + 30, at),
    bytes,
    crc: buffer.readUInt32LE(central + 16)
  }
}

describe("zip", () => {
  it.effect("CRC-32 has its check value", () =>
    Effect.gen(function*() {
      assert.strictEqual(unzip(yield* zip("a", Buffer.from("123456789"))).crc, 0xcbf43926)
      assert.strictEqual(unzip(yield* zip("a", new Uint8Array())).crc, 0)
    }))

  it.effect("property: what goes in comes out", () =>
    Effect.promise(() =>
      FastCheck.assert(FastCheck.asyncProperty(
        FastCheck.string({ minLength: 1, maxLength: 40 }),
        FastCheck.uint8Array({ maxLength: 5_000 }),
        (name, bytes) =>
          Effect.runPromise(Effect.map(zip(name, bytes), (archive) => {
            const file = unzip(archive)
            assert.strictEqual(file.name, Buffer.from(name).toString())
            assert.deepStrictEqual([...file.bytes], [...bytes])
          }))
      ))
    ))

  it.effect("the same file makes the same archive", () =>
    Effect.gen(function*() {
      const page = Buffer.from("<html></html>")
      assert.deepStrictEqual(yield* zip("页.html", page), yield* zip("页.html", page))
    }))
})
