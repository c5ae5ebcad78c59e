/** The shell of the HTTP side: reads a call, records it, lets the script or the API decide, performs the answer. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import type * as Http from "node:http"
import { fewRecords, type Journal, journal, type Table, table } from "../internal/bounded.ts"
import { parse } from "../internal/json.ts"
import { Timers } from "../internal/Timers.ts"
import { Watch } from "../internal/Watch.ts"
import type { Answer, Opening, Respond } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import { Api, type Call, type FormFile, type HttpAnswer } from "./exchange.ts"
import { Gate } from "./Gate.ts"
import { Listener } from "./Listener.ts"
import { makeWriter } from "./Writer.ts"

/** Nothing that a client sends comes near it. In bytes. */
const maxBodyBytes = 64 * 1024 * 1024

/** How much of a form is kept as text, in bytes: it may be a file of many megabytes. */
const formTextBytes = 1_000

const contentTypeOf = (body: unknown): string =>
  typeof body === "string"
    ? body.trimStart().startsWith("<") ? "text/html" : "text/plain;charset=utf-8"
    : "application/json;charset=utf-8"

const scripted = ({ body, status }: Respond): HttpAnswer => ({
  status,
  contentType: contentTypeOf(body),
  body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
})

const isForm = (request: Http.IncomingMessage): boolean =>
  request.headers["content-type"]?.startsWith("multipart/") === true

/** The files of a form, by their fields; none when it can't be read. */
export const filesOf = async (contentType: string, bytes: Uint8Array<ArrayBuffer>): Promise<Call["files"]> => {
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData()
    .catch(() => new FormData())
  const files = [...form].map(async ([field, value]): Promise<ReadonlyArray<readonly [string, FormFile]>> =>
    typeof value === "string" ? [] : [[field, {
      fileName: value.name,
      contentType: value.type,
      bytes: new Uint8Array(await value.arrayBuffer())
    }]]
  )
  return Object.fromEntries((await Promise.all(files)).flat())
}

const callOf = (request: Http.IncomingMessage, bytes: Buffer, files: Call["files"]): Call => {
  const url = new URL(request.url ?? "/", "http://fake")
  const text = bytes.toString("utf8", 0, isForm(request) ? formTextBytes : bytes.length)
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
    json: parse(text),
    files
  }
}

export class HttpSide extends Context.Tag("effect-dingtalk/testing/server/HttpSide")<HttpSide, {
  /** What the next calls of a path meet. */
  readonly answerNext: (path: string, answers: ReadonlyArray<Opening>) => void
  /** The answer to every call that finds the queue empty, until `handle` takes its place. */
  readonly answerEvery: (path: string, answer: Answer) => void
  readonly requests: Journal<Seen.Request>
  /** How many calls of a path there ever were. */
  readonly requestsTo: (path: string) => number
  readonly downloads: Journal<Seen.Download>
}>() {
  static readonly layer: Layer.Layer<HttpSide, never, Listener | Timers | Watch | Gate | Api> = Layer.effect(
    HttpSide,
    Effect.gen(function*() {
      const { server } = yield* Listener
      const timers = yield* Timers
      const { changed } = yield* Watch
      const gate = yield* Gate
      const api = yield* Api
      const queues = new Map<string, ReadonlyArray<Opening>>()
      const standing = new Map<string, Answer>()
      const requests: Journal<Seen.Request> = journal(fewRecords)
      const counts: Table<string, number> = table(fewRecords)
      const downloads: Journal<Seen.Download> = journal(fewRecords)
      const write = makeWriter(timers, (downloadCode, bytes, whole) => {
        downloads.push({ downloadCode, bytes, whole })
        changed()
      })

      const nextAnswer = (path: string): Opening => {
        const [first, ...rest] = queues.get(path) ?? []
        if (first === undefined) return standing.get(path) ?? "handle"
        queues.set(path, rest)
        return first
      }

      /** Answers the status that the caller gets. */
      const perform = (opening: Opening, call: Call, response: Http.ServerResponse): number | undefined => {
        if (typeof opening === "object" && "status" in opening) {
          write(response, call, scripted(opening), opening)
          return opening.status
        }
        if (opening === "hang") return undefined
        if (opening !== "hangUp") {
          const fate = typeof opening === "object" && "ticketWith" in opening ? opening.ticketWith : undefined
          const answer = gate.refusal(call) ?? api.handle(call, fate)
          if (opening === "handleThenHang") return undefined
          if (opening !== "handleThenHangUp") {
            const afterMs = typeof opening === "object" && "handleAfterMs" in opening ? opening.handleAfterMs : 0
            write(response, call, answer, { afterMs })
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
          const bytes = Buffer.concat(chunks)
          const handle = (files: Call["files"]) => {
            const call = callOf(request, bytes, files)
            const { files: _files, id: _id, ...seen } = call
            const status = perform(nextAnswer(call.path), call, response)
            requests.push({ ...seen, status })
            counts.set(call.path, (counts.get(call.path) ?? 0) + 1)
            changed()
          }
          if (isForm(request)) void filesOf(request.headers["content-type"] ?? "", bytes).then(handle)
          else handle({})
        })
      })

      return {
        answerNext: (path, answers) => {
          queues.set(path, [...queues.get(path) ?? [], ...answers])
        },
        answerEvery: (path, answer) => {
          standing.set(path, answer)
        },
        requests,
        requestsTo: (path) => counts.get(path) ?? 0,
        downloads
      }
    })
  )
}
