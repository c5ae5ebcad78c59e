/**
 * DingTalk's calls about who people are, and which group that is.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { isRecord, type JsonObject, text } from "../../internal/json.ts"
import * as ApiClient from "../api/ApiClient.ts"
import type { Account } from "../api/ApiClients.ts"
import type { ApiError } from "../api/ApiError.ts"
import type { Operation } from "../api/classifyAnswer.ts"
import * as RateLimit from "../api/RateLimit.ts"

/**
 * A person of the organisation, as far as the application may see.
 *
 * @since 0.1.0
 * @category models
 */
export interface Person {
  readonly staffId: string
  readonly unionId: string | undefined
  readonly name: string
  /** `undefined` without the permission for it (`fieldMobile`), or if it is hidden. */
  readonly mobile: string | undefined
  /** `undefined` without the permission for it (`fieldEmail`). */
  readonly email: string | undefined
  /** What the person is called at work. */
  readonly title: string | undefined
  readonly jobNumber: string | undefined
  readonly departmentIds: ReadonlyArray<string>
}

/**
 * A group.
 *
 * @since 0.1.0
 * @category models
 */
export interface Group {
  readonly openConversationId: string
  readonly title: string | undefined
  /** The staff id of its owner. */
  readonly ownerStaffId: string | undefined
}

const resultOf = (json: JsonObject): JsonObject => isRecord(json["result"]) ? json["result"] : {}

const ids = (u: unknown): ReadonlyArray<string> => Array.isArray(u) ? u.flatMap((id) => text(id) ?? []) : []

/** A call of the legacy API that only reads; `proof` is the field without which its result is none. */
const ask = (
  { client, settings }: Account,
  name: string,
  path: string,
  body: JsonObject,
  proof: string
): Effect.Effect<JsonObject, ApiError> => {
  const operation: Operation = {
    name,
    kind: "idempotent",
    proves: (json) => text(resultOf(json)[proof]) !== undefined
  }
  return Effect.map(
    client.call({
      operation,
      request: ApiClient.post(`${settings.oapiBaseUrl}${path}`, body),
      limit: RateLimit.fromSettings(settings),
      api: "other",
      tokenIn: "query"
    }),
    ({ json }) => resultOf(json)
  )
}

/**
 * A person by staff id. Scopes: `qyapi_get_member`; for the number `fieldMobile`, for the address `fieldEmail`. Fails with
 * `TargetGone` if there is nobody of this id.
 *
 * @since 0.1.0
 * @category operations
 */
export const person = (account: Account, staffId: string): Effect.Effect<Person, ApiError> =>
  Effect.map(ask(account, "getPerson", "/topapi/v2/user/get", { userid: staffId, language: "zh_CN" }, "userid"), (
    found
  ) => ({
    staffId: text(found["userid"]) ?? staffId,
    unionId: text(found["unionid"]),
    name: text(found["name"]) ?? staffId,
    mobile: text(found["mobile"]),
    email: text(found["email"]) ?? text(found["org_email"]),
    title: text(found["title"]),
    jobNumber: text(found["job_number"]),
    departmentIds: ids(found["dept_id_list"])
  }))

/**
 * The staff id of whoever has this mobile number. Scope: `qyapi_get_member_by_mobile`. Fails with `TargetGone` if nobody of
 * the organisation has it.
 *
 * @since 0.1.0
 * @category operations
 */
export const staffIdByMobile = (account: Account, mobile: string): Effect.Effect<string, ApiError> =>
  Effect.map(
    ask(account, "getStaffIdByMobile", "/topapi/v2/user/getbymobile", { mobile }, "userid"),
    (found) => text(found["userid"]) ?? ""
  )

/**
 * A department's name. Scope: `qyapi_get_department_list`.
 *
 * @since 0.1.0
 * @category operations
 */
export const departmentName = (account: Account, departmentId: string): Effect.Effect<string, ApiError> =>
  Effect.map(
    ask(
      account,
      "getDepartment",
      "/topapi/v2/department/get",
      { dept_id: Number(departmentId), language: "zh_CN" },
      "name"
    ),
    (found) => text(found["name"]) ?? ""
  )

const getGroup: Operation = {
  name: "getGroup",
  kind: "idempotent",
  proves: (json) => json["success"] !== false && text(json["title"]) !== undefined
}

/**
 * A group's name and owner. Scope: `qyapi_chat_manage`. DingTalk answers it for groups that were made from a template, or
 * that have a robot or a cool app of the application in them.
 *
 * @since 0.1.0
 * @category operations
 */
export const group = (
  { client, settings }: Account,
  openConversationId: string
): Effect.Effect<Group, ApiError> =>
  Effect.map(
    client.call({
      operation: getGroup,
      request: ApiClient.post(`${settings.apiBaseUrl}/v1.0/im/sceneGroups/query`, { openConversationId }),
      limit: RateLimit.fromSettings(settings),
      api: "other"
    }),
    ({ json }) => ({ openConversationId, title: text(json["title"]), ownerStaffId: text(json["ownerUserId"]) })
  )
