import { Effect } from "effect"
import { DingTalkChannel, DingTalkEvent, DingTalkSender } from "effect-dingtalk"

// The setting `events` must be on, and the events be chosen on the application's page.
export const Bot = DingTalkChannel.layer({
  onEvent: (event) =>
    DingTalkEvent.match(event, {
      user_add_org: ({ userId }) =>
        Effect.forEach(userId, (id) => DingTalkSender.send({ to: `user:${id}`, text: "欢迎加入！有事找我。" })),
      chat_update_title: ({ openConversationId, title }) =>
        DingTalkSender.send({ to: `chat:${openConversationId}`, text: `本群改名为「${title}」` }),
      bpms_instance_change: ({ result, staffId, title, type }) =>
        type === "finish" && staffId !== undefined
          ? DingTalkSender.send({ to: `user:${staffId}`, text: `${title}：${result === "agree" ? "通过" : "未通过"}` })
          : Effect.void,
      orElse: ({ eventType }) => Effect.logDebug("another event", eventType)
    })
})
