/**
 * The one way in which this library reads an HTTP answer: bounded in bytes, and silent towards tracers, whose spans
 * would record tokens and whose propagation headers are none of a third party's business.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { codeOf } from "./errorCode.ts"
import * as ProxyFailure from "./proxyFailure.ts"

/** An HTTP answer as the pure classifiers take it. */
export interface HttpAnswer {
  readonly status: number
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt?: number | undefined
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** A header by its lower-case name. */
export const header = ({ headers }: HttpAnswer, name: string): string | undefined =>
  headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]

/**
 * How long a server asks to be left alone, in milliseconds: `Retry-After` in seconds, or as a date, which is compared
 * with the server's own `Date` and only for want of one with our clock. `undefined` where it does not say.
 */
export const retryAfterMs = (answer: HttpAnswer): number | undefined => {
  const value = header(answer, "retry-after")?.trim() ?? ""
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000
  const until = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  const now = Date.parse(header(answer, "date") ?? "")
  const ms = until - (Number.isNaN(now) ? answer.receivedAt ?? Number.NaN : now)
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
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
    Stream.runFold(Arr.empty<Uint8Array>(), (chunks, { chunk }) => [...chunks, chunk]),
    Effect.map(decode),
    // An answer without a body has no stream.
    Effect.catchIf(
      (error) => error._tag === "ResponseError" && error.reason === "EmptyBody",
      () => Effect.succeed("")
    )
  )

/** The bound came before the answer. */
export class TimedOut extends Data.TaggedError("TimedOut")<{ readonly boundMs: number }> {}

/** Why there is no answer. */
export type NoAnswer = HttpClientError.HttpClientError | TimedOut

/**
 * Sends a request and reads the whole answer within so many milliseconds, up to {@link maxAnswerBytes}; what is beyond
 * is cut off. An answer that says that it is small, as nearly all do, is read at once: a stream costs more than the rest
 * of the call.
 */
export const exchange = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  boundMs: number
): Effect.Effect<HttpAnswer, NoAnswer> =>
  Effect.flatMap(client.execute(request), (response) => {
    const { headers, status } = response
    const isSmall = Number(headers["content-length"]) <= maxAnswerBytes
    return Effect.zipWith(
      isSmall ? response.text : boundedText(response),
      Clock.currentTimeMillis,
      (body, receivedAt) => ({ status, receivedAt, headers, body })
    )
  }).pipe(
    Effect.timeoutFail({ duration: boundMs, onTimeout: () => new TimedOut({ boundMs }) }),
    Effect.locally(HttpClient.currentTracerDisabledWhen, () => true)
  )

/** A failed exchange in a few words that contain neither the URL nor a header. */
export const reasonOf = (error: HttpClientError.HttpClientError): string => {
  const proxy = ProxyFailure.descriptionOf(error.cause)
  if (proxy !== undefined) return proxy
  const code = codeOf(error.cause)
  return `${error._tag === "RequestError" ? "the request failed" : "the answer could not be read"}${
    code === undefined ? "" : ` (${code})`
  }`
}
