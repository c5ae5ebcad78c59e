/**
 * The body of an answer, all of it or an error.
 *
 * @since 0.1.0
 */
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { reasonOf } from "../../internal/net/http.ts"

/** What the server says that it sends; unknown of what is packed for the way, which some clients unpack. */
const announcedBytes = (headers: HttpClientResponse.HttpClientResponse["headers"]): number | undefined => {
  const length = headers["content-encoding"] === undefined ? headers["content-length"] : undefined
  return length === undefined || !/^\d+$/.test(length) ? undefined : Number(length)
}

/**
 * The body of an answer, to be read while the scope lasts. It fails when the connection breaks, and when there was less
 * than was announced.
 *
 * Its first bytes are awaited here: Node's HTTP clients give a body that broke off before anybody read it as one that is
 * empty and whole.
 *
 * @since 0.1.0
 * @category constructors
 */
export const wholeBody = <E>(
  response: HttpClientResponse.HttpClientResponse,
  /** The error of a body that is not whole, from what happened to it. */
  onBroken: (detail: string) => E
): Effect.Effect<Stream.Stream<Uint8Array, E>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const announced = announcedBytes(response.headers)
    const pull = yield* Stream.toPull(Stream.mapError(response.stream, (error) => onBroken(reasonOf(error))))
    const first = yield* Effect.either(pull)
    const received = yield* Ref.make(0)
    const atEnd = Effect.flatMap(Ref.get(received), (bytes) =>
      announced === undefined || bytes >= announced
        ? Effect.void
        : Effect.fail(onBroken(`the connection broke after ${bytes} of ${announced} bytes`)))
    const body: Stream.Stream<Uint8Array, E> = Either.match(first, {
      onLeft: Option.match({ onNone: () => Stream.empty, onSome: (error) => Stream.fail(error) }),
      onRight: (chunk) => Stream.concat(Stream.fromChunk(chunk), Stream.fromPull(Effect.succeed(pull)))
    })
    return body.pipe(
      Stream.tap((chunk) => Ref.update(received, (before) => before + chunk.length)),
      Stream.concat(Stream.execute(atEnd))
    )
  })
