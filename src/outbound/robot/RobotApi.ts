/**
 * The robot's two ways to send a message through the API: to people, to a group.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type JsonObject, strings, text } from "../../internal/json.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, TooLarge } from "../api/ApiError.ts"
import type { Operation } from "../api/classifyAnswer.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import * as RateLimit from "../api/RateLimit.ts"
import { type Refusal, Refused, type RefusedUser } from "../api/SendError.ts"
import * as Batch from "../message/Batch.ts"
import { saidBy } from "../message/said.ts"
import type { Target } from "../message/Target.ts"
import { type Encoded, maxMsgParamBytes, msgParamBytes } from "../message/TextMessage.ts"

const messageIdOf = (json: JsonObject): string | undefined => text(json["processQueryKey"])

const lists: ReadonlyArray<readonly [field: string, reason: Refusal]> = [
  ["invalidStaffIdList", "invalid"],
  ["flowControlledStaffIdList", "flowControlled"],
  ["filteredStaffIdList", "filtered"]
]

/**
 * The people whom DingTalk names in a 200 answer as those it will not deliver to. (`filteredStaffIdList` is in the
 * official SDK only, not in the API reference.)
 *
 * @since 0.1.0
 * @category decisions
 */
export const refusedUsers = (json: JsonObject): ReadonlyArray<RefusedUser> =>
  lists.flatMap(([field, reason]) => strings(json[field]).map((userId) => ({ userId, reason })))

/** Those of the batch, each once: what else an answer names must not be counted. */
const among = (userIds: ReadonlyArray<string>, named: ReadonlyArray<RefusedUser>): ReadonlyArray<RefusedUser> => {
  if (named.length === 0) return named
  const byId = new Map(named.toReversed().map((user) => [user.userId, user]))
  return [...new Set(userIds)].flatMap((userId) => byId.get(userId) ?? [])
}

const sendToUser: Operation = {
  name: "sendToUser",
  kind: "send",
  // Where nobody is left there is no message, hence no key.
  proves: (json) => messageIdOf(json) !== undefined || refusedUsers(json).length > 0
}

const sendToGroup: Operation = {
  name: "sendToGroup",
  kind: "send",
  proves: (json) => messageIdOf(json) !== undefined
}

/**
 * What one call did.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sent {
  /** The `processQueryKey`, by which the message can be recalled. */
  readonly messageId: string | undefined
  /** The people whom DingTalk will not deliver to. */
  readonly refused: ReadonlyArray<RefusedUser>
}

/**
 * Sends one message to a batch (behaviour cases B04 and B05). That DingTalk took it does not say that it was read, or
 * even delivered.
 *
 * Fails with `TooLarge` without a call when a group's `msgParam` has more than 15 000 bytes, and with `Refused` when
 * DingTalk takes the message and will deliver it to nobody.
 *
 * @since 0.1.0
 * @category operations
 */
export const sendBatch = (
  { client, remember, settings }: Account,
  batch: Batch.Batch,
  message: Encoded
): Effect.Effect<Sent, ApiError | Refused> => {
  const operation = batch._tag === "Users" ? sendToUser : sendToGroup
  const bytes = batch._tag === "Group" ? msgParamBytes(message) : 0
  if (bytes > maxMsgParamBytes) {
    return Effect.fail(
      new TooLarge({
        ...unsent(settings.id, operation.name, "", hints.tooLarge),
        bytes,
        limitBytes: maxMsgParamBytes
      })
    )
  }
  const { msgKey, msgParam } = message
  const { robotCode } = settings
  const request = batch._tag === "Users"
    ? ApiClient.post(`${settings.apiBaseUrl}/v1.0/robot/oToMessages/batchSend`, {
      robotCode,
      msgKey,
      msgParam,
      userIds: batch.userIds
    })
    : ApiClient.post(`${settings.apiBaseUrl}/v1.0/robot/groupMessages/send`, {
      robotCode,
      msgKey,
      msgParam,
      openConversationId: batch.conversationId
    })
  return Effect.flatMap(
    client.call({ operation, request, limit: RateLimit.fromSettings(settings) }),
    ({ json, requestId, status }) => {
      const named = batch._tag === "Users" ? refusedUsers(json) : []
      const refused = batch._tag === "Users" ? among(batch.userIds, named) : []
      const messageId = messageIdOf(json)
      return batch._tag === "Group" || (messageId !== undefined && refused.length < batch.userIds.length)
        ? Effect.as(remember([messageId], saidBy(message)), { messageId, refused })
        : Effect.fail(
          new Refused({
            ...unsent(settings.id, operation.name, "", hints.refused),
            status,
            requestId,
            users: refused.length > 0 ? refused : named
          })
        )
    }
  )
}

/**
 * Sends one message to a person or a group; returns its `processQueryKey`. Fails like {@link sendBatch}.
 *
 * @since 0.1.0
 * @category operations
 */
export const send = (
  account: Account,
  target: Target,
  message: Encoded
): Effect.Effect<string | undefined, ApiError | Refused> =>
  Effect.map(
    sendBatch(
      account,
      target._tag === "User" ? Batch.Users({ userIds: [target.id] }) : Batch.Group({ conversationId: target.id }),
      message
    ),
    ({ messageId }) => messageId
  )
