/**
 * The webhook of a custom robot (自定义机器人), which alert scripts have: a URL with a token in it and, if its settings
 * ask for signatures (加签), a secret.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"
import type { JsonObject } from "../../internal/json.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { ApiError } from "../api/ApiError.ts"
import { noErrorProves, type Operation } from "../api/classifyAnswer.ts"
import type * as RateLimit from "../api/RateLimit.ts"

/**
 * A custom robot's webhook, as the group's settings show it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Webhook {
  /** What errors, metrics and spans call it. */
  readonly name: string
  /** `https://oapi.dingtalk.com/robot/send?access_token=…` */
  readonly url: Redacted.Redacted<string>
  /** `SEC…`; `undefined` where the robot's settings ask for none. */
  readonly secret: Redacted.Redacted<string> | undefined
}

/**
 * DingTalk takes 20 messages a minute of each custom robot, and refuses it for ten minutes after more.
 *
 * @since 0.1.0
 * @category constants
 */
export const limit: RateLimit.Limit = { rate: 20 / 60, burst: 20 }

/**
 * The signature of a call at a time, in milliseconds since 1970: HMAC-SHA256 over the time, a line feed and the secret,
 * with the secret as the key, in base64. DingTalk takes it for an hour.
 *
 * @since 0.1.0
 * @category encoding
 */
export const signature = (secret: string, timestampMs: number): string =>
  createHmac("sha256", secret).update(`${timestampMs}\n${secret}`).digest("base64")

/**
 * The URL of a call at a time: with a signature, if there is a secret.
 *
 * @since 0.1.0
 * @category encoding
 */
export const urlAt = (url: string, secret: string | undefined, timestampMs: number): string => {
  if (secret === undefined) return url
  const signed = new URL(url)
  signed.searchParams.set("timestamp", String(timestampMs))
  signed.searchParams.set("sign", signature(secret, timestampMs))
  return signed.href
}

/**
 * What is wrong with a webhook's URL; `undefined` if it can be one. Without the URL itself, which is a credential.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (url: string): string | undefined => {
  if (!URL.canParse(url)) return "is no URL: copy it from the robot's settings in the group"
  const { hostname, protocol, searchParams } = new URL(url)
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) return "must begin with https://"
  return (searchParams.get("access_token") ?? "") === ""
    ? "has no access_token: copy it whole from the robot's settings in the group"
    : undefined
}

const sendByWebhook: Operation = { name: "sendByWebhook", kind: "send", proves: noErrorProves }

/**
 * Posts to a webhook, once and when the limit permits it. An `Ambiguous` means that the message may have gone out; after
 * every other error it did not.
 *
 * @since 0.1.0
 * @category operations
 */
export const post = (
  client: ApiClient.ApiClient,
  { secret, url }: Webhook,
  body: JsonObject
): Effect.Effect<void, ApiError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const key = secret === undefined ? undefined : Redacted.value(secret)
    const signed = urlAt(Redacted.value(url), key, now)
    const { search, searchParams } = new URL(signed)
    const parts = [signed, search, searchParams.get("access_token"), searchParams.get("sign"), key]
    return Effect.asVoid(client.callOnce({
      operation: sendByWebhook,
      request: ApiClient.post(signed, body),
      limit,
      secrets: parts.filter((part) => typeof part === "string")
    }))
  })
