import { NodeRuntime } from "@effect/platform-node"
import { SqliteClient } from "@effect/sql-sqlite-node"
import { Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { DingTalkInbox } from "effect-dingtalk/sql"

export const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    // The process ended in the middle of the first attempt: it may have answered already.
    DingTalkSender.reply(message, message.attempt > 1 ? `（重试）你说：${message.text}` : `你说：${message.text}`),
  onDeadLetter: (message) => DingTalkSender.reply(message, "抱歉，这条消息没能处理")
})

const Inbox = DingTalkInbox.layer({ maxAttempts: 3 }).pipe(
  Layer.provide(SqliteClient.layer({ filename: process.env["INBOX"] ?? "inbox.db" }))
)

const Main = Bot.pipe(
  Layer.provide(Inbox),
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig),
  Layer.provide(NodeDingTalk.layer())
)

NodeRuntime.runMain(Layer.launch(Main))
