/**
 * Answering a message by the best way there is: its session webhook, or the API.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Ref from "effect/Ref"
import type { SessionWebhookUrl } from "../../SessionWebhookUrl.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, BadRequest } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import type { Refused, SentChunk } from "../api/SendError.ts"
import * as RobotMessage from "../message/RobotMessage.ts"
import * as Target from "../message/Target.ts"
import * as WebhookMessage from "../message/WebhookMessage.ts"
import * as RobotApi from "./RobotApi.ts"
import * as SessionWebhook from "./SessionWebhook.ts"

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
  /** By which the sender is called where a mention can't be made. */
  readonly senderName?: string | undefined
  /** A credential. */
  readonly sessionWebhook: SessionWebhookUrl | undefined
}

/**
 * How a message went out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sent extends Pick<SentChunk, "via" | "messageId"> {
  /** Who was to be mentioned and is not, by id, `*` for everybody; left out if there is nobody. */
  readonly notMentioned?: ReadonlyArray<string>
}

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

/** Who is not mentioned, if anybody. */
const without = (at: WebhookMessage.At | undefined): Pick<Sent, "notMentioned"> => {
  const ids = at === undefined ? [] : WebhookMessage.mentioned(at)
  return ids.length === 0 ? {} : { notMentioned: ids }
}

/**
 * The mentions, with the name of the one who is answered.
 *
 * @since 0.1.0
 * @category decisions
 */
export const named = ({ senderName, senderStaffId }: ReplyRoute, at: WebhookMessage.At): WebhookMessage.At =>
  senderStaffId === undefined || senderName === undefined
    ? at
    : { ...at, names: { [senderStaffId]: senderName, ...at.names } }

/**
 * Sends one message after the other as answers.
 *
 * @since 0.1.0
 * @category models
 */
export type Answer = (
  message: WebhookMessage.ReplyMessage,
  at?: WebhookMessage.At
) => Effect.Effect<Sent, ApiError | Refused>

/**
 * Answers message by message: through the webhook until it is gone or refuses one, which is remembered, then through the
 * API, by which goes from the start what a webhook does not carry.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (account: Account, route: ReplyRoute): Effect.Effect<Answer> =>
  Effect.map(Ref.make(true), (webhookWorks): Answer => {
    const { settings } = account
    const target = apiTarget(route)

    const byApi = (to: Target.Target, message: WebhookMessage.ReplyMessage, at: WebhookMessage.At | undefined) =>
      Effect.map(
        RobotApi.send(
          account,
          to,
          RobotMessage.encode(WebhookMessage.forApi(message, at === undefined ? undefined : named(route, at)))
        ),
        (messageId): Sent => ({ via: "api", messageId, ...without(at) })
      )

    return (message, at) =>
      Effect.gen(function*() {
        const body = WebhookMessage.encode(message, at)
        if (body === undefined) {
          if (target !== undefined) return yield* byApi(target, message, at)
          const detail = `a session webhook does not carry a message of kind ${message._tag}, and there is no staff id`
          return yield* noWayBack(settings.id, detail)
        }
        const now = yield* Clock.currentTimeMillis
        const url = (yield* Ref.get(webhookWorks)) ? SessionWebhook.usable(route, settings, now) : undefined
        if (url === undefined) {
          return target === undefined
            ? yield* noWayBack(settings.id, "the session webhook cannot be used, and the message has no staff id")
            : yield* byApi(target, message, at)
        }
        const posted = SessionWebhook.post(account, url, body).pipe(
          Effect.as<Sent>({
            via: "webhook",
            messageId: undefined,
            ...(WebhookMessage.canMention(message) ? {} : without(at))
          })
        )
        return yield* target === undefined ? posted : Effect.catchIf(
          posted,
          Predicate.not(Predicate.isTagged("Ambiguous")),
          () => Effect.zipRight(Ref.set(webhookWorks, false), byApi(target, message, at))
        )
      })
  })
