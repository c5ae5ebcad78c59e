/**
 * Sending by the webhook of a custom robot (自定义机器人): no application, no token, one group.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ApiClient from "./outbound/api/ApiClient.ts"
import { type ApiError, BadRequest } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import * as Scheduler from "./outbound/api/Scheduler.ts"
import * as WebhookMessage from "./outbound/message/WebhookMessage.ts"
import * as CustomWebhook from "./outbound/robot/CustomWebhook.ts"

export { problemOf, signature, urlAt } from "./outbound/robot/CustomWebhook.ts"
export type { Webhook } from "./outbound/robot/CustomWebhook.ts"

/**
 * A webhook that can be sent to.
 *
 * @since 0.1.0
 * @category models
 */
export interface WebhookSender {
  /**
   * Sends a text, Markdown, a link, an action card or a feed card; in a text and in Markdown people can be mentioned.
   * What certainly did not arrive is tried three times; 20 messages a minute go out, further ones wait.
   *
   * Fails with `BadRequest`, without a call, for what no webhook carries (pictures, sounds, films, files) and for a blank
   * required field.
   */
  readonly send: (
    message: WebhookMessage.ReplyMessage,
    options?: { readonly at?: WebhookMessage.At | undefined }
  ) => Effect.Effect<void, ApiError>
}

const encoded = (
  account: string,
  message: WebhookMessage.ReplyMessage,
  at: WebhookMessage.At | undefined
) => {
  const invalid = WebhookMessage.invalidField(message)
  const body = WebhookMessage.encode(message, at)
  const refused = (field: string, hint: string) =>
    new BadRequest({ ...unsent(account, "sendByWebhook", `a ${message._tag} message`, hint), field })
  if (invalid !== undefined) return refused(invalid, hints.field)
  return body === undefined ? refused("message", hints.notByWebhook) : Effect.succeed(body)
}

/**
 * A sender for a webhook, with a pace of its own: make one for each webhook, and keep it.
 *
 * @example
 * import { DingTalkWebhook, RobotMessage } from "effect-dingtalk"
 * import { Config, Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const url = yield* Config.redacted("ALERTS_URL")
 *   const secret = yield* Config.redacted("ALERTS_SECRET")
 *   const alerts = yield* DingTalkWebhook.make({ name: "alerts", url, secret })
 *   yield* alerts.send(RobotMessage.Text({ content: "disk full" }), { at: { all: true } })
 * })
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  webhook: CustomWebhook.Webhook
): Effect.Effect<WebhookSender, never, HttpClient.HttpClient | Scope.Scope> =>
  Effect.gen(function*() {
    const account = `webhook:${webhook.name}`
    const client = yield* ApiClient.make(
      yield* HttpClient.HttpClient,
      { id: account, appKey: "", appSecret: webhook.secret ?? Redacted.make(""), apiBaseUrl: "" },
      yield* Scheduler.makeEgress()
    )
    return {
      send: (message, { at } = {}) =>
        Effect.flatMap(encoded(account, message, at), (body) =>
          Effect.retry(CustomWebhook.post(client, webhook, body), {
            times: 2,
            schedule: Schedule.exponential("1 second"),
            while: Predicate.isTagged("Unavailable")
          }).pipe(
            Effect.tapBoth({
              onFailure: ({ _tag }) => client.countSend(_tag),
              onSuccess: () => client.countSend("sent")
            })
          ))
    }
  })
