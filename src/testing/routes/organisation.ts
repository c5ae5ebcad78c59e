/** Who works where, and what groups are called: the address book, in the form of the legacy API and of the v1 one. */
import { isRecord, type Json } from "../internal/json.ts"
import type { Colleague, Department } from "../Options.ts"
import { type Call, json } from "../server/exchange.ts"
import {
  hasJsonType,
  legacy,
  type Outcome,
  refuse,
  type Route,
  succeed,
  tokenOf,
  withBody,
  withToken
} from "./route.ts"
import type { World } from "./World.ts"

const applyFor = (scope: string): string =>
  `应用尚未开通所需的权限：[${scope}]，点击链接申请并开通即可：https://open-dev.dingtalk.com/appscope/apply`

const has = ({ settings: { scopes } }: World, scope: string): boolean => scopes === undefined || scopes.includes(scope)

/** What a call of the legacy API needs; what is wrong comes with HTTP 200. */
const legacyRoute = (
  scope: string,
  field: string,
  handle: (value: string, world: World) => Outcome
): Route =>
(call, world) => {
  if (tokenOf(call, world) === undefined) return legacy(40014, "不合法的access_token")
  if (!has(world, scope)) {
    return legacy(88, `ding talk error[subcode=60011,submsg=${applyFor(scope)}]`, {
      sub_code: "60011",
      sub_msg: applyFor(scope)
    })
  }
  const value = hasJsonType(call) && isRecord(call.json) ? call.json[field] : undefined
  return typeof value === "string" && value !== "" || typeof value === "number"
    ? handle(String(value), world)
    : legacy(40035, `缺少参数 ${field}`)
}

const notFound = legacy(60121, "找不到该用户")

/** Without the scopes for them, an address and a number are left out. */
const shown = (member: Colleague, world: World): Json => ({
  userid: member.staffId,
  unionid: `union-${member.staffId}`,
  name: member.name,
  ...has(world, "fieldMobile") && member.mobile !== undefined ? { mobile: member.mobile, state_code: "86" } : {},
  ...has(world, "fieldEmail") ? { email: member.email ?? "" } : {},
  title: member.title ?? "",
  job_number: member.jobNumber ?? "",
  dept_id_list: member.departmentIds ?? [1],
  hide_mobile: false,
  active: true,
  admin: false,
  boss: false
})

/** Without a list of people, everybody is there, and called by what is asked for. */
export const getPerson: Route = legacyRoute("qyapi_get_member", "userid", (staffId, world) => {
  const { people } = world.settings
  const member = people === undefined ? { staffId, name: staffId } : people.find((member) => member.staffId === staffId)
  return member === undefined ? notFound : legacy(0, "ok", { result: shown(member, world) })
})

export const getPersonByMobile: Route = legacyRoute("qyapi_get_member_by_mobile", "mobile", (mobile, world) => {
  const { people } = world.settings
  const found = people?.find((member) => member.mobile === mobile)
  const userid = people === undefined ? `staff-${mobile}` : found?.staffId
  return userid === undefined
    ? notFound
    : legacy(0, "ok", { result: { userid, exclusive_account_userid_list: [] } })
})

const root: Department = { id: 1, name: "总部" }

export const getDepartment: Route = legacyRoute("qyapi_get_department_list", "dept_id", (id, world) => {
  const departments = [...world.settings.departments ?? [], root]
  const department = departments.find((department) => String(department.id) === id)
  return department === undefined
    ? legacy(60003, "部门不存在")
    : legacy(0, "ok", {
      result: { dept_id: department.id, name: department.name, parent_id: department.parentId ?? 1 }
    })
})

const scopeRefused = (call: Call, scope: string): Outcome => ({
  answer: json(403, {
    requestid: call.id.toUpperCase(),
    code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
    message: applyFor(scope),
    accessdenieddetail: { requiredScopes: [scope] }
  }),
  changes: []
})

/** That a group which is not there is refused so, is ours. */
export const getGroup: Route = withToken(({ clientId }) =>
  withBody(["openConversationId"], (body, call, world) => {
    const scope = "qyapi_chat_manage"
    if (!has(world, scope)) return scopeRefused(call, scope)
    const id = body["openConversationId"]
    const { groups } = world.settings
    const there = groups?.find(({ openConversationId }) => openConversationId === id) ??
      world.groups(clientId).flatMap((group) => group === id ? [{ title: group, ownerUserId: "" }] : [])[0]
    return there === undefined
      ? refuse(call, 400, "openConversationId.notExisted", "群会话不存在")
      : succeed({
        success: true,
        openConversationId: id,
        title: there.title,
        ownerUserId: there.ownerUserId,
        status: 1,
        icon: "",
        groupUrl: ""
      })
  })
)
