/**
 * What the fake can be told to do to its callers, as plain data: answers of the HTTP side, fates of connections.
 *
 * @since 0.1.0
 */

/**
 * An answer in place of the usual one: the call is recorded, but not handled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Respond {
  readonly status: number
  /** A string is sent as it is, as HTML when it begins with `<`; anything else as JSON. Default: an empty body. */
  readonly body?: unknown
  /** Headers, by lower-case name, over the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Answer so many milliseconds late. Default 0. */
  readonly afterMs?: number | undefined
  /** Cut the connection behind so many bytes of the body. Default: never. */
  readonly cutAfterBytes?: number | undefined
}

/**
 * What happens to an HTTP call.
 *
 * - {@link Respond}: this answer in place of the usual one
 * - `handle`: nothing out of the ordinary; `{ handleAfterMs }`: the same, late
 * - `hang`: the call is read and never answered; `hangUp`: it is read, then the connection is cut
 * - `handleThenHang`, `handleThenHangUp`: the call takes effect (a message is out), but its caller never learns
 *
 * @since 0.1.0
 * @category models
 */
export type Answer =
  | Respond
  | { readonly handleAfterMs: number }
  | "handle"
  | "hang"
  | "hangUp"
  | "handleThenHang"
  | "handleThenHangUp"

/**
 * What becomes of a connection, from its upgrade on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fate {
  /** Admit it, leave the upgrade unanswered, cut it, or refuse it with this HTTP status. Default `accept`. */
  readonly upgrade?: "accept" | "hang" | "hangUp" | number | undefined
  /** Frames sent in the tick of the upgrade, so that they arrive right behind the handshake. Default none. */
  readonly firstFrames?: ReadonlyArray<string | Uint8Array> | undefined
  /** Close it this many milliseconds after the upgrade. Default: never. */
  readonly closeAfterMs?: number | undefined
  /** The code of that close. Default 1000. */
  readonly closeCode?: number | undefined
  /** The reason of that close. Default empty. */
  readonly closeReason?: string | undefined
  /** Answer the client's WebSocket pings so many milliseconds late, or never. Default 0. */
  readonly pong?: number | "never" | undefined
  /** Dead from the start: it reads nothing, answers nothing and what is delivered on it gets lost. Default false. */
  readonly frozen?: boolean | undefined
}

/**
 * What happens to an opening call: an {@link Answer}, or a ticket whose connection meets a {@link Fate}.
 *
 * @since 0.1.0
 * @category models
 */
export type Opening = Answer | { readonly ticketWith: Fate }

/**
 * An HTML page, such as a proxy puts in the place of an answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const html = (status: number, page = "<html><body>502 Bad Gateway</body></html>"): Respond => ({
  status,
  body: page,
  headers: { "content-type": "text/html" }
})

/**
 * A refusal in the form of the v1 API: `code` and `message` in a body of JSON.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refusal = (status: number, code: string, message = code): Respond => ({
  status,
  body: { requestid: "00000000-0000-4000-8000-000000000000", code, message }
})

/**
 * A refusal in the form of the legacy API and of session webhooks: HTTP 200 with an `errcode`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const legacyRefusal = (
  errcode: number,
  errmsg: string,
  more: Readonly<Record<string, unknown>> = {}
): Respond => ({
  status: 200,
  body: { errcode, errmsg, ...more }
})

/**
 * The refusals that are on record.
 *
 * @since 0.1.0
 * @category constants
 */
export const refusals = {
  /** The opening call does not know this pair of id and secret. */
  authFailed: refusal(401, "authFailed", "鉴权失败"),
  /** Too many calls: throttling is a 403. */
  throttled: refusal(403, "Forbidden.AccessDenied.QpsLimitForApi", "请求过于频繁，请稍后重试"),
  /** The application lacks a permission. */
  noPermission: refusal(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "没有调用该接口的权限"),
  /** The caller's address is not on the application's list. */
  ipNotAllowed: refusal(403, "Forbidden.AccessDenied.IpNotInWhiteList", "访问ip不在白名单之中"),
  /** The organisation's quota of this month is used up. */
  quotaUsedUp: refusal(403, "Forbidden.AccessDenied.ApiCountLimitForOrg", "组织的API调用量已用完"),
  /** Too many calls of the legacy API: the code that counts is within. */
  legacyThrottled: legacyRefusal(88, "ding talk error[subcode=90018,submsg=请求过于频繁]", { sub_code: "90018" }),
  /** A session webhook that is over, or never was. */
  noSession: legacyRefusal(300001, "session 不存在"),
  /** Too many messages by a webhook. */
  webhookTooFast: legacyRefusal(130101, "send too fast"),
  /** Too many calls from one address, whatever the application: HTTP 200, and no usual body. */
  ipBanned: {
    status: 200,
    body: { status: 1111, wait: 5, source: "x5", punish: "deny", uuid: "00000000-0000-4000-8000-000000000000" }
  }
} as const satisfies Readonly<Record<string, Respond>>

/**
 * An empty body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const empty = (status: number): Respond => ({ status })

/**
 * A ticket whose connection is closed so many milliseconds after it was admitted.
 *
 * @since 0.1.0
 * @category constructors
 */
export const acceptThenClose = (afterMs: number, code = 1000, reason = ""): Opening => ({
  ticketWith: { closeAfterMs: afterMs, closeCode: code, closeReason: reason }
})

/**
 * A ticket whose upgrade is refused with this HTTP status.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refuseUpgrade = (status: number): Opening => ({ ticketWith: { upgrade: status } })

/**
 * A ticket whose upgrade is never answered.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hangUpgrade: Opening = { ticketWith: { upgrade: "hang" } }

/**
 * A ticket whose connection brings these frames right behind the handshake.
 *
 * @since 0.1.0
 * @category constructors
 */
export const acceptThenSend = (...frames: ReadonlyArray<string | Uint8Array>): Opening => ({
  ticketWith: { firstFrames: frames }
})
