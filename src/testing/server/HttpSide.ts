/** The shell of the HTTP side: reads calls from sockets, and performs what becomes of them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Http from "node:http"
import { Timers } from "../internal/Timers.ts"
import { Calls } from "./Calls.ts"
import { type Call, filesOf, isForm, makeCall } from "./exchange.ts"
import { Listener } from "./Listener.ts"
import { makeWriter } from "./Writer.ts"

/** Nothing that a client sends comes near it. In bytes. */
const maxBodyBytes = 64 * 1024 * 1024

const headersOf = (request: Http.IncomingMessage): Call["headers"] =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value])
  )

export const layer: Layer.Layer<never, never, Listener | Timers | Calls> = Layer.effectDiscard(
  Effect.gen(function*() {
    const { server } = yield* Listener
    const calls = yield* Calls
    const write = makeWriter(
      yield* Timers,
      (downloadCode, bytes, whole) => calls.downloaded({ downloadCode, bytes, whole })
    )
    server.on("request", (request: Http.IncomingMessage, response: Http.ServerResponse) => {
      const chunks: Array<Buffer> = []
      let size = 0
      request.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBodyBytes) request.destroy()
        else chunks.push(chunk)
      })
      request.on("error", () => undefined)
      request.on("end", () => {
        const bytes = Buffer.concat(chunks)
        const headers = headersOf(request)
        const { method = "", url = "/" } = request
        const handle = (files: Call["files"]) => {
          const call = makeCall({ at: Date.now(), method, url, headers, bytes, files })
          const fortune = calls.take(call)
          if (fortune === "hang") return
          if (fortune === "hangUp") response.socket?.destroy()
          else write(response, call, fortune.answer, fortune.how)
        }
        if (isForm(headers)) void filesOf(headers["content-type"] ?? "", bytes).then(handle)
        else handle({})
      })
    })
  })
)
