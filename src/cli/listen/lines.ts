/**
 * What `listen` prints: one JSON object per delivery, without credentials. Pure.
 *
 * @since 0.1.0
 */
import type { CardAction } from "../../inbound/call/CardAction.ts"
import type { DingTalkEvent } from "../../inbound/call/DingTalkEvent.ts"
import type { Message } from "../../inbound/message/Message.ts"
import { toJson } from "../text/printable.ts"

/**
 * A message's line: `type`, `kind` (the variant), and the fields of `Message` but the session webhook, which is a
 * credential. `raw`, which is the same again, is there for a kind that is not known.
 *
 * @since 0.1.0
 * @category rendering
 */
export const message = (
  { _tag, raw, sessionWebhook: _webhook, sessionWebhookExpiresAt: _expires, ...rest }: Message
): string => toJson({ type: "message", kind: _tag, ...rest, ...(_tag === "Unknown" ? { raw } : {}) })

/**
 * An event's line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const event = ({ accountId, bornTime, corpId, data, eventId, eventType }: DingTalkEvent): string =>
  toJson({ type: "event", accountId, eventId, eventType, corpId, bornTime, data })

/**
 * A card action's line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const cardAction = (
  { accountId, actionIds, corpId, outTrackId, params, spaceId, spaceType, userId, userIdType }: CardAction
): string =>
  toJson({
    type: "cardAction",
    accountId,
    outTrackId,
    userId,
    userIdType,
    corpId,
    spaceId,
    spaceType,
    actionIds,
    params
  })
