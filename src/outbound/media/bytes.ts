/**
 * Streams of bytes: bounded, and never worked on for so long at a stretch that acknowledgements would wait.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { iteration } from "../../internal/runtime/eventLoop.ts"

/**
 * How many bytes are hashed, copied or handed on between two iterations of the event loop: a millisecond's work or two.
 *
 * @since 0.1.0
 * @category constants
 */
export const sliceBytes = 256 * 1024

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

/** Uses a chunk, of which the event loop has had `since` bytes without an iteration; gives how many it has had then. */
const useChunk = (
  use: (slice: Uint8Array) => void,
  since: number,
  chunk: Uint8Array
): Effect.Effect<number> =>
  Effect.suspend(() => {
    const slice = chunk.subarray(0, sliceBytes - since)
    use(slice)
    return since + slice.length < sliceBytes
      ? Effect.succeed(since + slice.length)
      : Effect.zipRight(iteration, useChunk(use, 0, chunk.subarray(slice.length)))
  })

/** Uses all bytes in order, {@link sliceBytes} of them at most before the event loop goes on. */
const forEachSlice = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  use: (slice: Uint8Array) => void
): Effect.Effect<void, E, R> =>
  Effect.asVoid(Stream.runFoldEffect(stream, 0, (since, chunk) => useChunk(use, since, chunk)))

const oneByOne = (chunks: ReadonlyArray<Uint8Array>): Stream.Stream<Uint8Array> =>
  Stream.rechunk(Stream.fromIterable(chunks), 1)

const slicesOf = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from(
    { length: Math.ceil(bytes.length / sliceBytes) },
    (_, n) => bytes.subarray(n * sliceBytes, (n + 1) * sliceBytes)
  )

/**
 * Bytes in memory as a stream that lets the event loop go on between its slices: encrypting is work, too.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromParts = (parts: ReadonlyArray<Uint8Array>): Stream.Stream<Uint8Array> => {
  const slices = parts.flatMap(slicesOf)
  return slices.length <= 1 ? Stream.fromIterable(slices) : Stream.tap(oneByOne(slices), () => iteration)
}

/**
 * The number of bytes, and their SHA-256 in hexadecimal.
 *
 * @since 0.1.0
 * @category destructors
 */
export const digest = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>
): Effect.Effect<{ readonly size: number; readonly sha256: string }, E, R> =>
  Effect.suspend(() => {
    const hash = createHash("sha256")
    let size = 0
    return Effect.map(
      forEachSlice(stream, (slice) => {
        hash.update(slice)
        size += slice.length
      }),
      () => ({ size, sha256: hash.digest("hex") })
    )
  })

/**
 * All bytes, once in memory.
 *
 * @since 0.1.0
 * @category destructors
 */
export const collect = <E, R>(stream: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Uint8Array, E, R> =>
  Effect.gen(function*() {
    const chunks: Array<Uint8Array> = []
    yield* Stream.runForEach(stream, (chunk) => Effect.sync(() => chunks.push(chunk)))
    const whole = Buffer.allocUnsafe(chunks.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    yield* forEachSlice(oneByOne(chunks), (slice) => {
      whole.set(slice, at)
      at += slice.length
    })
    return whole
  })
