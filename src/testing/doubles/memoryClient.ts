/** An `HttpClient` whose other end is the fake's API, in memory. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Calls } from "../server/Calls.ts"
import { type Call, filesOf, type HttpAnswer, isForm, makeCall } from "../server/exchange.ts"

interface Sent {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string | undefined
}

/** By what platforms do themselves: a form makes up its boundary. */
const asPlatform = (body: string | FormData): Effect.Effect<Sent> =>
  Effect.promise(async () => {
    const response = new Response(body)
    const contentType = response.headers.get("content-type") ?? undefined
    return { contentType, bytes: new Uint8Array(await response.arrayBuffer()) }
  })

const sentBy = ({ body }: HttpClientRequest.HttpClientRequest): Effect.Effect<Sent, unknown> => {
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({ bytes: new Uint8Array(), contentType: undefined })
    case "Uint8Array":
      return Effect.succeed({ bytes: Uint8Array.from(body.body), contentType: body.contentType })
    case "Stream":
      return Effect.map(Stream.runCollect(body.stream), (chunks) => ({
        bytes: new Uint8Array(Buffer.concat([...chunks])),
        contentType: body.contentType
      }))
    case "FormData":
      return asPlatform(body.formData)
    case "Raw":
      return Effect.map(
        asPlatform(typeof body.body === "string" ? body.body : JSON.stringify(body.body)),
        ({ bytes }) => ({ bytes, contentType: body.contentType })
      )
  }
}

const bodyOf = ({ body }: HttpAnswer): string | Uint8Array<ArrayBuffer> => {
  if (typeof body === "string") return body
  return "zeros" in body ? new Uint8Array(body.zeros) : Uint8Array.from(body)
}

const respond = (call: Call, answer: HttpAnswer, over: Readonly<Record<string, string>> | undefined): Response =>
  new Response(bodyOf(answer), {
    status: answer.status,
    headers: Object.fromEntries(
      Object.entries({
        "content-type": answer.contentType,
        "x-acs-dingtalk-request-id": call.id.toUpperCase(),
        ...answer.headers,
        ...over
      }).filter(([, value]) => value !== "")
    )
  })

/**
 * `known` is told of each call before it is handled. A body that is cut short (`cutAfterBytes`) is an error of transport
 * here; what comes late comes late by the clock of the caller.
 */
export const make = (calls: Calls["Type"], known: (call: Call) => void): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.gen(function*() {
      const failed = (cause: unknown) => new HttpClientError.RequestError({ request, reason: "Transport", cause })
      const { bytes, contentType } = yield* Effect.mapError(sentBy(request), failed)
      const headers: Call["headers"] = {
        ...request.headers,
        ...contentType === undefined ? {} : { "content-type": contentType }
      }
      const files = isForm(headers)
        ? yield* Effect.promise(() => filesOf(headers["content-type"] ?? "", bytes))
        : {}
      const at = yield* Clock.currentTimeMillis
      const call = makeCall({ at, method: request.method, url: url.href, headers, bytes, files })
      known(call)
      const fortune = calls.take(call)
      if (fortune === "hang") return yield* Effect.never
      if (fortune === "hangUp") return yield* failed(new Error("socket hang up"))
      const { answer, how } = fortune
      if (how.afterMs !== undefined && how.afterMs > 0) yield* Effect.sleep(how.afterMs)
      if (how.cutAfterBytes !== undefined) return yield* failed(new Error("terminated"))
      if (answer.fileOf !== undefined) {
        const length = typeof answer.body === "object" && "zeros" in answer.body
          ? answer.body.zeros
          : Buffer.byteLength(answer.body)
        calls.downloaded({ downloadCode: answer.fileOf, bytes: length, whole: true })
      }
      return HttpClientResponse.fromWeb(request, respond(call, answer, how.headers))
    })
  )
