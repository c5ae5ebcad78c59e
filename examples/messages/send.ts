import { Effect } from "effect"
import { DingTalkSender, type Message, RobotMessage, WebhookMessage } from "effect-dingtalk"

// A text of any length: it goes out as as many messages as it takes.
export const text = DingTalkSender.send({ to: "user:zhangsan", text: "### 周报\n- 一切正常" })

// Any kind, to people and groups at once.
export const link = DingTalkSender.sendMessage({
  to: ["user:zhangsan", "user:lisi", "chat:cidOps"],
  message: RobotMessage.Link({
    title: "1.2 版发布了",
    text: "看看有什么新功能",
    picUrl: "https://example.com/logo.png",
    messageUrl: "https://example.com/releases/1.2"
  })
}).pipe(
  Effect.tap(({ batches, refused }) => Effect.log(`${batches.length} calls, refused:`, refused))
)

// Mention people in the answer …
export const handOver = (message: Message.Message) =>
  DingTalkSender.reply(message, "值班的同学看一下", { at: { userIds: ["lisi"] } })

// … or answer with a list of links.
export const news = (message: Message.Message) =>
  DingTalkSender.replyMessage(
    message,
    WebhookMessage.FeedCard({
      links: [{ title: "今日要闻", messageUrl: "https://example.com/news", picUrl: "https://example.com/news.png" }]
    })
  )
