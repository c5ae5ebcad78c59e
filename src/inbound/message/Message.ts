/**
 * What somebody said to the robot: one interface per `msgtype` of DingTalk, and `UnknownMessage` for those to come.
 *
 * Messages that arrive go through {@link decode}, which is written by hand because it runs once per message: it believes
 * nothing, loses a field where that field is broken and never the message. The schema describes what comes of it: to
 * store a message and read it back, to generate some.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { type Decoded, decoded, undecodable } from "../../internal/decoded.ts"
import { isRecord, string } from "../../internal/json.ts"
import { type Account, chatIdOf as routeOf, readBase } from "./internal/base.ts"
import * as Mentions from "./internal/mentions.ts"
import { withoutSecrets } from "./internal/raw.ts"
import { readVariant } from "./internal/readers/variants.ts"
import { AnyMessage } from "./internal/schema.ts"
import type * as Kinds from "./MessageKinds.ts"
import * as Quote from "./Quote.ts"

export type { Decoded, Undecodable, UndecodableReason } from "../../internal/decoded.ts"
export { ChatRecordEntry } from "./ChatRecordEntry.ts"
export { Media } from "./Media.ts"
export type {
  ActionCardMessage,
  AtUser,
  AudioMessage,
  CardMessage,
  ChatRecordMessage,
  EarlierMessage,
  FileMessage,
  HostingContext,
  InteractiveCardMessage,
  MarkdownMessage,
  MessageFields,
  PictureMessage,
  ReplyMessage,
  RichTextMessage,
  TextMessage,
  UnknownMessage,
  VideoMessage
} from "./MessageKinds.ts"
export { type AtPiece, type MediaPiece, Piece, type SkillPiece, type TextPiece, type UnknownPiece } from "./Piece.ts"

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
 * @category models
 */
export type Message = Kinds.Message

/**
 * A message as it is stored: JSON but for what is `undefined`. Its `sessionWebhook` is a credential in plain text.
 *
 * @since 0.1.0
 * @category models
 */
export type Stored = Kinds.Stored

/**
 * The schema of {@link Message}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Message: Schema.Schema<Message, Stored> = AnyMessage

/**
 * A text without a word and without a quote (behaviour case F08), such as a bare mention.
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
  const payload = withoutSecrets(data)
  const msgtype = string(payload.msgtype) ?? (isRecord(payload.text) ? "text" : "")
  const webhook = string(data.sessionWebhook)
  const base = readBase(account, payload, webhook, fallbackMessageId, msgtype, Quote.decode(payload))
  if (base.chatId === "") return undecodable("noConversation")
  const message = readVariant(base, payload, () => Mentions.read(payload))
  return message === undefined ? nothing : decoded(message)
}
