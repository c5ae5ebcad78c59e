/**
 * The opening call: credentials in, a single-use ticket to the socket out.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type AccountSettings, isApiOverridden } from "../config/Settings.ts"
import { PermanentAuth, Transient } from "../DingTalkError.ts"
import * as Http from "../internal/net/http.ts"
import { cut, scrub, scrubAnswer } from "../internal/net/scrub.ts"
import { whenTraced } from "../internal/runtime/tracing.ts"
import { classify } from "./internal/openingAnswer.ts"

/**
 * What a connection wants to receive. The topic of a CALLBACK is exact; EVENT knows only `*`, which does not cover
 * callbacks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subscription {
  readonly type: "EVENT" | "CALLBACK"
  readonly topic: string
}

/**
 * The topics of CALLBACK frames.
 *
 * @since 0.1.0
 * @category constants
 */
export const topics = {
  message: "/v1.0/im/bot/messages/get",
  delegatedMessage: "/v1.0/im/bot/messages/delegate",
  cardAction: "/v1.0/card/instances/callback",
  graphCall: "/v1.0/graph/api/invoke"
} as const

/**
 * Whether a socket address may be dialled: TLS on a DingTalk host, unless the account's API base was itself overridden
 * (a test server, a private gateway).
 *
 * @since 0.1.0
 * @category decisions
 */
export const isTrustedEndpoint = (endpoint: string, apiOverridden: boolean): boolean => {
  if (!URL.canParse(endpoint)) return false
  const { hostname, protocol } = new URL(endpoint)
  if (apiOverridden) return protocol === "wss:" || protocol === "ws:"
  return protocol === "wss:" && (hostname.endsWith(".dingtalk.com") || hostname.endsWith(".dingtalk.io"))
}

const withTicket = (endpoint: string, ticket: string): string =>
  `${endpoint}${endpoint.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(ticket)}`

/** By the names of OpenTelemetry's conventions where there are any. */
const attributesOf = ({ _tag, code, requestId }: PermanentAuth | Transient): Record<string, unknown> => ({
  "error.type": _tag,
  ...code === undefined ? {} : { "dingtalk.error.code": code },
  ...requestId === undefined ? {} : { "dingtalk.request_id": requestId }
})

/**
 * Asks for a connection: the address of the socket with the ticket in it, good for one connection within 90 s.
 *
 * Fails with `PermanentAuth` when DingTalk refuses the account, with `Transient` for everything else, the time-out of
 * `timeoutMs` milliseconds included.
 *
 * @since 0.1.0
 * @category operations
 */
export const open = (
  client: HttpClient.HttpClient,
  settings: AccountSettings,
  subscriptions: ReadonlyArray<Subscription>,
  timeoutMs: number
): Effect.Effect<Redacted.Redacted<string>, PermanentAuth | Transient> =>
  Effect.gen(function*() {
    const account = settings.id
    const transient = (
      reason: Transient["reason"],
      detail: string,
      facts: Partial<Pick<Transient, "status" | "code" | "requestId" | "retryAfterMs">> = {}
    ) =>
      new Transient({
        account,
        reason,
        detail,
        status: facts.status,
        code: facts.code,
        requestId: facts.requestId,
        retryAfterMs: facts.retryAfterMs
      })

    const request = HttpClientRequest.post(`${settings.apiBaseUrl}/v1.0/gateway/connections/open`).pipe(
      // Without this the answer comes as XML.
      HttpClientRequest.setHeader("Accept", "application/json"),
      HttpClientRequest.bodyUnsafeJson({
        clientId: settings.appKey,
        clientSecret: Redacted.value(settings.appSecret),
        subscriptions,
        ua: "effect-dingtalk"
      })
    )
    const unreachable = (error: HttpClientError.HttpClientError) => transient("network", Http.reasonOf(error))
    const answer = yield* Http.exchange(client, request, timeoutMs).pipe(
      Effect.catchTags({
        TimedOut: ({ boundMs }) => transient("timeout", `no answer to the opening call within ${boundMs} ms`),
        RequestError: unreachable,
        ResponseError: unreachable
      })
    )
    yield* Effect.annotateCurrentSpan("http.response.status_code", answer.status)
    const secrets = [Redacted.value(settings.appSecret)]
    const opening = classify(scrubAnswer(answer, secrets))
    const said = (detail: string) => scrub(detail, secrets)
    switch (opening._tag) {
      case "Permanent":
        return yield* new PermanentAuth({
          account,
          status: answer.status,
          code: cut(opening.code, secrets),
          requestId: cut(opening.requestId, secrets),
          detail: said(opening.detail),
          hint: opening.hint
        })
      case "Transient":
        return yield* transient(opening.reason, said(opening.detail), {
          status: answer.status,
          code: cut(opening.code, secrets),
          requestId: cut(opening.requestId, secrets),
          retryAfterMs: opening.retryAfterMs
        })
      case "Ticket":
        if (!isTrustedEndpoint(opening.endpoint, isApiOverridden(settings))) {
          return yield* transient("badAnswer", "the answer names a socket that is not a wss: address of DingTalk")
        }
        return Redacted.make(withTicket(opening.endpoint, opening.ticket))
    }
  }).pipe(
    Effect.tapError((error) => Effect.annotateCurrentSpan(attributesOf(error))),
    (opening) =>
      whenTraced(() =>
        opening.pipe(Effect.withSpan("dingtalk.gateway.open", {
          kind: "client",
          captureStackTrace: false,
          attributes: { "dingtalk.account": settings.id, "dingtalk.operation": "openConnection" }
        })), opening)
  )
