/**
 * What an answer of DingTalk's HTTP APIs means: v1 and legacy, success or which failure. Pure and total.
 *
 * The decision falls by status and code. The words of a message are read for three things that have no field of their
 * own: the scopes that are missing, the address that is not allowed, and which of its meanings a 300001 or 310000 has.
 *
 * @since 0.1.0
 */
import { isRecord, type JsonObject, record, strings, text } from "../../internal/json.ts"
import { header, type HttpAnswer, retryAfterMs } from "../../internal/net/http.ts"
import { fieldOf, meaningOf } from "./internal/codes.ts"
import * as hints from "./internal/hints.ts"

/**
 * A call, as far as the reading of its answer is concerned.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation {
  /** Names the call in errors, spans and metrics. */
  readonly name: string
  /** `send`: doing it twice is seen by people. `idempotent`: doing it twice is doing it once. */
  readonly kind: "idempotent" | "send"
  /** Whether an answer without an error shows that the thing was done. */
  readonly proves: (json: JsonObject) => boolean
}

/**
 * For calls whose success carries nothing in particular: that there is no error shows that the thing was done.
 *
 * @since 0.1.0
 * @category constants
 */
export const noErrorProves: Operation["proves"] = () => true

/**
 * What all failures know. `detail` is in the server's words where it said something, else in ours.
 *
 * @since 0.1.0
 * @category models
 */
export interface Facts {
  readonly status: number | undefined
  readonly code: string | undefined
  readonly requestId: string | undefined
  readonly detail: string
  readonly hint: string
}

/**
 * A failed call, before it is known whose call it was. `TokenRejected` never leaves the API client, which answers it
 * with a new token; the others become the error of the same name.
 *
 * @since 0.1.0
 * @category models
 */
export type Failure =
  | Facts & {
    readonly _tag:
      | "CredentialsRejected"
      | "QuotaExhausted"
      | "TargetGone"
      | "Ambiguous"
      | "Unavailable"
  }
  | Facts & { readonly _tag: "TokenRejected" }
  | Facts & { readonly _tag: "PermissionDenied"; readonly scopes: ReadonlyArray<string> }
  | Facts & { readonly _tag: "IpNotAllowed"; readonly ip: string | undefined }
  | Facts & { readonly _tag: "Throttled"; readonly retryAfterMs: number }
  | Facts & { readonly _tag: "BadRequest"; readonly field: string | undefined }
  | Facts & { readonly _tag: "TooLarge"; readonly bytes: number | undefined; readonly limitBytes: number | undefined }

/**
 * A call that was done, with the object that says so.
 *
 * @since 0.1.0
 * @category models
 */
export interface Success {
  readonly _tag: "Success"
  readonly status: number
  readonly requestId: string | undefined
  readonly json: JsonObject
}

/** DingTalk counts calls by the second. */
const throttleMs = 1_000

/** How long an egress address is locked out, where the answer does not say. */
const banMs = 300_000

const unique = (items: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(items)]

const scopesOf = (json: JsonObject | undefined, message: string): ReadonlyArray<string> => {
  const detail = json?.["accessdenieddetail"]
  const required = isRecord(detail) ? strings(detail["requiredScopes"]) : []
  if (required.length > 0) return unique(required)
  const listed = [...message.matchAll(/[[【]([^\]】]+)[\]】]/g)].flatMap(([, list]) => list?.match(/[\w.-]+/g) ?? [])
  const scopes = listed.filter((word) => /^(?:\w+(?:\.\w+)+|[a-z]+_\w+)$/i.test(word))
  return unique(
    scopes.length > 0 ? scopes : message.match(/\b(?:qyapi_\w+|[A-Z][A-Za-z]*(?:\.[A-Z][A-Za-z]*)+)\b/g) ?? []
  )
}

const ipOf = (message: string): string | undefined =>
  message.match(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/)?.[0] ??
    message.match(/(?<![\w:])(?=[0-9a-f:]*[0-9a-f])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/i)?.[0]

/** The error code of a body, and the code that decides: the legacy 88 hides the real one in `sub_code`. */
const errorOf = (json: JsonObject | undefined): { readonly shown: string; readonly deciding: string } | undefined => {
  const v1 = text(json?.["code"])
  if (v1 !== undefined && v1 !== "0") return { shown: v1, deciding: v1 }
  const legacy = text(json?.["errcode"])
  if (legacy === undefined || legacy === "0") return undefined
  const sub = legacy === "88"
    ? text(json?.["sub_code"]) ?? /subcode=(\w+)/i.exec(text(json?.["errmsg"]) ?? "")?.[1]
    : undefined
  return { shown: legacy, deciding: sub !== undefined && meaningOf(sub) !== undefined ? sub : legacy }
}

const retryAfter = (answer: HttpAnswer): number => Math.min(Math.max(retryAfterMs(answer) ?? 0, throttleMs), banMs)

/** The lock-out of an egress address answers with HTTP 200 and a body of its own, now and then inside HTML. */
const banOf = (json: JsonObject | undefined, body: string): number | undefined => {
  const banned = json === undefined
    ? /"status"\s*:\s*"?1111\b/.test(body) && /"punish"/.test(body)
    : text(json["status"]) === "1111"
  if (!banned) return undefined
  const minutes = Number(text(json?.["wait"]))
  return Number.isFinite(minutes) && minutes > 0 ? Math.min(minutes * 60_000, banMs) : banMs
}

type Shape = "object" | "empty" | "html" | "other"

const shapeOf = (json: JsonObject | undefined, body: string): Shape => {
  if (json !== undefined) return "object"
  const start = body.trimStart()
  return start === "" ? "empty" : start.startsWith("<") ? "html" : "other"
}

const shapes: Readonly<Record<Shape, string>> = {
  object: "an answer that lacks what would show that it was done",
  empty: "an empty answer",
  html: "an HTML page instead of an answer, usually of a proxy or gateway",
  other: "an answer that is not a JSON object"
}

/**
 * Reads the answer to a call.
 *
 * - A body with a `code`, or with an `errcode` other than 0, is a failure whatever the status (behaviour cases C01 to
 *   C05); known codes decide over the status.
 * - For a `send`, whatever leaves open whether the message went out is `Ambiguous`: a 5xx (unless its code says throttled,
 *   refused or the like), `unknown.send.result`, a 408, and a 2xx that proves nothing. For an idempotent call all of these are `Unavailable`.
 * - A 4xx with an HTML page never reached DingTalk: `Unavailable`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const classifyAnswer = (operation: Operation, answer: HttpAnswer): Success | Failure => {
  const { body, status } = answer
  const json = record(body)
  const code = errorOf(json)
  // Cut before anybody looks into it: an answer may be a megabyte, and patterns are not always linear.
  const said = (text(json?.["message"]) ?? text(json?.["errmsg"]) ?? text(json?.["sub_msg"]) ?? "").slice(0, 2_000)
  const facts = {
    status,
    code: code?.shown,
    requestId: text(json?.["requestid"]) ?? text(json?.["requestId"]) ?? text(json?.["request_id"]) ??
      header(answer, "x-acs-dingtalk-request-id")
  }
  const unknownOutcome = (detail: string): Failure =>
    operation.kind === "send"
      ? { _tag: "Ambiguous", ...facts, detail, hint: hints.ambiguous }
      : { _tag: "Unavailable", ...facts, detail, hint: hints.unavailable }
  const named = (meaning: Exclude<ReturnType<typeof meaningOf>, undefined>, detail: string): Failure => {
    switch (meaning) {
      case "CredentialsRejected":
        return { _tag: meaning, ...facts, detail, hint: hints.credentials }
      case "TokenRejected":
        return { _tag: meaning, ...facts, detail, hint: hints.token }
      case "PermissionDenied": {
        const scopes = scopesOf(json, said)
        return { _tag: meaning, ...facts, detail, scopes, hint: hints.permission(scopes) }
      }
      case "IpNotAllowed": {
        const ip = ipOf(said)
        return { _tag: meaning, ...facts, detail, ip, hint: hints.ip(ip) }
      }
      case "Throttled":
        return { _tag: meaning, ...facts, detail, retryAfterMs: retryAfter(answer), hint: hints.throttled }
      case "QuotaExhausted":
        return { _tag: meaning, ...facts, detail, hint: hints.quota }
      case "TargetGone":
        return { _tag: meaning, ...facts, detail, hint: hints.target }
      case "TooLarge":
        return { _tag: meaning, ...facts, detail, bytes: undefined, limitBytes: undefined, hint: hints.tooLarge }
      case "BadRequest":
        return {
          _tag: meaning,
          ...facts,
          detail,
          field: facts.code === "300001" && /session|token|expire|过期|失效|不存在/i.test(said)
            ? "session"
            : facts.code === undefined
            ? undefined
            : fieldOf(facts.code),
          hint: hints.request(facts.code, said)
        }
      case "NotProcessed":
        // A gateway says so of what is behind it, and cannot know: a 5xx on a send is never repeated.
        return status >= 500
          ? unknownOutcome(detail)
          : { _tag: "Unavailable", ...facts, detail, hint: hints.unavailable }
      case "Unsure":
        return unknownOutcome(detail)
    }
  }

  const ban = banOf(json, body)
  if (ban !== undefined) {
    return {
      _tag: "Throttled",
      ...facts,
      code: "1111",
      detail: "too many calls from this egress IP",
      retryAfterMs: ban,
      hint: hints.banned
    }
  }
  const shape = shapeOf(json, body)
  const detail = said === "" ? shape === "object" ? "" : shapes[shape] : said
  if (code !== undefined) {
    const meaning = meaningOf(code.deciding)
    if (meaning !== undefined) return named(meaning, detail)
  } else if (status >= 200 && status < 300) {
    if (json === undefined) return unknownOutcome(shapes[shape])
    if (operation.proves(json)) return { _tag: "Success", status, requestId: facts.requestId, json }
    return json["success"] === false ? named("BadRequest", detail) : unknownOutcome(shapes.object)
  }
  if (status === 429) return named("Throttled", detail)
  if (status === 408 || status < 200 || status >= 500) return unknownOutcome(detail)
  if (status === 413) return named("TooLarge", detail)
  if (shape === "html") return named("NotProcessed", detail)
  if (status === 401) return named("TokenRejected", detail)
  if (status === 403) return named("PermissionDenied", detail)
  return named("BadRequest", detail)
}
