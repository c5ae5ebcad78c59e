/**
 * The robot's two ways to send a message through the API: to a person, to a group.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ApiClient from "./ApiClient.ts"
import type { Account } from "./ApiClients.ts"
import { type ApiError, TooLarge } from "./ApiError.ts"
import type { Operation } from "./classifyAnswer.ts"
import * as hints from "./internal/hints.ts"
import { type JsonObject, strings, text } from "./internal/json.ts"
import * as RateLimit from "./RateLimit.ts"
import { type Refusal, Refused, type RefusedUser } from "./SendError.ts"
import type { Target } from "./Target.ts"
import { maxMsgParamBytes, msgParamBytes, type RobotMessage } from "./TextMessage.ts"

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
 * Sends one message; returns its `processQueryKey` (behaviour cases B04 and B05). That DingTalk took it does not say that
 * it was read, or even delivered.
 *
 * Fails with `TooLarge` without a call when a group's `msgParam` has more than 15 000 bytes, and with `Refused` when
 * DingTalk takes the message and will not deliver it.
 *
 * @since 0.1.0
 * @category operations
 */
export const send = (
  { client, settings }: Account,
  target: Target,
  message: RobotMessage
): Effect.Effect<string | undefined, ApiError | Refused> => {
  const operation = target._tag === "User" ? sendToUser : sendToGroup
  const bytes = msgParamBytes(message)
  if (target._tag === "Group" && bytes > maxMsgParamBytes) {
    return Effect.fail(
      new TooLarge({
        account: settings.id,
        operation: operation.name,
        status: undefined,
        code: undefined,
        requestId: undefined,
        detail: "",
        hint: hints.tooLarge,
        bytes,
        limitBytes: maxMsgParamBytes
      })
    )
  }
  const common = { robotCode: settings.robotCode, msgKey: message.msgKey, msgParam: message.msgParam }
  const request = target._tag === "User"
    ? ApiClient.post(`${settings.apiBaseUrl}/v1.0/robot/oToMessages/batchSend`, { ...common, userIds: [target.id] })
    : ApiClient.post(`${settings.apiBaseUrl}/v1.0/robot/groupMessages/send`, {
      ...common,
      openConversationId: target.id
    })
  return Effect.flatMap(
    client.call({ operation, request, limit: RateLimit.fromSettings(settings) }),
    ({ json, requestId, status }) => {
      const users = target._tag === "User" ? refusedUsers(json) : []
      return users.length === 0
        ? Effect.succeed(messageIdOf(json))
        : Effect.fail(
          new Refused({
            account: settings.id,
            operation: operation.name,
            status,
            code: undefined,
            requestId,
            detail: "",
            hint: hints.refused,
            users
          })
        )
    }
  )
}
