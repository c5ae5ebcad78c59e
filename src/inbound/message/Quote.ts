/**
 * The message that a message answers ("quotes").
 *
 * DingTalk describes it in full, or only names it: robots' own cards are quoted by id alone, so whoever wants to know
 * what was quoted has to remember what was sent.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { flag, isRecord, type Json, natural, record, string } from "../../internal/wire.ts"
import { chatRecordText, readChatRecord } from "./internal/chatRecord.ts"
import { MaybeMillis, MaybeString } from "./internal/fields.ts"
import { cardUrl, kindOf, linkedFile, Media, readMedia, referenced } from "./internal/media.ts"
import { piecesMedia, piecesText, readPieces } from "./internal/richText.ts"

const identity = {
  /** The quoted message's `msgId`. */
  messageId: MaybeString,
  /** What sending it had returned, if the robot itself had sent it. */
  processQueryKey: MaybeString,
  /** The quoted message's `msgtype`. */
  msgtype: MaybeString,
  /** Who had written it: DingTalk's encrypted id, never a staff id. */
  senderId: MaybeString,
  senderName: MaybeString,
  /** When it was written, in milliseconds since 1970. */
  createdAt: MaybeMillis
}

/**
 * A quote that says what was quoted.
 *
 * `text` is `""` where there is none. `media` may lack a `downloadCode`: DingTalk sends none for files quoted in groups.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Content = Schema.TaggedStruct("Content", {
  ...identity,
  text: Schema.String,
  media: Schema.Array(Media),
  /** The title of a quoted card or chat record. */
  title: MaybeString,
  /** The link of a quoted document card. */
  url: MaybeString
})

/**
 * The type of the schema {@link Content}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content extends Schema.Schema.Type<typeof Content> {}

/**
 * A quote that only names what was quoted, and sometimes not even that: then all its fields are `undefined`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Reference = Schema.TaggedStruct("Reference", identity)

/**
 * The type of the schema {@link Reference}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reference extends Schema.Schema.Type<typeof Reference> {}

/**
 * A quote in either form.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Quote = Schema.Union(Content, Reference).annotations({ identifier: "Quote" })

/**
 * The type of the schema {@link Quote}.
 *
 * @since 0.1.0
 * @category models
 */
export type Quote = Content | Reference

const nothing: Json = {}

/** `quoted` is a `repliedMsg`, a `quoteMessage`, or empty when there are only ids. */
const describe = (payload: Json, quoted: Json): Quote => {
  const msgtype = string(quoted.msgType) ?? string(quoted.msgtype)
  const identity = {
    messageId: string(quoted.msgId) ?? string(payload.originalMsgId),
    processQueryKey: string(quoted.processQueryKey) ?? string(payload.originalProcessQueryKey),
    msgtype,
    senderId: string(quoted.senderId),
    senderName: string(quoted.senderNick),
    createdAt: natural(quoted.createdAt) ?? natural(quoted.createAt)
  }
  const wording = string(quoted.content) ?? string(quoted.text)
  const content = record(quoted.content) ?? record(quoted.text) ?? (wording === undefined ? nothing : { text: wording })
  const pieces = readPieces(content, nothing)
  const chatRecord = readChatRecord(content)
  const url = cardUrl(content)
  const text = (piecesText(pieces, string(payload.chatbotUserId)) || string(content.text) || string(content.content) ||
    string(content.recognition) || chatRecordText(chatRecord)).trim()
  const own = pieces.length > 0 ? piecesMedia(pieces) : referenced(readMedia(kindOf(msgtype ?? ""), content))
  const media = own.length > 0 ? own : linkedFile(url, chatRecord.title)
  return text === "" && media.length === 0 && url === undefined
    ? { _tag: "Reference", ...identity }
    : { _tag: "Content", ...identity, text, media, title: chatRecord.title, url }
}

/**
 * The quote of a robot message's payload; `undefined` when it quotes nothing. Total: a quote that can't be read is a
 * {@link Reference}.
 *
 * Reads `repliedMsg` beside the text and inside `content`, the older `quoteMessage` and `content.quoteContent`, and
 * `originalMsgId` / `originalProcessQueryKey`.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (payload: { readonly [key: string]: unknown }): Quote | undefined => {
  const text = isRecord(payload.text) ? payload.text : nothing
  const content = payload.content === undefined ? nothing : record(payload.content) ?? nothing
  const quoted = record(text.repliedMsg) ?? record(content.repliedMsg) ?? record(payload.repliedMsg) ??
    record(payload.quoteMessage) ?? record(content.quoteContent)
  if (quoted !== undefined) return describe(payload, quoted)
  const wording = string(content.quoteContent)
  if (wording !== undefined) return describe(payload, { content: wording })
  const isNamed = string(payload.originalMsgId) !== undefined || string(payload.originalProcessQueryKey) !== undefined
  return isNamed || flag(text.isReplyMsg) || flag(content.isReplyMsg) ? describe(payload, nothing) : undefined
}
