/**
 * The one way in which this library reads an HTTP answer: bounded in bytes, and silent towards tracers, whose spans
 * would record tokens and whose propagation headers are none of a third party's business.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import { globalValue } from "effect/GlobalValue"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { isLive } from "./clock.ts"

/** An HTTP answer as the pure classifiers take it. */
export interface HttpAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** No JSON answer of DingTalk's comes near this; a page of a gateway, or an attack, is cut here. In bytes. */
export const maxAnswerBytes = 1024 * 1024

/** A client without spans, hence without their propagation. */
export const quiet = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.withTracerDisabledWhen(client, () => true)

/** A body that came in pieces, up to {@link maxAnswerBytes}; what is beyond is cut off. */
export const decode = (chunks: ReadonlyArray<Uint8Array>): string => {
  const text = Buffer.concat(chunks).toString("utf8", 0, maxAnswerBytes)
  return text.startsWith("\uFEFF") ? text.slice(1) : text
}

/** Reads a body of unknown size, and stops where it gets too long. */
const boundedText = (response: HttpClientResponse.HttpClientResponse) =>
  response.stream.pipe(
    Stream.mapAccum(0, (size, chunk) => [size + chunk.length, { chunk, before: size }] as const),
    Stream.takeWhile(({ before }) => before < maxAnswerBytes),
    Stream.runFold([] as ReadonlyArray<Uint8Array>, (chunks, { chunk }) => [...chunks, chunk]),
    Effect.map(decode),
    // An answer without a body has no stream.
    Effect.catchIf(
      (error) => error._tag === "ResponseError" && error.reason === "EmptyBody",
      () => Effect.succeed("")
    )
  )

/**
 * Sends a request and reads the whole answer, up to {@link maxAnswerBytes}; what is beyond is cut off. An answer that
 * says that it is small, as nearly all do, is read at once: a stream costs more than the rest of the call.
 */
export const exchange = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpAnswer, HttpClientError.HttpClientError> =>
  Effect.flatMap(client.execute(request), (response) => {
    const { headers, status } = response
    const length = headers["content-length"]
    const isSmall = length !== undefined && Number(length) <= maxAnswerBytes
    return Effect.map(isSmall ? response.text : boundedText(response), (body) => ({ status, headers, body }))
  })

/** Why there is no answer: an `HttpClientError`, as far as anybody here looks into one. */
export type NoAnswer = Pick<HttpClientError.HttpClientError, "_tag" | "reason" | "cause">

/** The bound came first. */
export const timedOut = { _tag: "TimedOut" } as const

/** {@link exchange}, within so many milliseconds. */
export type Exchange = (
  request: HttpClientRequest.HttpClientRequest,
  boundMs: number
) => Effect.Effect<HttpAnswer, NoAnswer | typeof timedOut>

/** An {@link Exchange} that goes by the real time, whatever the `Clock`, and leaves some requests to others. */
export type DirectExchange = (...input: Parameters<Exchange>) => ReturnType<Exchange> | undefined

/** How often a client is asked: whether it pays to keep a connection open behind a call. */
export type Frequency = "often" | "seldom"

/** The direct ways of a client. */
export type Direct = Readonly<Record<Frequency, DirectExchange>>

/**
 * What is known of clients beyond their interface. A client that was changed in any way is another object, of which
 * nothing is known: whatever was done to it, holds.
 */
const direct = globalValue(
  "effect-dingtalk/internal/http/direct",
  () => new WeakMap<HttpClient.HttpClient, Direct>()
)

/** Makes known how a client's exchanges can be done without it, to the same effect and at a fraction of the cost. */
export const unsafeSetDirect = (client: HttpClient.HttpClient, ways: Direct): void => {
  direct.set(client, ways)
}

/** The direct ways of a client, if there are any. */
export const directOf = (client: HttpClient.HttpClient): Direct | undefined => direct.get(client)

/** The cheapest way to do exchanges with a client. */
export const exchangeOf = (client: HttpClient.HttpClient, frequency: Frequency): Exchange => {
  const quieted = quiet(client)
  const byClient: Exchange = (request, boundMs) =>
    Effect.timeoutFail(exchange(quieted, request), { duration: boundMs, onTimeout: () => timedOut })
  const known = directOf(client)?.[frequency]
  return known === undefined ?
    byClient :
    (request, boundMs) =>
      Effect.clockWith((clock) => (isLive(clock) ? known(request, boundMs) : undefined) ?? byClient(request, boundMs))
}

/** Chains of causes are short; one that is not may be a circle. */
const deepest = 8

/** The first code along an error's chain of causes, where it looks like one. */
export const codeOf = (error: unknown, depth: number = deepest): string | undefined => {
  if (depth === 0) return undefined
  if (Predicate.hasProperty(error, "code") && typeof error.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(error.code)) {
    return error.code
  }
  const inner = Predicate.hasProperty(error, "cause") ? codeOf(error.cause, depth - 1) : undefined
  if (inner !== undefined) return inner
  return Predicate.hasProperty(error, "errors") && Array.isArray(error.errors)
    ? codeOf(error.errors[0], depth - 1)
    : undefined
}

/** A failed exchange in a few words that contain neither the URL nor a header. */
export const reasonOf = (error: NoAnswer): string => {
  const code = codeOf(error.cause)
  return `${error._tag === "RequestError" ? "the request failed" : "the answer could not be read"}${
    code === undefined ? "" : ` (${code})`
  }`
}
