import { type Json, record, string } from "../../../internal/wire.ts"
import type * as Message from "../Message.ts"
import { chatRecordText, readChatRecord } from "./chatRecord.ts"
import { cardUrl, kindOf, linkedFile, readMedia, referenced } from "./media.ts"
import { piecesMedia, piecesText, readPieces } from "./richText.ts"

/** `base` carries the text that stands beside `content`, as in a plain text message, and no media. */
type Read = (base: Message.Text, content: Json, payload: Json) => Message.Message | undefined

/** A message without a word, without media and without a quote is none (behaviour case F08). */
const unlessEmpty = <M extends Message.Message>(message: M, isSaying = false): M | undefined =>
  isSaying || message.text !== "" || message.media.length > 0 || message.quote !== undefined ? message : undefined

const trimmed = (u: unknown): string => string(u)?.trim() ?? ""

const picture: Read = (base, content) => {
  const image = readMedia("image", content)
  return unlessEmpty({ ...base, _tag: "Picture", media: referenced(image), image })
}

const audio: Read = (base, content) => {
  const audio = readMedia("audio", content)
  const recognition = string(content.recognition)
  return unlessEmpty({
    ...base,
    _tag: "Audio",
    text: trimmed(recognition),
    media: referenced(audio),
    audio,
    recognition
  })
}

const video: Read = (base, content) => {
  const video = readMedia("video", content)
  return unlessEmpty({ ...base, _tag: "Video", media: referenced(video), video })
}

const file: Read = (base, content) => {
  const file = readMedia("file", content)
  return unlessEmpty({ ...base, _tag: "File", media: referenced(file), file })
}

const richText: Read = (base, content, payload) => {
  const pieces = readPieces(content, payload)
  return unlessEmpty(
    {
      ...base,
      _tag: "RichText",
      text: piecesText(pieces, string(payload.chatbotUserId)),
      media: piecesMedia(pieces),
      pieces
    },
    pieces.some((piece) => piece._tag === "Skill" || piece._tag === "Unknown")
  )
}

const document = (content: Json) => {
  const title = string(content.title)
  const url = cardUrl(content)
  return { text: trimmed(title), media: linkedFile(url, title), title, url }
}

const interactiveCard: Read = (base, content) => {
  const message = { ...base, _tag: "InteractiveCard", ...document(content) } as const
  return unlessEmpty(message, message.url !== undefined)
}

const card: Read = (base, content) => {
  const message = { ...base, _tag: "Card", ...document(content) } as const
  return unlessEmpty(message, message.url !== undefined)
}

const titled = (content: Json) => ({
  text: trimmed(content.text) || trimmed(content.title),
  title: string(content.title)
})

const actionCard: Read = (base, content) => unlessEmpty({ ...base, _tag: "ActionCard", ...titled(content) })

const markdown: Read = (base, content) => unlessEmpty({ ...base, _tag: "Markdown", ...titled(content) })

const chatRecord: Read = (base, content) => {
  const told = readChatRecord(content)
  return unlessEmpty({ ...base, _tag: "ChatRecord", text: chatRecordText(told).trim(), ...told })
}

const wordingOf = (base: Message.Text, content: Json): string =>
  base.text || trimmed(content.text) || trimmed(content.content)

const reply: Read = (base, content) => unlessEmpty({ ...base, _tag: "Reply", text: wordingOf(base, content) })

/** What is new is handed on with whatever can be understood of it, and never taken for empty. */
const unknown = (base: Message.Text, content: Json): Message.Unknown => ({
  ...base,
  _tag: "Unknown",
  text: wordingOf(base, content) || trimmed(content.unknownMsgType),
  media: referenced(readMedia(kindOf(base.msgtype), content))
})

const reads: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["text", (base) => unlessEmpty(base)],
  ["picture", picture],
  ["image", picture],
  ["audio", audio],
  ["video", video],
  ["file", file],
  ["richText", richText],
  ["interactiveCard", interactiveCard],
  ["card", card],
  ["actionCard", actionCard],
  ["markdown", markdown],
  ["chatRecord", chatRecord],
  ["reply", reply]
])

const nothing: Json = {}

/** `undefined`: there is nothing to say. */
export const readVariant = (base: Message.Text, payload: Json): Message.Message | undefined => {
  if (base.msgtype === "text") return unlessEmpty(base)
  const own = Object.hasOwn(payload, base.msgtype) ? record(payload[base.msgtype]) : undefined
  const content = record(payload.content) ?? own ?? nothing
  return (reads.get(base.msgtype) ?? unknown)(base, content, payload)
}
