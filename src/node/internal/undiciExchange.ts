/**
 * HTTP exchanges by undici's dispatcher itself. Platform's client makes for each an abort controller, a registration
 * with the garbage collector, a readable stream, promises, and for its bound two fibers and a timer: most of what a
 * small call costs. Here it is one callback and one timer.
 */
import type * as Undici from "@effect/platform-node/Undici"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Http from "../../internal/http.ts"
import { failed, joined, type Result } from "./results.ts"

type Headers = Parameters<NonNullable<Undici.Dispatcher.DispatchHandler["onResponseStart"]>>[2]

/** What an abort leaves behind in undici; nobody reads it. */
const givenUp = new Error("given up")

/** Takes one answer as it comes, and hands it on. */
const receive = (onEnd: (result: Result) => void) => {
  let handOn: typeof onEnd | undefined = onEnd
  let controller: Undici.Dispatcher.DispatchController | undefined
  let status = 0
  let headers: Headers = {}
  let chunks: Array<Buffer> = []
  let size = 0

  const end = (result: Result): void => {
    const hand = handOn
    // What undici has of a request outlives it for a while. So it shall find no more here than this.
    handOn = undefined
    controller = undefined
    headers = {}
    chunks = []
    hand?.(result)
  }
  const giveUp = (result: Result): void => {
    const open = controller
    end(result)
    open?.abort(givenUp)
  }
  const answer = (): Result =>
    Effect.succeed<Http.HttpAnswer>({ status, headers: joined(headers), body: Http.decode(chunks) })

  const handler: Undici.Dispatcher.DispatchHandler = {
    // Also called when a connection is lost before anything was written, and another one tried.
    onRequestStart: (started) => {
      if (handOn === undefined) started.abort(givenUp)
      else controller = started
    },
    // The last time is the answer; before it there may be informational ones.
    onResponseStart: (_, statusCode, all) => {
      status = statusCode
      headers = all
    },
    onResponseData: (_, chunk) => {
      chunks.push(chunk)
      size += chunk.length
      if (size >= Http.maxAnswerBytes) giveUp(answer())
    },
    onResponseEnd: () => end(answer()),
    onResponseError: (_, error) => end(failed(status === 0 ? "RequestError" : "ResponseError", error))
  }
  return { giveUp, handler }
}

/**
 * Exchanges whose body is in memory. An interruption, and the end of the bound, abort the request, or keep it from being
 * written.
 */
export const make = (dispatcher: Undici.Dispatcher): Http.DirectExchange => (request, boundMs) => {
  const { body, headers, method } = request
  if (body._tag !== "Empty" && body._tag !== "Uint8Array") return undefined
  return Effect.uninterruptibleMask((restore) => {
    const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
    if (Either.isLeft(url)) return Effect.fail({ _tag: "RequestError", reason: "InvalidUrl", cause: url.left } as const)
    const { origin, pathname, search } = url.right
    let stop: (result: Result) => void = () => {}
    const exchange = Effect.async<Http.HttpAnswer, Effect.Effect.Error<Result>>((resume) => {
      const { giveUp, handler } = receive((result) => {
        clearTimeout(timer)
        resume(result)
      })
      const timer = setTimeout(() => giveUp(Effect.fail(Http.timedOut)), boundMs)
      stop = giveUp
      try {
        dispatcher.dispatch({
          method,
          origin,
          path: pathname + search,
          headers,
          body: body._tag === "Empty" ? null : body.body,
          // There is one bound, for all.
          headersTimeout: 0,
          bodyTimeout: 0
        }, handler)
      } catch (error) {
        // A dispatcher that can't be made, or has been destroyed.
        giveUp(failed("RequestError", error))
      }
    })
    // Instead of a canceler, because objects of one call with a canceler hang on to those of the next, and so all of
    // them survive until a major collection: a fifth of the whole exchange's cost.
    return Effect.catchAllCause(restore(exchange), (cause) => {
      stop(Effect.interrupt)
      return Effect.failCause(cause)
    })
  })
}
