/**
 * Whether a text holds a secret, whatever form it has been brought into. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"

/** A shorter one stands in an innocent text by chance; it counts only where it is all of it. */
const shortestWithin = 8

/** Base64 without what two alphabets differ in. */
const plainBase64 = (text: string): string => text.replaceAll("-", "+").replaceAll("_", "/")

/** The characters that a secret becomes within the base64 of a longer text: they depend on where in it it begins. */
const withinBase64 = (bytes: Buffer): ReadonlyArray<string> =>
  [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes]).toString("base64")
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  )

/** A text in the encodings that shells and Windows use. */
const encoded = (text: string): ReadonlyArray<Buffer> => [
  Buffer.from(text),
  Buffer.from(text, "utf16le"),
  Buffer.from(text, "utf16le").swap16()
]

/** What separates the bytes of a dump. */
const withoutSeparators = (text: string): string => text.replace(/[\s:,-]|0x|\\x/gi, "")

const reversed = (text: string): string => [...text].toReversed().join("")

/** Stretches of base64 that may hold base64 again. */
const base64Stretch = /[A-Za-z0-9+/]{16,}={0,2}/g

/** What stands in base64, as far as it is text. */
const decoded = (text: string): string =>
  (plainBase64(text).match(base64Stretch) ?? []).map((part) => Buffer.from(part, "base64").toString("latin1")).join(
    "\n"
  )

const unescaped = (text: string): string =>
  Either.getOrElse(
    Either.try(() => decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25"))),
    () => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  )

const unquoted = (text: string): string =>
  text.replace(
    /\\(?:u([0-9a-f]{4})|(.))/gi,
    (_, hex?: string, plain = "") => hex === undefined ? plain : String.fromCharCode(Number.parseInt(hex, 16))
  )

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }

const withoutEntities = (text: string): string =>
  text.replace(
    /&(?:#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))|([a-z]+));/gi,
    (all, hex?: string, decimal?: string, name = "") => {
      if (hex === undefined && decimal === undefined) return entities[name.toLowerCase()] ?? all
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return point > 0x10ffff ? all : String.fromCodePoint(point)
    }
  )

/**
 * Whether a text is or holds one of the secrets: as it is, URL-encoded once or twice, escaped as in JSON, HTML or a shell, in
 * hexadecimal, or in base64 (twice, too) by itself or as a part of something longer, of UTF-8 or UTF-16; also back to front,
 * and in capitals or small letters.
 *
 * @since 0.1.0
 * @category decisions
 */
export const holds = (secrets: Iterable<string>): (text: string) => boolean => {
  const known = [...secrets].filter((secret) => secret !== "")
  const long = known.filter((secret) => secret.length >= shortestWithin)
  const small = long.map((secret) => secret.toLowerCase())
  const base64 = long.flatMap(encoded).flatMap(withinBase64)
  const hex = long.flatMap(encoded).map((bytes) => bytes.toString("hex"))
  return (text) => {
    const once = unescaped(text)
    const straight = [text, once, unescaped(once), unquoted(text), withoutEntities(text), decoded(text)]
    const readings = [...straight, ...straight.map(reversed)]
    return known.some((secret) => readings.includes(secret)) ||
      readings.some((reading) => {
        const normal = plainBase64(reading)
        const lower = reading.toLowerCase()
        const dense = withoutSeparators(lower)
        return small.some((secret) => lower.includes(secret)) ||
          base64.some((form) => normal.includes(form)) ||
          hex.some((form) => dense.includes(form))
      })
  }
}
