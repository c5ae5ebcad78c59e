/**
 * What a program prints, as text that can be shown while it comes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * Bytes as text, however they are cut: a character is given when it is whole. What the encoding does not know becomes
 * U+FFFD; a byte order mark is left out.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decoded = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  encoding: string = "utf-8"
): Stream.Stream<string, E, R> =>
  Stream.unwrap(Effect.sync(() => {
    const decoder = new TextDecoder(encoding)
    return Stream.concat(
      Stream.map(bytes, (chunk) => decoder.decode(chunk, { stream: true })),
      Stream.fromEffect(Effect.sync(() => decoder.decode()))
    )
  }))

/**
 * A text without the white space at its end: what may be the end is held back until there is more.
 *
 * @since 0.1.0
 * @category decoding
 */
export const withoutEnd = <E, R>(text: Stream.Stream<string, E, R>): Stream.Stream<string, E, R> =>
  text.pipe(
    Stream.mapAccum("", (held, chunk) => {
      const visible = chunk.trimEnd()
      return visible === "" ? [held + chunk, ""] : [chunk.slice(visible.length), held + visible]
    }),
    Stream.filter((piece) => piece !== "")
  )
