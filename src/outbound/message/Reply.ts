/**
 * Answering a message by the best way there is: its session webhook, or the API.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { SessionWebhookUrl } from "../../SessionWebhookUrl.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, BadRequest } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import type { Refused, SentChunk } from "../api/SendError.ts"
import * as RobotApi from "./RobotApi.ts"
import * as RobotMessage from "./RobotMessage.ts"
import * as SessionWebhook from "./SessionWebhook.ts"
import * as Target from "./Target.ts"
import * as WebhookMessage from "./WebhookMessage.ts"

/**
 * What of a message is needed to answer it; a `Message` has it all.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplyRoute extends SessionWebhook.Webhook {
  /** The account that received the message. */
  readonly accountId: string
  readonly chatType: "direct" | "group"
  /** Where the answer goes, as the result will name it. */
  readonly chatId: string
  readonly conversationId: string
  /** Needed to answer in a direct chat once the webhook is gone. */
  readonly senderStaffId?: string | undefined
  /** A credential. */
  readonly sessionWebhook: SessionWebhookUrl | undefined
}

/**
 * How a message went out.
 *
 * @since 0.1.0
 * @category models
 */
export type Sent = Pick<SentChunk, "via" | "messageId">

/**
 * Where the API reaches the chat of a message; `undefined` if it does not.
 *
 * @since 0.1.0
 * @category decisions
 */
export const apiTarget = (
  route: Pick<ReplyRoute, "chatType" | "conversationId" | "senderStaffId">
): Target.Target | undefined => {
  if (route.chatType === "group") return Target.Group({ id: route.conversationId })
  return route.senderStaffId === undefined ? undefined : Target.User({ id: route.senderStaffId })
}

/**
 * The error of an answer to somebody whom only a session webhook reaches, and that can't be used.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noWayBack = (account: string, detail: string): BadRequest =>
  new BadRequest({ ...unsent(account, "reply", detail, hints.noWayBack), field: "senderStaffId" })

/**
 * Answers message by message: through the webhook until it is gone or refuses one, then through the API, by which goes
 * from the start what a webhook does not carry. Unsafe because it remembers that the webhook is of no use.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unsafeMake = (account: Account, route: ReplyRoute) => {
  const { settings } = account
  const target = apiTarget(route)
  let webhookWorks = true

  return (message: WebhookMessage.ReplyMessage, at?: WebhookMessage.At): Effect.Effect<Sent, ApiError | Refused> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const body = WebhookMessage.encode(message, at)
      const url = webhookWorks && body !== undefined ? SessionWebhook.usable(route, settings, now) : undefined
      const byApi = target === undefined
        ? undefined
        : Effect.map(
          RobotApi.send(account, target, RobotMessage.encode(WebhookMessage.forApi(message))),
          (messageId): Sent => ({ via: "api", messageId })
        )
      if (url === undefined || body === undefined) {
        return byApi ?? noWayBack(
          settings.id,
          body === undefined
            ? `a session webhook does not carry a message of kind ${message._tag}, and there is no staff id`
            : "the session webhook cannot be used, and the message has no staff id"
        )
      }
      return SessionWebhook.post(account, url, body).pipe(
        Effect.as<Sent>({ via: "webhook", messageId: undefined }),
        Effect.catchAll((error) => {
          if (error._tag === "Ambiguous" || byApi === undefined) return Effect.fail(error)
          webhookWorks = false
          return byApi
        })
      )
    })
}
