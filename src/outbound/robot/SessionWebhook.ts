/**
 * Answering through the webhook that came with a message: it needs no token, and lives 90 minutes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AccountSettings } from "../../config/Settings.ts"
import type { JsonObject } from "../../internal/json.ts"
import * as SessionWebhookUrl from "../../SessionWebhookUrl.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import { noErrorProves, type Operation } from "../api/classifyAnswer.ts"
import * as RateLimit from "../api/RateLimit.ts"

/**
 * A message's webhook, as it came.
 *
 * @since 0.1.0
 * @category models
 */
export interface Webhook {
  readonly sessionWebhook: SessionWebhookUrl.SessionWebhookUrl | undefined
  /** In milliseconds since 1970. */
  readonly sessionWebhookExpiresAt: number | undefined
}

/**
 * How long before its end a webhook is no longer used, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const expiryMarginMs = 300_000

const officialHosts = new Set(["api.dingtalk.com", "oapi.dingtalk.com", "api.dingtalk.io", "oapi.dingtalk.io"])

const overriddenHost = (base: string): string | undefined => {
  const host = URL.canParse(base) ? new URL(base).hostname : undefined
  return host === undefined || officialHosts.has(host) ? undefined : host
}

/**
 * The hosts that an account's base URLs name and that are not DingTalk's: a test server, a private gateway.
 *
 * @since 0.1.0
 * @category decisions
 */
export const overriddenHosts = (
  settings: Pick<AccountSettings, "apiBaseUrl" | "oapiBaseUrl">
): ReadonlyArray<string> =>
  [settings.apiBaseUrl, settings.oapiBaseUrl].map(overriddenHost).filter((host) => host !== undefined)

/**
 * Whether a message's webhook may be posted to: an `https:` URL of DingTalk's API hosts. Where an account's `apiBaseUrl`
 * or `oapiBaseUrl` names a host of its own (a test server, a private gateway), that host is trusted too, on any port and
 * without TLS. A message could otherwise make the robot post to wherever its author likes.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isTrusted = (
  url: string,
  settings: Pick<AccountSettings, "apiBaseUrl" | "oapiBaseUrl">
): boolean => {
  if (!URL.canParse(url)) return false
  const { hostname, password, port, protocol, username } = new URL(url)
  if (username !== "" || password !== "") return false
  if (protocol === "https:" && port === "" && officialHosts.has(hostname)) return true
  return (protocol === "https:" || protocol === "http:") &&
    overriddenHosts(settings).includes(hostname)
}

/**
 * The URL of a message's webhook, if it may be used now: trusted, and not within five minutes of its end. One whose end
 * is unknown is used.
 *
 * @since 0.1.0
 * @category decisions
 */
export const usable = (
  webhook: Webhook,
  settings: Pick<AccountSettings, "apiBaseUrl" | "oapiBaseUrl">,
  now: number
): string | undefined => {
  if (webhook.sessionWebhook === undefined) return undefined
  const { sessionWebhookExpiresAt: end } = webhook
  if (end !== undefined && now >= end - expiryMarginMs) return undefined
  const url = Redacted.value(SessionWebhookUrl.redacted(webhook.sessionWebhook))
  return isTrusted(url, settings) ? url : undefined
}

const replyBySession: Operation = { name: "replyBySession", kind: "send", proves: noErrorProves }

/** The URL, and its parts in case a server repeats only those. */
const secretsOf = (url: string): ReadonlyArray<string> => {
  const { pathname, search, searchParams } = new URL(url)
  return [url, `${pathname}${search}`, search, ...searchParams.values()].filter((part) => part.length > 3)
}

/**
 * Posts to a webhook, once. An `Ambiguous` means that the message may have gone out; after every other error it did not,
 * and another way may be tried.
 *
 * @since 0.1.0
 * @category operations
 */
export const post = (
  { client, settings }: Account,
  url: string,
  body: JsonObject
): Effect.Effect<void, ApiError> =>
  Effect.asVoid(client.callOnce({
    operation: replyBySession,
    request: ApiClient.post(url, body),
    limit: RateLimit.fromSettings(settings),
    secrets: secretsOf(url)
  }))
