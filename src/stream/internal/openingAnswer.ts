/**
 * What an answer to the opening call (`POST /v1.0/gateway/connections/open`) means. Pure, total, table-tested.
 *
 * @since 0.1.0
 */
import type { TransientReason } from "../../DingTalkError.ts"
import * as ConsoleHints from "../../internal/consoleHints.ts"
import { record, text } from "../../internal/json.ts"
import { type HttpAnswer, retryAfterMs } from "../../internal/net/http.ts"

/**
 * The meaning of an opening answer.
 *
 * @since 0.1.0
 * @category models
 */
export type Opening =
  | { readonly _tag: "Ticket"; readonly endpoint: string; readonly ticket: string }
  | {
    readonly _tag: "Permanent"
    readonly code: string | undefined
    readonly requestId: string | undefined
    readonly detail: string
    readonly hint: string
  }
  | {
    readonly _tag: "Transient"
    readonly reason: TransientReason
    readonly code: string | undefined
    readonly requestId: string | undefined
    readonly retryAfterMs: number | undefined
    readonly detail: string
  }

const hints = {
  credentials: ConsoleHints.credentials,
  permission: ConsoleHints.permission([]),
  ip: ConsoleHints.ip(undefined),
  uncoded: "Usual causes: wrong credentials, the application is not published, its message mode is not Stream," +
    " the IP allow-list, or a proxy that misunderstands HTTPS"
} as const

/**
 * Codes that refuse the account for good, lower-cased, each with what to do.
 *
 * @since 0.1.0
 * @category constants
 */
export const permanentCodes: ReadonlyMap<string, string> = new Map([
  ["authfailed", hints.credentials],
  ["invalidclientidorsecret", hints.credentials],
  ["invalidauthentication", hints.credentials],
  ["invalidappkey", hints.credentials],
  ["appnotexist", hints.credentials],
  ["unauthorizedclient", hints.credentials],
  ["forbidden", hints.permission],
  ["forbidden.accesstoken", hints.permission],
  ["forbidden.accessdenied.accesstokenpermissiondenied", hints.permission],
  ["subscription.notpermitted", hints.permission],
  ["forbidden.accessdenied.ipnotinwhitelist", hints.ip]
])

/** No server may park an account for longer than this. */
const longestRetryAfterMs = 300_000

const maxDetail = 200

const retryAfter = (answer: HttpAnswer): number | undefined => {
  const ms = retryAfterMs(answer)
  return ms === undefined ? undefined : Math.min(ms, longestRetryAfterMs)
}

/**
 * Classifies an opening answer by status and code, never by the words of a message (behaviour cases G01 to G03).
 *
 * Permanent are: every 401, the codes of {@link permanentCodes}, and a 403 of DingTalk's without a code. A 403 is also
 * how DingTalk throttles and how it says that a quota is used up: those pass. So does everything else, HTML pages of
 * proxies included.
 *
 * @since 0.1.0
 * @category decisions
 */
export const classify = (answer: HttpAnswer): Opening => {
  const { body, headers, status } = answer
  const json = record(body)
  const code = text(json?.["code"]) ?? text(json?.["errcode"])
  const lower = code?.toLowerCase()
  const requestId = text(json?.["requestid"]) ?? text(json?.["requestId"]) ?? headers["x-acs-dingtalk-request-id"]
  const said = (text(json?.["message"]) ?? text(json?.["errmsg"]) ?? "").slice(0, maxDetail)
  const permanent = (hint: string): Opening => ({ _tag: "Permanent", code, requestId, detail: said, hint })
  const transient = (reason: TransientReason, detail: string, afterMs?: number): Opening => ({
    _tag: "Transient",
    reason,
    code,
    requestId,
    retryAfterMs: afterMs ?? retryAfter(answer),
    detail: said === "" ? detail : `${detail}: ${said}`
  })
  const html = json === undefined && body.trimStart().startsWith("<")

  if (json !== undefined && json["status"] === 1111) {
    const minutes = Number(text(json["wait"]))
    return transient(
      "ipBanned",
      "too many calls from this egress IP",
      Math.min((Number.isFinite(minutes) && minutes > 0 ? minutes : 5) * 60_000, longestRetryAfterMs)
    )
  }
  if (status >= 200 && status < 300) {
    const endpoint = json?.["endpoint"]
    const ticket = json?.["ticket"]
    if (typeof endpoint === "string" && endpoint !== "" && typeof ticket === "string" && ticket !== "") {
      return { _tag: "Ticket", endpoint, ticket }
    }
    return transient(
      "badAnswer",
      body.trim() === "" ? "an empty answer" : html ? "an HTML page instead of a ticket" : "an answer without a ticket"
    )
  }
  const knownPermanent = lower === undefined ? undefined : permanentCodes.get(lower)
  if (knownPermanent !== undefined) return permanent(knownPermanent)
  if (status === 401) return permanent(hints.credentials)
  if (lower?.includes("qpslimit") === true || status === 429) {
    // The window of the limit is a second (official document).
    return transient("throttled", "too many calls", Math.max(1_000, retryAfter(answer) ?? 0))
  }
  if (lower?.includes("apicountlimitfororg") === true || lower === "90020") {
    return transient("quota", "the organisation's monthly quota is used up", 60_000)
  }
  if (html) return transient("badAnswer", `HTTP ${status} with an HTML page, usually of a proxy`)
  if (status === 403 && code === undefined) return permanent(hints.permission)
  if (status === 408) return transient("timeout", "the server gave up waiting")
  if (status >= 500) return transient("serverError", `HTTP ${status}`)
  return transient(
    "rejected",
    code === undefined ? `HTTP ${status} without a code. ${hints.uncoded}` : `HTTP ${status}`
  )
}
