import type { LazyArg } from "effect/Function"
import { firstString, type JsonObject, record, string } from "../../../../internal/json.ts"
import type { Media } from "../../Media.ts"
import type { Message, TextMessage, UnknownMessage } from "../../MessageKinds.ts"
import type { Piece } from "../../Piece.ts"
import { trim, trimmed } from "../blanks.ts"
import { type Kind, kindOf, namesOf } from "../kinds.ts"
import { beginsWithMention, type Mentions, sentence, withoutOwn } from "../mentions.ts"
import { chatRecordMedia, chatRecordText, readBody, readChatRecord } from "./body.ts"
import { cardWords } from "./cardWords.ts"
import { cardUrl, linkedFile, mediaKind, readMedia, referenced } from "./media.ts"
import { inside, named, piecesMedia, readPieces, wordsOf } from "./pieces.ts"

interface Source {
  readonly content: JsonObject
  readonly payload: JsonObject
  /** Most messages have none, so they are read where they matter. */
  readonly mentions: LazyArg<Mentions>
}

/** `base` has no words and no media yet. */
type Read = (base: TextMessage, source: Source) => Message | undefined

/**
 * A text without a word is no message, unless it quotes something (behaviour case F08). Everything else is one, and be
 * it that somebody sent a thing that can't be read.
 */
const unlessEmpty = <M extends Message>(message: M): M | undefined =>
  message.text !== "" || message.quote !== undefined ? message : undefined

const contentWords = (content: JsonObject): string => trim(wordsOf(content, "text", "content"))

const text: Read = (base, { content, mentions, payload }) => {
  const own = record(payload.text)
  const said = own === undefined ? string(payload.text) : string(own.content) ?? string(own.text)
  const words = said !== undefined && beginsWithMention(said) ? withoutOwn(said, mentions()) : said
  return unlessEmpty({ ...base, text: words === undefined ? contentWords(content) : trim(words) })
}

const picture: Read = (base, { content }) => {
  const image = readMedia("image", content, true)
  return { ...base, _tag: "Picture", text: contentWords(content), media: referenced(image), image }
}

const audio: Read = (base, { content }) => {
  const audio = readMedia("audio", content, true)
  const { recognition } = audio
  return { ...base, _tag: "Audio", text: trimmed(recognition), media: referenced(audio), audio, recognition }
}

const video: Read = (base, { content }) => {
  const video = readMedia("video", content, true)
  return { ...base, _tag: "Video", text: contentWords(content), media: referenced(video), video }
}

const file: Read = (base, { content }) => {
  const file = readMedia("file", content, true)
  return { ...base, _tag: "File", text: contentWords(content), media: referenced(file), file }
}

const isWritten = (piece: Piece): boolean => piece._tag === "At" || piece._tag === "Text"

const richText: Read = (base, { content, mentions, payload }) => {
  const pieces = readPieces(content, payload)
  const text = trim(sentence(pieces, mentions()))
  const message = { ...base, _tag: "RichText", text, media: piecesMedia(pieces), pieces } as const
  return pieces.length > 0 && pieces.every(isWritten) ? unlessEmpty(message) : message
}

const document = (content: JsonObject) => {
  const title = string(content.title)
  const url = cardUrl(content)
  const card = cardWords(content)
  const words = [title, card.text, string(content.text), string(content.markdown), plainly(content.content)]
  const media = linkedFile(url, title)
  return {
    text: [...new Set(words.map(trimmed))].filter((text) => text !== "").join("\n"),
    media: card.media.length === 0 ? media : [...media, ...card.media],
    title,
    url
  }
}

/** Words that are not JSON. */
const plainly = (u: unknown): string | undefined => record(u) === undefined ? string(u) : undefined

const interactiveCard: Read = (base, { content }) => ({ ...base, _tag: "InteractiveCard", ...document(content) })

const card: Read = (base, { content }) => ({ ...base, _tag: "Card", ...document(content) })

const titled = (content: JsonObject) => {
  const title = string(content.title)
  return { text: contentWords(content) || trimmed(content.markdown) || trimmed(title), title }
}

const actionCard: Read = (base, { content }) => ({ ...base, _tag: "ActionCard", ...titled(content) })

const markdown: Read = (base, { content }) => ({ ...base, _tag: "Markdown", ...titled(content) })

const chatRecord: Read = (base, { content, mentions }) => {
  const told = readChatRecord(content, mentions())
  return { ...base, _tag: "ChatRecord", text: trim(chatRecordText(told)), media: chatRecordMedia(told), ...told }
}

/** The text beside `content`, as in a plain text message. */
const beside = (payload: JsonObject): string => {
  const own = record(payload.text)
  return trimmed(own === undefined ? payload.text : own.content)
}

const reply: Read = (base, { content, payload }) => ({
  ...base,
  _tag: "Reply",
  text: beside(payload) || contentWords(content)
})

/** What is new is handed on with whatever can be understood of it. */
const unknown = (base: TextMessage, { content, mentions, payload }: Source): UnknownMessage => {
  const body = readBody(undefined, content, mentions())
  const own = readMedia(mediaKind(undefined), content)
  const media: ReadonlyArray<Media> = body.media.length > 0 ? body.media : referenced(own)
  return { ...base, _tag: "Unknown", text: beside(payload) || body.text, media }
}

const reads: ReadonlyMap<Kind | undefined, Read> = new Map<Kind, Read>([
  ["text", text],
  ["picture", picture],
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

const nothing: JsonObject = {}

/** The body of a message: `content`, or in older forms what stands under the name of its kind. */
const contentOf = (msgtype: string, kind: Kind | undefined, payload: JsonObject): JsonObject => {
  const content = inside(payload.content)
  if (content !== undefined) return content
  for (const name of [msgtype, ...namesOf(kind)]) {
    const own = Object.hasOwn(payload, name) ? record(payload[name]) : undefined
    if (own !== undefined) return named(own)
  }
  const words = firstString(payload, "content")
  return words === undefined ? nothing : { text: words }
}

/** `undefined`: there is nothing to say. */
export const readVariant = (
  base: TextMessage,
  payload: JsonObject,
  mentions: LazyArg<Mentions>
): Message | undefined => {
  const kind = kindOf(base.msgtype)
  const content = kind === "text" && payload.content === undefined ? nothing : contentOf(base.msgtype, kind, payload)
  return (reads.get(kind) ?? unknown)(base, { content, payload, mentions })
}
