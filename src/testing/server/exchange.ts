/** A call and its answer, in DingTalk's two forms: the v1 API's and the legacy one's. Pure. */
import * as Context from "effect/Context"
import type { Json } from "../internal/json.ts"
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
