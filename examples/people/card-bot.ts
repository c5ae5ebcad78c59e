import { Effect } from "effect"
import { DingTalkChannel, DingTalkPeople, DingTalkSender } from "effect-dingtalk"

const describe = ({ departments, mobile, name, title }: DingTalkPeople.Person) =>
  [name, ...departments, title ?? "", mobile ?? "（号码不可见）"].filter((part) => part !== "").join(" · ")

const noPermission = (scopes: ReadonlyArray<string>) => `机器人还没有权限，请管理员开通：${scopes.join("、")}`

// "我是谁": who asks. "13800000000": whose number that is. "这是什么群": the group's name and owner.
export const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    Effect.gen(function*() {
      const people = yield* DingTalkPeople.DingTalkPeople
      if (message.text === "我是谁") return describe(yield* people.person(message.senderId))
      if (/^1\d{10}$/.test(message.text)) {
        return describe(yield* people.person(yield* people.staffIdByMobile(message.text)))
      }
      const { ownerStaffId, title } = yield* people.group(message.conversationId)
      return `${title ?? "没有名字"}，群主 ${ownerStaffId ?? "未知"}`
    }).pipe(
      Effect.catchTags({
        PermissionDenied: ({ scopes }) => Effect.succeed(noPermission(scopes)),
        TargetGone: () => Effect.succeed("查无此人")
      }),
      Effect.flatMap((text) => DingTalkSender.reply(message, text))
    )
})
