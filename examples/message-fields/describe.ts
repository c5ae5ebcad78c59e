import { Match } from "effect"
import type { Message } from "effect-dingtalk"

/** What a model should know of a message, as text. */
export const describe = (message: Message.Message): string => {
  const said = Match.value(message).pipe(
    Match.tag("ChatRecord", ({ entries, text, title }) => `${title ?? "聊天记录"}（${entries.length} 条）\n${text}`),
    Match.tag("File", ({ file }) => `文件：${file.fileName ?? "没有名字"}`),
    Match.tag("Picture", ({ media }) => media.length > 0 ? "一张图片" : "一张取不到的图片"),
    Match.orElse(({ text }) => text)
  )
  const { quote } = message
  const quoted = quote === undefined ? [] : [`引用：${quote._tag === "Content" ? quote.text : "（内容未知）"}`]
  return [...quoted, `${message.senderName}：${said}`].join("\n")
}
