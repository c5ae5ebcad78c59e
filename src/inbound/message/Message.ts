/**
 * What somebody said to the robot: one typed variant per `msgtype` of DingTalk, and `Unknown` for those to come.
 *
 * The schemas describe decoded messages: to store one and read it back, to generate some, to document them. Messages
 * that arrive go through {@link decode}, which is written by hand because it runs once per message: it believes nothing,
 * loses a field where that field is broken and never the message, and what it returns satisfies {@link Message}.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import { isRecord, string } from "../../internal/wire.ts"
import { type Account, chatIdOf as routeOf, readBase, textOf } from "./internal/base.ts"
import { ChatRecordEntry } from "./internal/chatRecord.ts"
import { common } from "./internal/common.ts"
import { MaybeString } from "./internal/fields.ts"
import { Media } from "./internal/media.ts"
import { Piece } from "./internal/richText.ts"
import { readVariant } from "./internal/variants.ts"
import * as Quote from "./Quote.ts"

export { ChatRecordEntry, Media, Piece }
export type { Decoded, Undecodable, UndecodableReason } from "../../internal/decoded.ts"

/**
 * A plain text message.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Text = Schema.TaggedStruct("Text", common).annotations({ identifier: "TextMessage" })

/**
 * The type of the schema {@link Text}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Text extends Schema.Schema.Type<typeof Text> {}

/**
 * A picture. `image` is also in `media`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Picture = Schema.TaggedStruct("Picture", { ...common, image: Media }).annotations({
  identifier: "PictureMessage"
})

/**
 * The type of the schema {@link Picture}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Picture extends Schema.Schema.Type<typeof Picture> {}

/**
 * A voice message. `recognition` is what DingTalk's speech recognition heard (Chinese and English), if anything.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Audio = Schema.TaggedStruct("Audio", { ...common, audio: Media, recognition: MaybeString }).annotations({
  identifier: "AudioMessage"
})

/**
 * The type of the schema {@link Audio}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Audio extends Schema.Schema.Type<typeof Audio> {}

/**
 * A film. `video` is also in `media`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Video = Schema.TaggedStruct("Video", { ...common, video: Media }).annotations({
  identifier: "VideoMessage"
})

/**
 * The type of the schema {@link Video}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Video extends Schema.Schema.Type<typeof Video> {}

/**
 * A file. `file` is also in `media`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const File = Schema.TaggedStruct("File", { ...common, file: Media }).annotations({ identifier: "FileMessage" })

/**
 * The type of the schema {@link File}.
 *
 * @since 0.1.0
 * @category models
 */
export interface File extends Schema.Schema.Type<typeof File> {}

/**
 * Texts, pictures, mentions and skills in one message. `text` is what the pieces say together.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RichText = Schema.TaggedStruct("RichText", { ...common, pieces: Schema.Array(Piece) }).annotations({
  identifier: "RichTextMessage"
})

/**
 * The type of the schema {@link RichText}.
 *
 * @since 0.1.0
 * @category models
 */
export interface RichText extends Schema.Schema.Type<typeof RichText> {}

/**
 * A card of a DingTalk document or file. If `url` leads to a file of the drive, that file is in `media`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const InteractiveCard = Schema.TaggedStruct("InteractiveCard", {
  ...common,
  title: MaybeString,
  url: MaybeString
}).annotations({ identifier: "InteractiveCardMessage" })

/**
 * The type of the schema {@link InteractiveCard}.
 *
 * @since 0.1.0
 * @category models
 */
export interface InteractiveCard extends Schema.Schema.Type<typeof InteractiveCard> {}

/**
 * A shared link to a document.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Card = Schema.TaggedStruct("Card", { ...common, title: MaybeString, url: MaybeString }).annotations({
  identifier: "CardMessage"
})

/**
 * The type of the schema {@link Card}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Card extends Schema.Schema.Type<typeof Card> {}

/**
 * A forwarded robot message with buttons; the buttons are in `raw`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ActionCard = Schema.TaggedStruct("ActionCard", { ...common, title: MaybeString }).annotations({
  identifier: "ActionCardMessage"
})

/**
 * The type of the schema {@link ActionCard}.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActionCard extends Schema.Schema.Type<typeof ActionCard> {}

/**
 * A forwarded robot message in markdown.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Markdown = Schema.TaggedStruct("Markdown", { ...common, title: MaybeString }).annotations({
  identifier: "MarkdownMessage"
})

/**
 * The type of the schema {@link Markdown}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Markdown extends Schema.Schema.Type<typeof Markdown> {}

/**
 * A forwarded piece of a conversation. `text` has a line `name: words` per entry, or the summary if there is none.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ChatRecord = Schema.TaggedStruct("ChatRecord", {
  ...common,
  title: MaybeString,
  summary: MaybeString,
  entries: Schema.Array(ChatRecordEntry)
}).annotations({ identifier: "ChatRecordMessage" })

/**
 * The type of the schema {@link ChatRecord}.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatRecord extends Schema.Schema.Type<typeof ChatRecord> {}

/**
 * A message that is hardly more than its quote.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Reply = Schema.TaggedStruct("Reply", common).annotations({ identifier: "ReplyMessage" })

/**
 * The type of the schema {@link Reply}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reply extends Schema.Schema.Type<typeof Reply> {}

/**
 * A message of a `msgtype` that this library does not know, or that DingTalk itself calls unsupported: then `text` is
 * DingTalk's explanation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Unknown = Schema.TaggedStruct("Unknown", common).annotations({ identifier: "UnknownMessage" })

/**
 * The type of the schema {@link Unknown}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unknown extends Schema.Schema.Type<typeof Unknown> {}

/**
 * A message of any kind, told apart by `_tag`.
 *
 * @example
 * import type { Message } from "effect-dingtalk"
 *
 * const describe = (message: Message.Message): string => {
 *   switch (message._tag) {
 *     case "File":
 *       return `${message.senderName} sent ${message.file.fileName ?? "a file"}`
 *     case "Unknown":
 *       return `${message.senderName} sent a ${message.msgtype}`
 *     default:
 *       return `${message.senderName}: ${message.text}`
 *   }
 * }
 *
 * @since 0.1.0
 * @category schemas
 */
export const Message = Schema.Union(
  Text,
  Picture,
  Audio,
  Video,
  File,
  RichText,
  InteractiveCard,
  Card,
  ActionCard,
  Markdown,
  ChatRecord,
  Reply,
  Unknown
).annotations({ identifier: "Message" })

/**
 * The type of the schema {@link Message}.
 *
 * @since 0.1.0
 * @category models
 */
export type Message = typeof Message.Type

/**
 * A message without a word, without media and without a quote (behaviour case F08), such as a bare mention.
 *
 * @since 0.1.0
 * @category models
 */
export interface Nothing {
  readonly _tag: "Nothing"
}

const nothing: Nothing = { _tag: "Nothing" }

/**
 * Where an answer to a message goes (behaviour cases F01, F02, F05, F06): in a group its conversation; in a direct chat
 * the sender's staff id, or else the encrypted id, or else the conversation.
 *
 * @since 0.1.0
 * @category routing
 */
export const chatIdOf = (
  self: Pick<Message, "chatType" | "conversationId" | "senderStaffId" | "senderDingTalkId">
): string => routeOf(self.chatType, self.conversationId, self.senderStaffId, self.senderDingTalkId)

/**
 * Decodes the payload (`data`, already parsed) of a robot message that came to `account`. Total and pure.
 *
 * `fallbackMessageId`, the frame's id, stands in for a missing `msgId`. The payload is kept by reference in `raw`, unless
 * a session webhook has to be blacked out of it.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (account: Account, data: unknown, fallbackMessageId: string): Decoded<Message> | Nothing => {
  if (!isRecord(data)) return undecodable("notAnObject")
  const msgtype = string(data.msgtype) ?? (isRecord(data.text) ? "text" : "")
  const base = readBase(account, data, fallbackMessageId, msgtype, textOf(data), Quote.decode(data))
  if (base.chatId === "") return undecodable("noConversation")
  const message = readVariant(base, data)
  return message === undefined ? nothing : decoded(message)
}
