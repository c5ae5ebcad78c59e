/** A call and its answer, in DingTalk's two forms: the v1 API's and the legacy one's. */
import * as Context from "effect/Context"
import { randomUUID } from "node:crypto"
import { type Json, parse } from "../internal/json.ts"
import type { Fate } from "../Script.ts"
import type * as Seen from "../Seen.ts"

/** A file in a form. */
export interface FormFile {
  readonly fileName: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Call extends Omit<Seen.Request, "status"> {
  /** Fresh for each call: it becomes the request id, or the ticket, the token, the key that the answer holds. */
  readonly id: string
  /** The files of a form, by their fields; none of what is no form. */
  readonly files: Readonly<Record<string, FormFile>>
}

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

/** How much of a form is kept as text, in bytes: it may be a file of many megabytes. */
const formTextBytes = 1_000

export const isForm = (headers: Call["headers"]): boolean => headers["content-type"]?.startsWith("multipart/") === true

export const makeCall = (
  { bytes, files, url: given, ...head }: Pick<Call, "at" | "method" | "headers" | "files"> & {
    readonly url: string
    readonly bytes: Uint8Array
  }
): Call => {
  const url = new URL(given, "http://fake")
  const end = isForm(head.headers) ? Math.min(formTextBytes, bytes.length) : bytes.length
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("utf8")
  return {
    ...head,
    id: randomUUID(),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    text,
    json: parse(text),
    files
  }
}

/** Bytes that are not there: so many zeros. */
export interface Zeros {
  readonly zeros: number
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array | Zeros
  /** By lower-case name, over the usual ones; an empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>
  /** The download code, where it is a person's file that is answered. */
  readonly fileOf?: string
}

/** What answers the calls that are let in. */
export class Api extends Context.Tag("effect-dingtalk/testing/server/Api")<Api, {
  /** `fate` is what a ticket that this call makes leads to. */
  readonly handle: (call: Call, fate: Fate | undefined) => HttpAnswer
}>() {}

/** Where the fake is, such as `http://127.0.0.1:8080`; known once it listens. */
export class BaseUrl extends Context.Tag("effect-dingtalk/testing/server/BaseUrl")<BaseUrl, () => string>() {}

export const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  contentType: "application/json;charset=utf-8",
  body: JSON.stringify(value)
})

/** A failure of the v1 API. */
export const failure = (call: Pick<Call, "id">, status: number, code: string, message: string): HttpAnswer =>
  json(status, { requestid: call.id.toUpperCase(), code, message })

/** An answer of the legacy API: HTTP 200, whatever happened. */
export const legacyAnswer = (errcode: number, errmsg: string, rest: Json = {}): HttpAnswer =>
  json(200, { errcode, errmsg, ...rest })

export const tokenHeader = "x-acs-dingtalk-access-token"

/** The token that a call brings, of either API; empty when it brings none. */
export const tokenIn = ({ headers, query }: Pick<Call, "headers" | "query">): string =>
  headers[tokenHeader] ?? query["access_token"] ?? ""
