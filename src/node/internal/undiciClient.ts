/**
 * An `HttpClient` on undici's dispatcher. Platform's client on undici is its specification, test by test; it leaves out the
 * readable stream and the promises of each answer, most of what a small call costs.
 */
import * as NodeStream from "@effect/platform-node/NodeStream"
import type * as Undici from "@effect/platform-node/Undici"
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Inspectable from "effect/Inspectable"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

type Body = NonNullable<Undici.Dispatcher.DispatchOptions["body"]> | null
type RawHeaders = Parameters<NonNullable<Undici.Dispatcher.DispatchHandler["onResponseStart"]>>[2]
/** Takes what has come of an answer, and tells whether that was the end. */
type Taking = Effect.Effect<readonly [Chunk.Chunk<Uint8Array>, done: boolean], unknown>

/** An answer that says that it is not longer, in bytes, is handed over whole. */
const maxWholeBytes = 64 * 1024

/** How many chunks of any other may wait for whoever reads it. */
const maxChunksAhead = 16

/** An hour, as platform has it: whoever asks bounds the wait. */
const headersTimeoutMs = 3_600_000

/** What undici can't send it refuses by itself. */
const isBody = (_: unknown): _ is Body => true

const convert = (body: HttpBody.HttpBody): Effect.Effect<unknown> =>
  body._tag === "Stream"
    ? NodeStream.toReadable(body.stream)
    : Effect.succeed(body._tag === "FormData" ? body.formData : body._tag === "Empty" ? null : body.body)

const takeRest = (take: Taking, before: Chunk.Chunk<Uint8Array>): Effect.Effect<Buffer<ArrayBuffer>, unknown> =>
  Effect.flatMap(take, ([chunks, done]) => {
    const all = Chunk.appendAll(before, chunks)
    return done ? Effect.succeed(Buffer.concat(Chunk.toReadonlyArray(all))) : takeRest(take, all)
  })

const respond = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  rawHeaders: RawHeaders,
  body: Effect.Effect<Buffer<ArrayBuffer>, unknown>,
  stream: Stream.Stream<Uint8Array, unknown>
): HttpClientResponse.HttpClientResponse => {
  const headers = Headers.fromInput(rawHeaders)
  const broken = (cause: unknown) => new HttpClientError.ResponseError({ request, response, reason: "Decode", cause })
  const bytes = Effect.mapError(body, broken)
  // Whoever wants more of an answer than its text gets it from the web's.
  const web = Effect.map(bytes, (bytes) => HttpClientResponse.fromWeb(request, new Response(bytes, { headers })))
  const response: HttpClientResponse.HttpClientResponse = {
    ...Inspectable.BaseProto,
    [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId,
    [HttpClientResponse.TypeId]: HttpClientResponse.TypeId,
    request,
    status,
    headers,
    get cookies() {
      return Cookies.fromSetCookie(rawHeaders["set-cookie"] ?? [])
    },
    remoteAddress: Option.none(),
    text: Effect.map(bytes, (bytes) => new TextDecoder().decode(bytes)),
    arrayBuffer: Effect.flatMap(web, ({ arrayBuffer }) => arrayBuffer),
    json: Effect.flatMap(web, ({ json }) => json),
    urlParamsBody: Effect.flatMap(web, ({ urlParamsBody }) => urlParamsBody),
    formData: Effect.flatMap(web, ({ formData }) => formData),
    stream: Stream.mapError(stream, broken),
    toJSON: () =>
      HttpIncomingMessage.inspect(response, {
        _id: "@effect/platform/HttpClientResponse",
        request: request.toJSON(),
        status
      })
  }
  return response
}

/** What an abort leaves behind in undici; nobody reads it. */
const givenUp = new Error("given up")

/** A client that goes by a dispatcher. An interruption aborts the request, or keeps it from being written. */
export const make = (dispatcher: Undici.Dispatcher): HttpClient.HttpClient =>
  HttpClient.make((request, { origin, pathname, search }, signal) =>
    Effect.flatMap(
      Effect.zip(convert(request.body), Mailbox.make<Uint8Array, unknown>()),
      ([body, chunks]) =>
        Effect.async<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((resume) => {
          const failed = (cause: unknown) =>
            resume(Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause })))
          let onEnd: ((exit: Exit.Exit<void, unknown>) => void) | undefined
          let maxAhead = Number.POSITIVE_INFINITY
          const handler: Undici.Dispatcher.DispatchHandler = {
            // Also called when a connection is lost before anything was written, and another one tried.
            onRequestStart: (controller) => {
              if (signal.aborted) controller.abort(givenUp)
              else signal.addEventListener("abort", () => controller.abort(givenUp), { once: true })
            },
            onResponseStart: (controller, status, headers) => {
              // Informational ones precede the answer.
              if (status < 200) return
              const take = Effect.tap(chunks.takeAll, () => controller.resume())
              const body = takeRest(take, Chunk.empty())
              if (Number(headers["content-length"]) <= maxWholeBytes) {
                onEnd = (exit) => {
                  chunks.unsafeDone(exit)
                  const whole = Effect.exit(body)
                  resume(Effect.map(whole, (exit) => respond(request, status, headers, exit, Stream.fromEffect(exit))))
                }
              } else {
                onEnd = (exit) => void chunks.unsafeDone(exit)
                maxAhead = maxChunksAhead
                const stream = Stream.unfoldChunkEffect(
                  false,
                  (done) => done ? Effect.succeedNone : Effect.asSome(take)
                )
                resume(Effect.map(Effect.cached(body), (rest) => respond(request, status, headers, rest, stream)))
              }
            },
            onResponseData: (controller, chunk) => {
              chunks.unsafeOffer(chunk)
              if (Option.exists(chunks.unsafeSize(), (waiting) => waiting >= maxAhead)) controller.pause()
            },
            onResponseEnd: () => onEnd?.(Exit.void),
            onResponseError: (_, cause) => onEnd === undefined ? failed(cause) : onEnd(Exit.fail(cause))
          }
          try {
            dispatcher.dispatch({
              method: request.method,
              origin,
              path: pathname + search,
              headers: request.headers,
              body: isBody(body) ? body : null,
              headersTimeout: headersTimeoutMs,
              bodyTimeout: 0
            }, handler)
          } catch (cause) {
            // A dispatcher that can't be made, or has been destroyed.
            failed(cause)
          }
        })
    )
  )
