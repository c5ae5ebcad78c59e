/**
 * Putting a reaction (a small text under a message) on what somebody wrote, and taking it away.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../internal/json.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import type { Operation } from "../api/classifyAnswer.ts"
import * as RateLimit from "../api/RateLimit.ts"

/**
 * What of a message is needed to react to it; a `Message` has it all.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reactable {
  /** The account that received the message. */
  readonly accountId: string
  readonly conversationId: string
  readonly messageId: string
}

const succeeded: Operation["proves"] = (json) => json["success"] !== false

const addReaction: Operation = { name: "addReaction", kind: "idempotent", proves: succeeded }
const removeReaction: Operation = { name: "removeReaction", kind: "idempotent", proves: succeeded }

/**
 * The body of both calls. The numbers are those of DingTalk's own text reactions.
 *
 * @since 0.1.0
 * @category encoding
 */
export const body = (robotCode: string, message: Reactable, text: string): JsonObject => ({
  robotCode,
  openMsgId: message.messageId,
  openConversationId: message.conversationId,
  emotionType: 2,
  emotionName: text,
  textEmotion: { emotionId: "2659900", emotionName: text, text, backgroundId: "im_bg_1" }
})

const call =
  (operation: Operation, path: string) => ({ client, settings }: Account, message: Reactable, text: string) =>
    Effect.asVoid(client.call({
      operation,
      request: ApiClient.post(`${settings.apiBaseUrl}${path}`, body(settings.robotCode, message, text)),
      limit: RateLimit.fromSettings(settings),
      api: "other"
    }))

/**
 * Puts a reaction on a message.
 *
 * @since 0.1.0
 * @category operations
 */
export const add: (account: Account, message: Reactable, text: string) => Effect.Effect<void, ApiError> = call(
  addReaction,
  "/v1.0/robot/emotion/reply"
)

/**
 * Takes a reaction away.
 *
 * @since 0.1.0
 * @category operations
 */
export const remove: (account: Account, message: Reactable, text: string) => Effect.Effect<void, ApiError> = call(
  removeReaction,
  "/v1.0/robot/emotion/recall"
)
