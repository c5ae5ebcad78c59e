/** Performs an answer: writes it late, in part, or as it comes. */
import type * as Http from "node:http"
import { Readable } from "node:stream"
import type { Timers } from "../internal/Timers.ts"
import type { Respond } from "../Script.ts"
import type { Call, HttpAnswer } from "./exchange.ts"

const chunk = Buffer.alloc(64 * 1024)

const chunksOf = function*(bytes: number) {
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

const lengthOf = ({ body }: HttpAnswer): number =>
  typeof body === "object" && "zeros" in body ? body.zeros : Buffer.byteLength(body)

export type Write = (
  response: Http.ServerResponse,
  call: Call,
  answer: HttpAnswer,
  over: Omit<Respond, "status" | "body">
) => void

export const makeWriter = (
  timers: Timers["Type"],
  onFile: (code: string, bytes: number, whole: boolean) => void
): Write => {
  /** Counts what was handed to the system, whoever cuts it short. */
  const watchFile = (response: Http.ServerResponse, code: string, length: number) => {
    const { socket } = response
    const before = socket?.bytesWritten ?? 0
    response.on("close", () => {
      const bytes = response.writableFinished ? length : Math.min(length, (socket?.bytesWritten ?? before) - before)
      onFile(code, bytes, response.writableFinished)
    })
  }

  const writeBody = (response: Http.ServerResponse, { body }: HttpAnswer, cutAfterBytes: number | undefined) => {
    const source = typeof body === "object" && "zeros" in body
      ? Readable.from(chunksOf(cutAfterBytes ?? body.zeros), { objectMode: false })
      : undefined
    if (source === undefined) {
      const bytes = typeof body === "object" && "zeros" in body ? chunk : Buffer.from(body)
      if (cutAfterBytes === undefined) response.end(bytes)
      else response.write(bytes.subarray(0, cutAfterBytes), () => response.socket?.destroy())
      return
    }
    source.pipe(response, { end: cutAfterBytes === undefined })
    if (cutAfterBytes !== undefined) source.on("end", () => response.socket?.destroySoon())
    response.on("close", () => source.destroy())
  }

  return (response, call, answer, { afterMs = 0, cutAfterBytes, headers }) => {
    const length = lengthOf(answer)
    const send = () => {
      const all = {
        "content-type": answer.contentType,
        "content-length": String(length),
        "x-acs-dingtalk-request-id": call.id.toUpperCase(),
        ...answer.headers,
        ...headers
      }
      response.writeHead(answer.status, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")))
      if (answer.fileOf !== undefined) watchFile(response, answer.fileOf, length)
      writeBody(response, answer, cutAfterBytes)
    }
    if (afterMs > 0) timers.after(afterMs, send)
    else send()
  }
}
