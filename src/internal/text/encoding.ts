/**
 * Bytes as text, in whichever of the encodings they are that people's programs and files have. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"

/**
 * A text and how it was read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Read {
  /** Without a byte order mark. What the encoding has no character for is U+FFFD. */
  readonly text: string
  /** As the Encoding Standard calls it. */
  readonly encoding: string
}

const decodeAs = (encoding: string, bytes: Uint8Array): Either.Either<Read, unknown> =>
  Either.try(() => ({ text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding }))

/** UTF-16 says so at its beginning, or betrays itself by the half of each Latin letter that is 0. */
const utf16 = (bytes: Uint8Array): string | undefined => {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe) return "utf-16le"
  if (a === 0xfe && b === 0xff) return "utf-16be"
  if (bytes.length >= 4 && bytes.length % 2 === 0) {
    if (a !== 0 && b === 0 && c !== 0 && d === 0) return "utf-16le"
    if (a === 0 && b !== 0 && c === 0 && d !== 0) return "utf-16be"
  }
  return undefined
}

/** What is no UTF-8 may be UTF-16 without a mark, whose line ends betray its order: U+0A00 is no character. */
const byLineEnds = (bytes: Uint8Array): Either.Either<Read, unknown> => {
  const hasUnit = (first: number, second: number) =>
    bytes.some((byte, index) => index % 2 === 0 && byte === first && bytes[index + 1] === second)
  if (bytes.length % 2 === 1) return Either.left(undefined)
  if (hasUnit(0x0a, 0)) return decodeAs("utf-16le", bytes)
  return hasUnit(0, 0x0a) ? decodeAs("utf-16be", bytes) : Either.left(undefined)
}

/**
 * What is wrong with what was read, if it is no text at all, and what to do. UTF-32 is such.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (text: string): string | undefined =>
  text.includes("\0") ? "is no text in UTF-8, UTF-16 or GB18030: save it as UTF-8" : undefined

/**
 * Whether there is an encoding of this name.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isKnown = (encoding: string): boolean => Either.isRight(Either.try(() => new TextDecoder(encoding)))

/**
 * Reads bytes as `encoding` or, without one, as what they are: UTF-16 or UTF-8, or else GB18030, which Chinese Windows
 * writes.
 *
 * @since 0.1.0
 * @category decoding
 */
export const read = (bytes: Uint8Array, encoding?: string): Read => {
  const lossy = (name: string): Read => ({ text: new TextDecoder(name).decode(bytes), encoding: name })
  if (encoding !== undefined) return lossy(encoding)
  const wide = utf16(bytes)
  return (wide === undefined ? Either.left(undefined) : decodeAs(wide, bytes)).pipe(
    Either.orElse(() => decodeAs("utf-8", bytes)),
    Either.orElse(() => byLineEnds(bytes)),
    Either.orElse(() => decodeAs("gb18030", bytes)),
    Either.getOrElse(() => lossy("utf-8"))
  )
}
