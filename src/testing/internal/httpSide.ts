/** The shell of the HTTP side: reads a call, records it, lets the script or the route decide, performs the answer. */
import { randomUUID } from "node:crypto"
import type * as Http from "node:http"
import type { Answer, Fate, Opening, Respond } from "../Script.ts"
import type { Timers } from "./boundary.ts"
import { makeGate } from "./gate.ts"
import { type Call, type HttpAnswer, parse } from "./route.ts"
import { routeOf } from "./routes.ts"
import type { Settings } from "./settings.ts"
import type { State } from "./state.ts"
import { makeWriter } from "./writing.ts"

/** Nothing that a client sends comes near it. In bytes. */
const maxBodyBytes = 64 * 1024 * 1024

/** How much of a form is kept as text, in bytes: it may be a file of many megabytes. */
const formTextBytes = 1_000

export interface HttpSide {
  readonly answerNext: (path: string, answers: ReadonlyArray<Opening>) => void
  /** The answer to every call that finds the queue empty, until `handle` takes its place. */
  readonly answerEvery: (path: string, answer: Answer) => void
}

const contentTypeOf = (body: unknown): string =>
  typeof body === "string"
    ? body.trimStart().startsWith("<") ? "text/html" : "text/plain;charset=utf-8"
    : "application/json;charset=utf-8"

const scripted = ({ body, status }: Respond): HttpAnswer => ({
  status,
  contentType: contentTypeOf(body),
  body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
})

const callOf = (request: Http.IncomingMessage, bytes: Buffer): Call => {
  const url = new URL(request.url ?? "/", "http://fake")
  const isForm = request.headers["content-type"]?.startsWith("multipart/") === true
  const text = bytes.toString("utf8", 0, isForm ? formTextBytes : bytes.length)
  return {
    id: randomUUID(),
    at: Date.now(),
    method: request.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value])
    ),
    text,
    bytes,
    json: parse(text)
  }
}

export const serveHttp = (
  { changed, host, server, settings, state, timers }: {
    readonly server: Http.Server
    readonly host: string
    readonly settings: Settings
    readonly state: State
    readonly timers: Timers
    readonly changed: () => void
  }
): HttpSide => {
  const queues = new Map<string, ReadonlyArray<Opening>>()
  const standing = new Map<string, Answer>()
  const gate = makeGate(settings)
  const writer = makeWriter(timers, (downloadCode, bytes, whole) => {
    state.files.downloads.push({ downloadCode, bytes, whole })
    changed()
  })

  const nextAnswer = (path: string): Opening => {
    const [first, ...rest] = queues.get(path) ?? []
    if (first === undefined) return standing.get(path) ?? "handle"
    queues.set(path, rest)
    return first
  }

  const handle = (call: Call, fate: Fate | undefined): HttpAnswer => {
    const world = state.world(host)
    const { answer, changes } = gate.refusal(call, world) ?? routeOf(call.method, call.path)(call, world)
    for (const change of changes) state.apply(change, fate)
    return answer
  }

  /** Answers the status that the caller gets. */
  const perform = (opening: Opening, call: Call, response: Http.ServerResponse): number | undefined => {
    if (typeof opening === "object" && "status" in opening) {
      writer.write(response, call, scripted(opening), opening)
      return opening.status
    }
    if (opening === "hang") return undefined
    if (opening !== "hangUp") {
      const fate = typeof opening === "object" && "ticketWith" in opening ? opening.ticketWith : undefined
      const answer = handle(call, fate)
      if (opening === "handleThenHang") return undefined
      if (opening !== "handleThenHangUp") {
        const afterMs = typeof opening === "object" && "handleAfterMs" in opening ? opening.handleAfterMs : 0
        writer.write(response, call, answer, { afterMs })
        return answer.status
      }
    }
    response.socket?.destroy()
    return undefined
  }

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
      const call = callOf(request, Buffer.concat(chunks))
      const { bytes: _bytes, id: _id, ...seen } = call
      state.record({ ...seen, status: perform(nextAnswer(call.path), call, response) })
      changed()
    })
  })

  return {
    answerNext: (path, answers) => {
      queues.set(path, [...queues.get(path) ?? [], ...answers])
    },
    answerEvery: (path, answer) => {
      standing.set(path, answer)
    }
  }
}
