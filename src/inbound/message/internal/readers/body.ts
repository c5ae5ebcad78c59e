/** Reads what is said by something that is not the message itself: a quote, an entry of a record, an unknown kind. */
import {
  firstString,
  isRecord,
  type JsonObject,
  natural,
  none,
  parseJson,
  record,
  string,
  unwrapped
} from "../../../../internal/json.ts"
import type { ChatRecordEntry } from "../../ChatRecordEntry.ts"
import type { Media } from "../../Media.ts"
import { trim, trimmed } from "../blanks.ts"
import { type Kind, kindOf } from "../kinds.ts"
import { type Mentions, sentence } from "../mentions.ts"
import { cardWords } from "./cardWords.ts"
import { cardUrl, isMediaKind, linkedFile, mediaIn } from "./media.ts"
import { flattened, named, piecesMedia, readPieces, words, wordsOf } from "./pieces.ts"
import { namesIn, type SummaryLine, withNames } from "./summary.ts"

export interface Body {
  readonly text: string
  readonly media: ReadonlyArray<Media>
  readonly title: string | undefined
  readonly url: string | undefined
}

export interface ChatRecord {
  readonly title: string | undefined
  readonly summary: string | undefined
  readonly entries: ReadonlyArray<ChatRecordEntry>
}

/** A record in a record in a record: what is deeper is told by its summary alone. */
const deepestRecord = 5

const placeholders: ReadonlyMap<Kind | undefined, string> = new Map<Kind, string>([
  ["picture", "[图片]"],
  ["audio", "[语音]"],
  ["video", "[视频]"],
  ["file", "[文件]"],
  ["interactiveCard", "[卡片]"],
  ["card", "[卡片]"],
  ["actionCard", "[卡片]"],
  ["chatRecord", "[聊天记录]"],
  ["unknownMsgType", "[不支持的消息]"]
])

const mediaKinds: Readonly<Record<Media["kind"], string>> = {
  image: "[图片]",
  audio: "[语音]",
  video: "[视频]",
  file: "[文件]"
}

const placeOf = ({ fileName, kind }: Media): string =>
  kind === "file" && fileName !== undefined ? `${mediaKinds.file} ${fileName}` : mediaKinds[kind]

/** An entry as a line shows it: what is not words has a place all the same. */
export const shown = ({ media, msgtype, text }: ChatRecordEntry): string => {
  const isHeard = media.some(({ recognition }) => recognition !== undefined)
  // The lines of a record in a record have their places already.
  const places = isHeard || kindOf(msgtype) === "chatRecord" ? [] : media.map(placeOf)
  const parts = [...places, text].filter((part) => part !== "")
  return parts.length > 0
    ? parts.join(" ")
    : placeholders.get(kindOf(msgtype)) ?? (msgtype === "" ? "" : `[${msgtype}]`)
}

const senderOf = (entry: JsonObject): string | undefined =>
  firstString(entry, "senderName", "senderNick", "nick") ??
    firstString(record(entry.sender) ?? {}, "name", "nick", "senderName", "senderNick")

const readEntry = (item: unknown, mentions: Mentions, depth: number): ReadonlyArray<ChatRecordEntry> => {
  const value = typeof item === "string" ? parseJson(item) ?? item : item
  if (typeof value === "string") {
    return value === ""
      ? none
      : [{ senderName: undefined, senderId: undefined, msgtype: "", text: value, media: none, createdAt: undefined }]
  }
  if (!isRecord(value)) return none
  const entry = named(value)
  const msgtype = firstString(entry, "msgType", "msgtype", "type") ?? ""
  const { media, text } = readBody(kindOf(msgtype), entry, mentions, depth)
  return [{
    senderName: senderOf(entry),
    senderId: string(entry.senderId),
    msgtype,
    text,
    media,
    createdAt: natural(entry.createAt) ?? natural(entry.createdAt)
  }]
}

const readEntries = (u: unknown, mentions: Mentions, depth: number): ReadonlyArray<ChatRecordEntry> => {
  const value = unwrapped(u)
  return Array.isArray(value) ? value.flatMap((item) => readEntry(item, mentions, depth)) : none
}

const fromLine = ({ name, words }: SummaryLine): ChatRecordEntry => ({
  senderName: name,
  senderId: undefined,
  msgtype: "",
  text: words,
  media: none,
  createdAt: undefined
})

/** The summary is a sentence, lines, or a string of JSON that holds a list (`"[]"` for none). */
export const readChatRecord = (content: JsonObject, mentions: Mentions, depth = 0): ChatRecord => {
  const list = content.chatRecord ?? content.records ?? content.messages
  const listed = readEntries(list, mentions, depth + 1)
  const isList = Array.isArray(unwrapped(content.summary))
  const told = namesIn(content.summary)
  return {
    title: string(content.title),
    summary: isList ? undefined : string(content.summary),
    entries: listed.length === 0 && isList ? told.map(fromLine) : withNames(listed, told, shown)
  }
}

export const chatRecordText = (self: ChatRecord): string =>
  self.entries.length > 0
    ? self.entries.map((entry) =>
      entry.senderName === undefined ? shown(entry) : `${entry.senderName}: ${shown(entry)}`
    )
      .join("\n")
    : self.summary ?? self.title ?? ""

export const chatRecordMedia = (self: ChatRecord): ReadonlyArray<Media> => self.entries.flatMap(({ media }) => media)

/** A title above what it is the title of, unless that begins with it. */
const under = (title: string | undefined, text: string): string =>
  title === undefined || text.includes(title) ? text : `${title}\n${text}`

const textOf = (kind: Kind | undefined, source: JsonObject, said: string, card: string, record: ChatRecord): string => {
  const markdown = trimmed(source.markdown)
  const plain = [said, wordsOf(source, "text", "content", "message", "caption"), markdown, card]
    .map(trim).filter((text) => text !== "")
  const text = [...new Set(plain)].join("\n")
  if (text !== "") return markdown !== "" || card !== "" ? under(record.title, text) : text
  const heard = wordsOf(source, "recognition", "unknownMsgType")
  if (heard !== "") return heard
  if (record.entries.length > 0 || record.summary !== undefined || kind === "chatRecord") return chatRecordText(record)
  // The title of a file is its name.
  return isMediaKind(kind) ? "" : record.title ?? ""
}

/** What is said by something of this kind. Total: what can't be read is left out. */
export const readBody = (kind: Kind | undefined, item: JsonObject, mentions: Mentions, depth = 0): Body => {
  const source = flattened(item)
  const isRecordToo = depth < deepestRecord
  const pieces = readPieces(source, {})
  const card = cardWords(source)
  const forwarded = isRecordToo
    ? readChatRecord(source, mentions, depth)
    : { title: string(source.title), summary: string(source.summary), entries: none }
  const url = cardUrl(source)
  const own = [
    ...piecesMedia(pieces),
    ...(pieces.length > 0 ? none : mediaIn(kind, source, "file")),
    ...card.media,
    ...chatRecordMedia(forwarded)
  ]
  const media = own.length > 0 ? own : linkedFile(url, forwarded.title)
  const text = textOf(kind, source, sentence(pieces, mentions), card.text, forwarded).trim()
  // What looks like JSON, and says nothing, may be what somebody typed.
  const isTyped = (kind === undefined || kind === "text") && text === "" && media.length === 0 && url === undefined
  const typed = isTyped ? words(item.content) : ""
  return { text: text || trim(typed), media: media.length === 0 ? none : media, title: forwarded.title, url }
}
