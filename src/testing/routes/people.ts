/** `POST /topapi/v2/user/…`: who somebody is, by the legacy API. */
import { isRecord, isText } from "../internal/json.ts"
import { legacy, type Route, tokenOf } from "./route.ts"

const asked = (field: string, answer: (value: string, world: Parameters<Route>[1]) => ReturnType<Route>): Route =>
(
  call,
  world
) => {
  if (tokenOf(call, world) === undefined) return legacy(40014, "不合法的access_token")
  const value = isRecord(call.json) ? call.json[field] : undefined
  return isText(value) ? answer(value, world) : legacy(40035, `缺少参数 ${field}`)
}

const nobody = legacy(60121, "找不到该用户")

/** Without a list of people, everybody is there, and called by what is asked for. */
export const userByMobile: Route = asked("mobile", (mobile, { settings: { people } }) => {
  const found = people?.find((person) => person.mobile === mobile)
  const userid = people === undefined ? `staff-${mobile}` : found?.staffId
  return userid === undefined ? nobody : legacy(0, "ok", { result: { userid } })
})

export const user: Route = asked("userid", (userid, { settings: { people } }) => {
  const found = people?.find((person) => person.staffId === userid)
  const name = people === undefined ? userid : found?.name
  return name === undefined
    ? nobody
    : legacy(0, "ok", { result: { userid, name, mobile: found?.mobile ?? "", dept_id_list: [] } })
})
