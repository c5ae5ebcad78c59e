/** DING messages; the limits and codes are those of DingTalk's API reference. */
import { isText, texts } from "../../internal/json.ts"
import type * as Seen from "../../Seen.ts"
import { asRobot, refuse, type Route, succeed } from "../route.ts"
import { isNoUser } from "./robot.ts"

const ways: ReadonlyMap<unknown, { readonly by: Seen.Ding["by"]; readonly most: number }> = new Map<
  unknown,
  { readonly by: Seen.Ding["by"]; readonly most: number }
>([
  [1, { by: "app", most: 200 }],
  [2, { by: "sms", most: 20 }],
  [3, { by: "call", most: 20 }]
])

export const sendDing: Route = asRobot(
  ["remindType", "receiverUserIdList", "content"],
  (body, { clientId }, call, world) => {
    const { content, receiverUserIdList, remindType } = body
    const way = ways.get(remindType)
    const userIds = texts(receiverUserIdList)
    if (way === undefined || !isText(content) || userIds.length === 0) {
      return refuse(call, 400, "invalidParameter.param.invalid")
    }
    if (userIds.length > way.most) {
      return refuse(call, 400, "ding.receivercount.limit", "ding receiver count limit")
    }
    const failed = userIds.filter((id) => isNoUser(id) || world.refused().invalid.includes(id))
    const ding: Seen.Ding = {
      id: call.id,
      at: call.at,
      clientId,
      by: way.by,
      userIds: userIds.filter((id) => !failed.includes(id)),
      content,
      recalled: false
    }
    // By reason, as documented; the reason's words are ours.
    const failedList = failed.length === 0 ? {} : { failedList: { "miss.staffId": failed } }
    return succeed({ openDingId: call.id, ...failedList }, { _tag: "Dinged", ding })
  }
)

export const recallDing: Route = asRobot(["openDingId"], (body, { clientId }, call, world) => {
  const ding = world.ding(String(body["openDingId"]))
  if (ding === undefined || ding.clientId !== clientId || ding.recalled) {
    return refuse(call, 400, "recall.ding.exception")
  }
  return succeed({ openDingId: ding.id }, { _tag: "Dinged", ding: { ...ding, recalled: true } })
})
