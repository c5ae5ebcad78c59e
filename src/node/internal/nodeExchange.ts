/**
 * HTTP exchanges by Node's own client, a connection each and no proxy. For what is asked for once in a while: undici keeps
 * a connection for some time behind every call, and takes a tenth of a program's start to load.
 */
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as NodeHttp from "node:http"
import * as NodeHttps from "node:https"
import * as Http from "../../internal/http.ts"
import { failed, joined, type Result } from "./results.ts"

/** Reads one answer, and hands it on. */
const receive = (response: NodeHttp.IncomingMessage, handOn: (result: Result) => void): void => {
  const chunks: Array<Buffer> = []
  let size = 0
  const answer = (): Result =>
    Effect.succeed({
      status: response.statusCode ?? 0,
      headers: joined(response.headersDistinct),
      body: Http.decode(chunks)
    })
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size < Http.maxAnswerBytes) return
    handOn(answer())
    response.destroy()
  })
  response.once("end", () => handOn(answer()))
  response.on("error", (error) => handOn(failed("ResponseError", error)))
}

/** Exchanges whose body is in memory. An interruption, and the end of the bound, end the connection. */
export const exchange: Http.DirectExchange = (request, boundMs) => {
  const { body, headers, method } = request
  if (body._tag !== "Empty" && body._tag !== "Uint8Array") return undefined
  return Effect.suspend(() => {
    const parsed = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
    if (Either.isLeft(parsed)) {
      return Effect.fail({ _tag: "RequestError", reason: "InvalidUrl", cause: parsed.left } as const)
    }
    const url = parsed.right
    return Effect.async<Http.HttpAnswer, Effect.Effect.Error<Result>>((resume) => {
      let sent: NodeHttp.ClientRequest
      try {
        sent = (url.protocol === "https:" ? NodeHttps : NodeHttp).request(url, {
          method,
          headers,
          agent: false,
          // Said outright, so that no variable of the environment switches verification off.
          rejectUnauthorized: true
        })
      } catch (error) {
        // A header that can't be written, or a scheme that is none of HTTP's.
        return resume(failed("RequestError", error))
      }
      // Instead of a time-out's two fibers, for each of a thousand accounts that open at once; a direct exchange goes by
      // the real time.
      const timer = setTimeout(() => {
        resume(Effect.fail(Http.timedOut))
        sent.destroy()
      }, boundMs)
      const handOn = (result: Result): void => {
        clearTimeout(timer)
        resume(result)
      }
      let answered = false
      sent.once("response", (response) => {
        answered = true
        receive(response, handOn)
      })
      // Without a listener Node drops the connection, and nothing else is said.
      sent.once("upgrade", (_response, socket) => {
        socket.destroy()
        handOn(failed("RequestError", new Error("an upgrade that nobody asked for")))
      })
      // Stays attached: an error that follows the end of an exchange is nobody's.
      sent.on("error", (error) => handOn(failed(answered ? "ResponseError" : "RequestError", error)))
      sent.end(body._tag === "Uint8Array" ? body.body : undefined)
      return Effect.sync(() => {
        clearTimeout(timer)
        sent.destroy()
      })
    })
  })
}
