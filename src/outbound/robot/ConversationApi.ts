/**
 * What can be asked and undone about messages that were sent, and where the robot is.
 *
 * @since 0.1.0
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { isRecord, type JsonObject, strings, text } from "../../internal/json.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import type { Operation, Success } from "../api/classifyAnswer.ts"
import * as RateLimit from "../api/RateLimit.ts"

/**
 * Most messages that one call recalls (DingTalk's API reference).
 *
 * @since 0.1.0
 * @category constants
 */
export const maxKeys = 20

const list = (u: unknown): ReadonlyArray<JsonObject> => Array.isArray(u) ? u.filter(isRecord) : []

const call = (
  { client, settings }: Account,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<Success, ApiError> =>
  client.call({ operation, request, limit: RateLimit.fromSettings(settings), api: "other" })

const post = (
  account: Account,
  operation: Operation,
  path: string,
  body: JsonObject
): Effect.Effect<Success, ApiError> =>
  call(
    account,
    operation,
    ApiClient.post(`${account.settings.apiBaseUrl}${path}`, { robotCode: account.settings.robotCode, ...body })
  )

/**
 * A message that was not recalled.
 *
 * @since 0.1.0
 * @category models
 */
export interface NotRecalled {
  readonly messageId: string
  /** In DingTalk's words; empty if it did not say. */
  readonly reason: string
}

/**
 * What became of messages that were to be recalled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Recalled {
  readonly recalled: ReadonlyArray<string>
  readonly failed: ReadonlyArray<NotRecalled>
}

/**
 * Reads the answer to a recall of these keys. One that the answer does not mention counts as not recalled.
 *
 * @since 0.1.0
 * @category decisions
 */
export const recalledOf = (keys: ReadonlyArray<string>, json: JsonObject): Recalled => {
  const done = new Set(strings(json["successResult"]))
  const reasons = isRecord(json["failedResult"]) ? json["failedResult"] : {}
  return {
    recalled: keys.filter((key) => done.has(key)),
    failed: keys.filter((key) => !done.has(key)).map((key) => ({ messageId: key, reason: text(reasons[key]) ?? "" }))
  }
}

const recallMessages: Operation = {
  name: "recallMessages",
  kind: "idempotent",
  proves: (json) => Array.isArray(json["successResult"]) || isRecord(json["failedResult"])
}

/**
 * Recalls up to {@link maxKeys} messages of a group, or of direct chats.
 *
 * @since 0.1.0
 * @category operations
 */
export const recall = (
  account: Account,
  group: string | undefined,
  keys: ReadonlyArray<string>
): Effect.Effect<Recalled, ApiError> =>
  Effect.map(
    group === undefined
      ? post(account, recallMessages, "/v1.0/robot/otoMessages/batchRecall", { processQueryKeys: keys })
      : post(account, recallMessages, "/v1.0/robot/groupMessages/recall", {
        openConversationId: group,
        processQueryKeys: keys
      }),
    ({ json }) => recalledOf(keys, json)
  )

/**
 * How far a message has come; `UNKNOWN` is what DingTalk has no other word for.
 *
 * @since 0.1.0
 * @category models
 */
export type SendStatus = "SUCCESS" | "PROCESSING" | "RECALLED" | "UNKNOWN"

const statusOf = (json: JsonObject): SendStatus => {
  const status = text(json["sendStatus"])?.toUpperCase()
  return status === "SUCCESS" || status === "PROCESSING" || status === "RECALLED" ? status : "UNKNOWN"
}

/**
 * Whether somebody has read a message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reader {
  readonly userId: string
  readonly name: string | undefined
  readonly read: boolean
  /** In milliseconds since 1970. */
  readonly readAt: number | undefined
}

/**
 * The state of a message that was sent to people.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadStatus {
  readonly status: SendStatus
  readonly readers: ReadonlyArray<Reader>
}

const readStatusOfMessage: Operation = {
  name: "readStatus",
  kind: "idempotent",
  proves: (json) => text(json["sendStatus"]) !== undefined || Array.isArray(json["messageReadInfoList"])
}

/**
 * Reads the answer to {@link readStatus}.
 *
 * @since 0.1.0
 * @category decisions
 */
export const readStatusOf = (json: JsonObject): ReadStatus => ({
  status: statusOf(json),
  readers: list(json["messageReadInfoList"]).map((one) => {
    const at = Number(text(one["readTimestamp"]))
    const status = text(one["readStatus"])?.toUpperCase()
    return {
      userId: text(one["userId"]) ?? "",
      name: text(one["name"]),
      read: status === "READ" || status === "1" || one["readStatus"] === true,
      readAt: Number.isFinite(at) && at > 0 ? at : undefined
    }
  })
})

/**
 * Who has read a message that was sent to people.
 *
 * @since 0.1.0
 * @category operations
 */
export const readStatus = (account: Account, key: string): Effect.Effect<ReadStatus, ApiError> =>
  Effect.map(
    call(
      account,
      readStatusOfMessage,
      HttpClientRequest.get(`${account.settings.apiBaseUrl}/v1.0/robot/oToMessages/readStatus`).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.setUrlParams({ robotCode: account.settings.robotCode, processQueryKey: key })
      )
    ),
    ({ json }) => readStatusOf(json)
  )

/**
 * A page of an answer that has more.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** For the next page; `undefined` on the last one. */
  readonly next: string | undefined
}

/** A token without a promise of more, or one that leads back, is no next page. */
const nextOf = (json: JsonObject, current: string | undefined): string | undefined => {
  const next = json["hasMore"] === true || json["hasMore"] === "true" ? text(json["nextToken"]) : undefined
  return next === current ? undefined : next
}

const groupStatusOfMessage: Operation = {
  name: "groupMessageStatus",
  kind: "idempotent",
  proves: (json) => text(json["sendStatus"]) !== undefined
}

/**
 * The state of a message of a group, and a page of those who have read it.
 *
 * @since 0.1.0
 * @category operations
 */
export const groupMessageStatus = (
  account: Account,
  group: string,
  key: string,
  page: string | undefined
): Effect.Effect<Page<string> & { readonly status: SendStatus }, ApiError> =>
  Effect.map(
    post(account, groupStatusOfMessage, "/v1.0/robot/groupMessages/query", {
      openConversationId: group,
      processQueryKey: key,
      maxResults: 200,
      ...(page === undefined ? {} : { nextToken: page })
    }),
    ({ json }) => ({ status: statusOf(json), items: strings(json["readUserIds"]), next: nextOf(json, page) })
  )

const listGroups: Operation = {
  name: "listGroups",
  kind: "idempotent",
  proves: (json) => Array.isArray(json["openConversationIds"])
}

/**
 * A page of the groups that the robot is in.
 *
 * @since 0.1.0
 * @category operations
 */
export const groups = (account: Account, page: string | undefined): Effect.Effect<Page<string>, ApiError> =>
  Effect.map(
    post(account, listGroups, "/v1.0/robot/installed/groups/query", {
      maxResult: 10,
      ...(page === undefined ? {} : { nextToken: page })
    }),
    ({ json }) => ({ items: strings(json["openConversationIds"]), next: nextOf(json, page) })
  )

/**
 * How a DING reaches people: in the app, by text message, by a call. The latter two cost extra.
 *
 * @since 0.1.0
 * @category models
 */
export type DingBy = "app" | "sms" | "call"

const remindType: Readonly<Record<DingBy, number>> = { app: 1, sms: 2, call: 3 }

/**
 * A DING that went out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Dinged {
  readonly dingId: string
  readonly failed: ReadonlyArray<{ readonly userId: string; readonly reason: string }>
}

const dingIdOf = (json: JsonObject): string | undefined => text(json["openDingId"])

const sendDing: Operation = { name: "sendDing", kind: "send", proves: (json) => dingIdOf(json) !== undefined }
const recallDingOperation: Operation = {
  name: "recallDing",
  kind: "idempotent",
  proves: (json) => json["success"] !== false
}

/**
 * The people in `failedList`, of which the API reference does not say how it is built: ids, ids with a reason, or
 * reasons with ids.
 *
 * @since 0.1.0
 * @category decisions
 */
export const failedOf = (json: JsonObject): Dinged["failed"] => {
  const failed = json["failedList"]
  if (!isRecord(failed)) return strings(failed).map((userId) => ({ userId, reason: "" }))
  return Object.entries(failed).flatMap(([key, value]) =>
    Array.isArray(value)
      ? strings(value).map((userId) => ({ userId, reason: key }))
      : [{ userId: key, reason: text(value) ?? "" }]
  )
}

/**
 * Sends a DING.
 *
 * @since 0.1.0
 * @category operations
 */
export const ding = (
  account: Account,
  { by, content, userIds }: {
    readonly by: DingBy
    readonly content: string
    readonly userIds: ReadonlyArray<string>
  }
): Effect.Effect<Dinged, ApiError> =>
  Effect.map(
    post(account, sendDing, "/v1.0/robot/ding/send", {
      remindType: remindType[by],
      receiverUserIdList: userIds,
      content
    }),
    ({ json }) => ({ dingId: dingIdOf(json) ?? "", failed: failedOf(json) })
  )

/**
 * Recalls a DING.
 *
 * @since 0.1.0
 * @category operations
 */
export const recallDing = (account: Account, dingId: string): Effect.Effect<void, ApiError> =>
  Effect.asVoid(post(account, recallDingOperation, "/v1.0/robot/ding/recall", { openDingId: dingId }))
