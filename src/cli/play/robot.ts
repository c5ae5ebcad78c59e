/**
 * The built-in robot: it shows what robots can do.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../DingTalkCards.ts"
import * as DingTalkChannel from "../../DingTalkChannel.ts"
import * as DingTalkMedia from "../../DingTalkMedia.ts"
import * as DingTalkReactions from "../../DingTalkReactions.ts"
import * as DingTalkRobot from "../../DingTalkRobot.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import type { Handlers } from "../../inbound/Handlers.ts"
import type { Message } from "../../inbound/message/Message.ts"
import * as Source from "../../outbound/media/Source.ts"
import * as RobotMessage from "../../outbound/message/RobotMessage.ts"
import * as WebhookMessage from "../../outbound/message/WebhookMessage.ts"
import { sunset } from "./picture.ts"

type Does = DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel

type Answer = (message: Message) => Effect.Effect<unknown, unknown, Does>

const text = (words: (message: Message) => string): Answer => (message) =>
  DingTalkSender.reply(message, words(message), { renderMode: "markdown" })

const isChinese = ({ text }: Message): boolean => /\p{Script=Han}/u.test(text)

const story = {
  zh:
    "从前有座山，山里有座庙，庙里有个老和尚，正在给小和尚讲故事。\n\n**讲的是什么呢？**\n\n- 机器人一边想，一边写；\n- 卡片跟着长；\n- 写完了，就停。\n",
  en:
    "Once there was a robot that thought out loud.\n\n**What did people see?**\n\n- a card that grew while it thought,\n- a button to stop it,\n- and an end.\n"
}

/** A piece of the story comes so often, in milliseconds. */
const pieceMs = 60

/** How many characters a piece has. */
const pieceSize = 3

const tell: Answer = (message) => {
  const whole = isChinese(message) ? story.zh : story.en
  const pieces = Stream.fromIterable(whole).pipe(
    Stream.rechunk(pieceSize),
    Stream.chunks,
    Stream.map(Chunk.join("")),
    Stream.schedule(Schedule.spaced(pieceMs))
  )
  return DingTalkCards.streamReply(message, pieces, { intervalMs: 2 * pieceMs })
}

const deploy: Answer = (message) => {
  const chinese = isChinese(message)
  return DingTalkCards.ask(message, {
    question: chinese ? "部署到哪里？" : "Where to?",
    choices: [
      { value: "test", label: chinese ? "测试环境" : "Test" },
      { value: "prod", label: chinese ? "生产环境" : "Production" }
    ]
  }).pipe(
    Effect.flatMap(({ choice }) =>
      DingTalkSender.reply(message, chinese ? `好的，部署到 ${choice}。` : `All right: it goes to ${choice}.`)
    )
  )
}

const markdown = text((message) =>
  isChinese(message)
    ? "### 今日构建\n\n| 服务 | 状态 | 用时 |\n|---|---|---|\n| 网关 | **通过** | 42 s |\n| 账务 | *排队* | – |\n\n1. 先看 [日志](https://example.com/log)\n2. 再跑 `npm test`\n\n> 引用一句：稳。\n\n```ts\nconst answer = 42\n```"
    : "### Builds of today\n\n| Service | State | Took |\n|---|---|---|\n| gateway | **passed** | 42 s |\n| billing | *queued* | – |\n\n1. Look at the [log](https://example.com/log)\n2. Run `npm test`\n\n> A quote: steady.\n\n```ts\nconst answer = 42\n```"
)

const buttons: Answer = (message) => {
  const chinese = isChinese(message)
  return DingTalkSender.replyMessage(
    message,
    RobotMessage.ActionCardHorizontal({
      title: chinese ? "请假审批" : "Leave request",
      text: chinese ? "### 请假审批\n\n李四 申请 **2 天** 年假" : "### Leave request\n\nLi Si asks for **2 days** off",
      buttons: [
        { title: chinese ? "同意" : "Agree", url: "https://example.com/agree" },
        { title: chinese ? "拒绝" : "Refuse", url: "https://example.com/refuse" }
      ]
    })
  )
}

const feed: Answer = (message) => {
  const chinese = isChinese(message)
  const link = (title: string, page: string) => ({ title, messageUrl: `https://example.com/${page}`, picUrl: "" })
  return DingTalkSender.replyMessage(
    message,
    WebhookMessage.FeedCard({
      links: [
        link(chinese ? "今天的头条：机器人上线一百天" : "Today: a hundred days online", "days"),
        link(chinese ? "第二条：没有丢一条消息" : "Second: not a message lost", "losses"),
        link(chinese ? "第三条：重连用了 0.3 秒" : "Third: back in 0.3 seconds", "back")
      ]
    })
  )
}

const picture: Answer = (message) => DingTalkMedia.reply(message, Source.fromBytes(sunset(), "sunset.png"))

const file: Answer = (message) =>
  DingTalkMedia.reply(message, Source.fromBytes(new TextEncoder().encode("a,b\n1,2\n"), "report.csv"), {
    kind: "file",
    zip: true
  })

/** How long a message stands that is taken back, in milliseconds. */
const standsMs = 2_500

const recall: Answer = (message) =>
  Effect.gen(function*() {
    const words = isChinese(message) ? "这条消息马上撤回……" : "This one is about to be taken back …"
    const to = message.chatType === "group" ? `chat:${message.conversationId}` : `user:${message.senderStaffId ?? ""}`
    const { chunks } = yield* DingTalkSender.send({ to, text: words })
    yield* Effect.sleep(standsMs)
    yield* DingTalkRobot.recall({
      messageIds: chunks.flatMap(({ messageId }) => messageId === undefined ? [] : [messageId]),
      group: message.chatType === "group" ? message.conversationId : undefined
    })
  })

const thinkingMs = 1_500

const think: Answer = DingTalkReactions.withThinking((message) =>
  Effect.zipRight(
    Effect.sleep(thinkingMs),
    DingTalkSender.reply(message, isChinese(message) ? "想好了：是 42。" : "I have it: 42.")
  )
)

const stop: Answer = (message) =>
  Effect.zipRight(
    DingTalkChannel.interrupt(message),
    DingTalkSender.reply(message, isChinese(message) ? "好，不说了。" : "All right.")
  )

const isStop = ({ text }: Message): boolean => /^\s*(?:停|stop)\s*$/i.test(text)

/** What it does at which word. */
const skills: ReadonlyArray<readonly [word: RegExp, answer: Answer]> = [
  [/^(?:讲个故事|tell a story)/i, tell],
  [/^(?:部署|deploy)/i, deploy],
  [/^(?:表格|markdown)/i, markdown],
  [/^(?:按钮|buttons)/i, buttons],
  [/^(?:新闻|news)/i, feed],
  [/^(?:图片|picture)/i, picture],
  [/^(?:文件|file)/i, file],
  [/^(?:撤回|recall)/i, recall],
  [/^(?:想一想|think)/i, think]
]

const quoteOf = ({ quote }: Message): string =>
  quote?._tag === "Content" ? `> ${quote.text.replace(/\n/g, "\n> ")}\n\n` : ""

const other: Answer = (message) => {
  switch (message._tag) {
    case "Audio":
      return text(() => `🎧 “${message.recognition ?? "……"}”`)(message)
    case "File":
      return text(() => `📄 ${message.file.fileName ?? "?"} ✓`)(message)
    case "Picture":
      return text(() => "🖼️ ✓")(message)
    case "ChatRecord":
      return text(() => `🗂️ ${message.text}`)(message)
    default:
      return /你好|您好/.test(message.text)
        ? text(({ senderName }) => `你好，**${senderName}**！`)(message)
        : /^\s*(?:hello|hi)\b/i.test(message.text)
        ? text(({ senderName }) => `Hello, **${senderName}**!`)(message)
        : text(({ text }) => `${quoteOf(message)}${text}`)(message)
  }
}

/**
 * Its handlers.
 *
 * @since 0.1.0
 * @category handlers
 */
export const handlers: Handlers<Does> = {
  asks: true,
  overtakes: isStop,
  onMessage: (message) => {
    if (isStop(message)) return stop(message)
    const [, answer = other] = skills.find(([word]) => message._tag === "Text" && word.test(message.text.trim())) ?? []
    return answer(message)
  }
}
