/**
 * A picture that the built-in robot has painted itself. Pure.
 *
 * @since 0.1.0
 */
import { deflateSync } from "node:zlib"

const width = 320
const height = 180

type Colour = readonly [red: number, green: number, blue: number]

const mixed = ([r, g, b]: Colour, [r2, g2, b2]: Colour, share: number): Colour => [
  Math.round(r + (r2 - r) * share),
  Math.round(g + (g2 - g) * share),
  Math.round(b + (b2 - b) * share)
]

const horizon = 120

/** The sun above the sea. */
const colourAt = (x: number, y: number): Colour => {
  const toSun = Math.hypot(x - 200, y - 96)
  if (y < horizon) {
    const sky = mixed([34, 64, 128], [255, 170, 96], y / horizon)
    return toSun < 30 ? [255, 236, 170] : mixed([255, 236, 170], sky, Math.min(1, (toSun - 30) / 60))
  }
  const sea = mixed([214, 128, 96], [18, 44, 84], (y - horizon) / (height - horizon))
  const isGlint = Math.abs(x - 200) < 34 - (y - horizon) / 3 && y % 6 < 3
  return isGlint ? mixed(sea, [255, 236, 170], 0.6) : sea
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  const step = (c: number): number => (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return Array.from({ length: 8 }).reduce<number>(step, n) >>> 0
})

const crc = (bytes: Uint8Array): number =>
  (bytes.reduce((c, byte) => (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0

const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(8)
  framed.writeUInt32BE(data.length, 0)
  framed.writeUInt32BE(crc(named), 4)
  return Buffer.concat([framed.subarray(0, 4), named, framed.subarray(4)])
}

const header = (): Buffer => {
  const bytes = Buffer.alloc(13)
  bytes.writeUInt32BE(width, 0)
  bytes.writeUInt32BE(height, 4)
  // Eight bits a channel, three channels.
  bytes.set([8, 2], 8)
  return bytes
}

/** Each row begins with how it is filtered: it is not. */
const rowBytes = 1 + 3 * width

const pixels = (): Uint8Array => {
  const bytes = new Uint8Array(height * rowBytes)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) bytes.set(colourAt(x, y), y * rowBytes + 1 + 3 * x)
  }
  return bytes
}

/**
 * Paints it, as a PNG.
 *
 * @since 0.1.0
 * @category constructors
 */
export const sunset = (): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header()),
    chunk("IDAT", deflateSync(pixels())),
    chunk("IEND", Buffer.alloc(0))
  ])
