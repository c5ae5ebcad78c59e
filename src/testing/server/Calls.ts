/** The calls of the HTTP side, however they come in: what the script or the API makes of them, and the record of them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fewRecords, type Journal, journal, type Table, table } from "../internal/bounded.ts"
import { Watch } from "../internal/Watch.ts"
import type { Answer, Opening, Respond } from "../Script.ts"
import type * as Seen from "../Seen.ts"
import { Api, type Call, type HttpAnswer } from "./exchange.ts"
import { Gate } from "./Gate.ts"

/** What a caller gets: an answer and how it is given, nothing, or the end of its connection. */
export type Fortune =
  | { readonly answer: HttpAnswer; readonly how: Omit<Respond, "status" | "body"> }
  | "hang"
  | "hangUp"

const contentTypeOf = (body: unknown): string =>
  typeof body === "string"
    ? body.trimStart().startsWith("<") ? "text/html" : "text/plain;charset=utf-8"
    : "application/json;charset=utf-8"

const scripted = ({ body, status }: Respond): HttpAnswer => ({
  status,
  contentType: contentTypeOf(body),
  body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
})

export class Calls extends Context.Tag("effect-dingtalk/testing/server/Calls")<Calls, {
  /** What the next calls of a path meet. */
  readonly answerNext: (path: string, answers: ReadonlyArray<Opening>) => void
  /** The answer to every call that finds the queue empty, until `handle` takes its place. */
  readonly answerEvery: (path: string, answer: Answer) => void
  readonly take: (call: Call) => Fortune
  readonly requests: Journal<Seen.Request>
  /** How many calls of a path there ever were. */
  readonly requestsTo: (path: string) => number
  /** A file that somebody fetched is over. */
  readonly downloaded: (download: Seen.Download) => void
  readonly downloads: Journal<Seen.Download>
}>() {
  static readonly layer: Layer.Layer<Calls, never, Watch | Gate | Api> = Layer.effect(
    Calls,
    Effect.gen(function*() {
      const { changed } = yield* Watch
      const gate = yield* Gate
      const api = yield* Api
      const queues = new Map<string, ReadonlyArray<Opening>>()
      const standing = new Map<string, Answer>()
      const requests: Journal<Seen.Request> = journal(fewRecords)
      const counts: Table<string, number> = table(fewRecords)
      const downloads: Journal<Seen.Download> = journal(fewRecords)

      const next = (path: string): Opening => {
        const [first, ...rest] = queues.get(path) ?? []
        if (first === undefined) return standing.get(path) ?? "handle"
        queues.set(path, rest)
        return first
      }

      const decide = (opening: Opening, call: Call): Fortune => {
        if (typeof opening === "object" && "status" in opening) return { answer: scripted(opening), how: opening }
        if (opening === "hang" || opening === "hangUp") return opening
        const fate = typeof opening === "object" && "ticketWith" in opening ? opening.ticketWith : undefined
        const answer = gate.refusal(call) ?? api.handle(call, fate)
        if (opening === "handleThenHang") return "hang"
        if (opening === "handleThenHangUp") return "hangUp"
        const afterMs = typeof opening === "object" && "handleAfterMs" in opening ? opening.handleAfterMs : 0
        return { answer, how: { afterMs } }
      }

      return {
        answerNext: (path, answers) => {
          queues.set(path, [...queues.get(path) ?? [], ...answers])
        },
        answerEvery: (path, answer) => {
          standing.set(path, answer)
        },
        take: (call) => {
          const { files: _files, id: _id, ...seen } = call
          const fortune = decide(next(call.path), call)
          requests.push({ ...seen, status: typeof fortune === "string" ? undefined : fortune.answer.status })
          counts.set(call.path, (counts.get(call.path) ?? 0) + 1)
          changed()
          return fortune
        },
        requests,
        requestsTo: (path) => counts.get(path) ?? 0,
        downloaded: (download) => {
          downloads.push(download)
          changed()
        },
        downloads
      }
    })
  )
}
