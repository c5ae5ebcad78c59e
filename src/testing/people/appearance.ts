/** How a message looks: in the conversation, and in the list of conversations. Pure. */
import { isRecord, isText, type Json } from "../internal/json.ts"
import type * as Seen from "../Seen.ts"
import { shown } from "./markdown.ts"

/** How a message looks. */
export type Appearance = Pick<Seen.Reply, "text" | "title" | "shown" | "preview">

const listOf = (u: unknown): ReadonlyArray<Json> => Array.isArray(u) ? u.filter(isRecord) : []

/** The buttons of an action card, in either API. */
const buttons = (content: Json): ReadonlyArray<string> =>
  [
    content["singleTitle"],
    ...[1, 2, 3, 4, 5].flatMap((n) => [content[`actionTitle${n}`], content[`buttonTitle${n}`]]),
    ...listOf(content["btns"]).map(({ title }) => title)
  ].filter(isText)

const names: ReadonlyMap<string, string> = new Map([
  ["sampleImageMsg", "图片"],
  ["picture", "图片"],
  ["image", "图片"],
  ["sampleAudio", "语音"],
  ["audio", "语音"],
  ["voice", "语音"],
  ["sampleVideo", "视频"],
  ["video", "视频"],
  ["sampleFile", "文件"],
  ["file", "文件"],
  ["sampleLink", "链接"],
  ["link", "链接"],
  ["feedCard", "链接"],
  ["chatRecord", "聊天记录"],
  ["card", "卡片"],
  ["interactiveCard", "卡片"]
])

/** A piece of a rich text. */
const piece = (it: Json): string => {
  const { atName, content, downloadCode, fileName, pictureUrl, recognition, text, type } = it
  const said = [text, content, recognition].filter(isText).join("")
  if (type === "at") return isText(text) ? text : isText(atName) ? `@${atName}` : ""
  if (isText(fileName)) return `${said}[文件] ${fileName}`
  const isPicture = (isText(downloadCode) || isText(pictureUrl)) && !isText(recognition)
  return isPicture ? `${said}[图片]` : said
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim()

/** The text that was said; a name in brackets for what is not text. */
const visibleText = (kind: string, content: Json): string =>
  [content["content"], content["text"], content["fileName"], content["recognition"]].find(isText) ?? `[${kind}]`

const body = (kind: string, content: Json, text: string): string => {
  if (/markdown/i.test(kind)) return shown(text)
  if (/actionCard/i.test(kind)) return [shown(text), ...buttons(content).map((title) => `[${title}]`)].join("\n")
  if (kind === "richText") return listOf(content["richText"]).map(piece).join("")
  const name = names.get(kind)
  const { fileName, recognition, title, unknownMsgType } = content
  if (isText(unknownMsgType)) return unknownMsgType
  if (isText(recognition) || name === undefined) return text
  const links = listOf(content["links"]).map(({ title }) => title)
  return [`[${name}]`, ...[fileName, title, ...links].filter(isText)].join(" ")
}

/** A text that somebody typed. */
export const plain = (text: string): Appearance => ({ text, title: undefined, shown: text, preview: oneLine(text) })

/** The appearance of a message by its `msgKey` or `msgtype` and the fields that belong to it. */
export const appearance = (kind: string, content: Json): Appearance => {
  const text = visibleText(kind, content)
  const title = isText(content["title"]) ? content["title"] : undefined
  const looks = body(kind, content, text)
  const isTitled = /markdown|actionCard/i.test(kind)
  return { text, title, shown: looks, preview: oneLine(isTitled && title !== undefined ? title : looks) }
}

/** Of a card: its list entry is what it was given as its last message. */
export const cardAppearance = ({ lastMessage, params, text }: Seen.Card): Appearance => ({
  text,
  title: params["title"],
  shown: shown(text),
  preview: lastMessage ?? "[互动卡片]"
})
