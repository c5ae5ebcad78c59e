/** A ZIP archive of one file, as APPNOTE 6.3 describes it, without what one file does not need. */
import * as Effect from "effect/Effect"
import { gzip } from "node:zlib"

const u16 = (value: number): ReadonlyArray<number> => [value & 0xff, (value >>> 8) & 0xff]
const u32 = (value: number): ReadonlyArray<number> => [...u16(value & 0xffff), ...u16(value >>> 16)]

/** 1 January 1980: the same file makes the same archive, whose media id can be used again. */
const epoch = [0x00, 0x00, 0x21, 0x00]

/** Version 2.0, names in UTF-8, deflated. */
const method = [20, 0, 0x00, 0x08, 8, 0, ...epoch]

/** What surrounds the deflated bytes in a gzip stream that names no file, as Node's do: RFC 1952, section 2.3. */
const gzipHeader = 10
const gzipTrailer = 8

const zeros = (length: number): ReadonlyArray<number> => Array.from({ length }, () => 0)

/** The parts of an archive, from the file as a gzip stream. */
const archive = (name: string, size: number, gzipped: Buffer): ReadonlyArray<Uint8Array> => {
  const nameBytes = Buffer.from(name)
  const deflated = gzipped.subarray(gzipHeader, -gzipTrailer)
  const crc32 = gzipped.readUInt32LE(gzipped.length - gzipTrailer)
  const facts = [...u32(crc32), ...u32(deflated.length), ...u32(size), ...u16(nameBytes.length), 0, 0]
  const local = Buffer.from([0x50, 0x4b, 3, 4, ...method, ...facts])
  const central = Buffer.from([0x50, 0x4b, 1, 2, 20, 0, ...method, ...facts, ...zeros(14)])
  const centralAt = local.length + nameBytes.length + deflated.length
  const sizes = [...u32(central.length + nameBytes.length), ...u32(centralAt)]
  const end = Buffer.from([0x50, 0x4b, 5, 6, ...zeros(4), 1, 0, 1, 0, ...sizes, 0, 0])
  return [local, nameBytes, deflated, central, nameBytes, end]
}

/**
 * Zips a file. All that takes time is done off the main thread, the checksum too: gzip deflates as ZIP does, and ends in the
 * same CRC-32.
 */
export const zip = (name: string, raw: Uint8Array): Effect.Effect<ReadonlyArray<Uint8Array>> =>
  Effect.async((resume) => {
    gzip(
      raw,
      (error, gzipped) =>
        resume(error === null ? Effect.succeed(archive(name, raw.length, gzipped)) : Effect.die(error))
    )
  })
