/**
 * Streams of bytes, bounded.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * The stream, which fails before it gives more than `limit` bytes.
 *
 * @since 0.1.0
 * @category combinators
 */
export const bounded = <E, R, E2>(
  stream: Stream.Stream<Uint8Array, E, R>,
  limit: number,
  onMore: (bytes: number) => E2
): Stream.Stream<Uint8Array, E | E2, R> =>
  Stream.mapAccumEffect(stream, 0, (before, chunk) => {
    const size = before + chunk.length
    return size > limit ? Effect.fail(onMore(size)) : Effect.succeed([size, chunk] as const)
  })

/**
 * All bytes, once in memory.
 *
 * @since 0.1.0
 * @category destructors
 */
export const collect = <E, R>(stream: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Uint8Array, E, R> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    return Effect.map(
      Stream.runForEach(stream, (chunk) => Effect.sync(() => chunks.push(chunk))),
      () => Buffer.concat(chunks)
    )
  })
