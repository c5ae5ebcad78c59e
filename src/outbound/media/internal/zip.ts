/** A ZIP archive of one file, as APPNOTE 6.3 describes it, without what one file does not need. */
import * as Effect from "effect/Effect"
import { deflateRaw } from "node:zlib"

const polynomial = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ polynomial : c >>> 1
  return c >>> 0
})

/** CRC-32. Node's own is younger than the oldest Node that is supported. */
export const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

const u16 = (value: number): ReadonlyArray<number> => [value & 0xff, (value >>> 8) & 0xff]
const u32 = (value: number): ReadonlyArray<number> => [...u16(value & 0xffff), ...u16(value >>> 16)]

/** 1 January 1980: the same file makes the same archive, whose media id can be used again. */
const epoch = [0x00, 0x00, 0x21, 0x00]

/** Version 2.0, names in UTF-8, deflated. */
const method = [20, 0, 0x00, 0x08, 8, 0, ...epoch]

/** Puts a file that is already deflated into an archive. */
export const archive = (name: string, raw: Uint8Array, deflated: Uint8Array): Uint8Array => {
  const nameBytes = Buffer.from(name)
  const facts = [...u32(crc32(raw)), ...u32(deflated.length), ...u32(raw.length), ...u16(nameBytes.length), 0, 0]
  const local = Buffer.from([0x50, 0x4b, 3, 4, ...method, ...facts])
  const central = Buffer.from([0x50, 0x4b, 1, 2, 20, 0, ...method, ...facts, ...Array.from({ length: 14 }, () => 0)])
  const centralAt = local.length + nameBytes.length + deflated.length
  const counts = [0, 0, 0, 0, 1, 0, 1, 0]
  const sizes = [...u32(central.length + nameBytes.length), ...u32(centralAt)]
  const end = Buffer.from([0x50, 0x4b, 5, 6, ...counts, ...sizes, 0, 0])
  return Buffer.concat([local, nameBytes, deflated, central, nameBytes, end])
}

/** Zips a file, off the main thread. */
export const zip = (name: string, raw: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.map(
    Effect.async<Uint8Array>((resume) => {
      deflateRaw(raw, (error, deflated) => resume(error === null ? Effect.succeed(deflated) : Effect.die(error)))
    }),
    (deflated) => archive(name, raw, deflated)
  )
