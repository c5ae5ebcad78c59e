/**
 * What `listen` prints and a persistent program of `exec` reads: one JSON object per delivery, without credentials. Pure.
 *
 * @since 0.1.0
 */
import type { CardAction } from "../../inbound/call/CardAction.ts"
import type { DingTalkEvent } from "../../inbound/call/DingTalkEvent.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { toJson } from "../text/printable.ts"

/** Fields of the payload that those of `Message` tell whole. */
const told = new Set([
  "msgId",
  "msgtype",
  "conversationType",
  "conversationId",
  "conversationTitle",
  "isInAtList",
  "atUsers",
  "senderId",
  "senderStaffId",
  "senderNick",
  "senderCorpId",
  "isAdmin",
  "chatbotUserId",
  "chatbotCorpId",
  "robotCode",
  "createAt",
  "sessionWebhook",
  "sessionWebhookExpiredTime",
  "senderPlatform"
])

const isPlain = (text: unknown): boolean =>
  typeof text === "object" && text !== null && Object.keys(text).every((key) => key === "content")

/** What of a payload is not told elsewhere on the line. */
const untold = (raw: Message["raw"]): { readonly raw?: Message["raw"] } => {
  const left = Object.entries(raw).filter(([key, value]) => !told.has(key) && !(key === "text" && isPlain(value)))
  return left.length === 0 ? {} : { raw: Object.fromEntries(left) }
}

/**
 * A message's line: `type`, `kind` (the variant), and the fields of `Message` but the session webhook, which is a
 * credential. `raw` has what of the payload they don't tell, and is missing where that is nothing. `more` stands behind
 * the type.
 *
 * @since 0.1.0
 * @category rendering
 */
export const message = (
  { _tag, raw, sessionWebhook: _webhook, sessionWebhookExpiresAt: _expires, ...rest }: Message,
  more: object = {}
): string => toJson({ type: "message", ...more, kind: _tag, ...rest, ...untold(raw) })

/**
 * An event's line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const event = (
  { accountId, bornTime, corpId, data, eventId, eventType }: DingTalkEvent,
  more: object = {}
): string => toJson({ type: "event", ...more, accountId, eventId, eventType, corpId, bornTime, data })

/**
 * A card action's line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const cardAction = (
  { accountId, actionIds, actionValue, corpId, outTrackId, params, spaceId, spaceType, userId, userIdType }: CardAction,
  more: object = {}
): string =>
  toJson({
    type: "cardAction",
    ...more,
    accountId,
    outTrackId,
    userId,
    userIdType,
    corpId,
    spaceId,
    spaceType,
    actionIds,
    params,
    actionValue
  })
