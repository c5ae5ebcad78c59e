/**
 * The kinds of messages, one interface each.
 *
 * @since 0.1.0
 */
import type { SessionWebhookUrl } from "../../SessionWebhookUrl.ts"
import type { ChatRecordEntry } from "./ChatRecordEntry.ts"
import type { Media } from "./Media.ts"
import type { Piece } from "./Piece.ts"
import type { Quote } from "./Quote.ts"

/**
 * Somebody who is mentioned.
 *
 * @since 0.1.0
 * @category models
 */
export interface AtUser {
  /** DingTalk's encrypted id. */
  readonly dingTalkId: string | undefined
  /** The user id within the organisation; `undefined` for robots, and for people outside of it. */
  readonly staffId: string | undefined
}

/**
 * On whose behalf a robot is spoken to.
 *
 * @since 0.1.0
 * @category models
 */
export interface HostingContext {
  readonly userId: string | undefined
  readonly nick: string | undefined
}

/**
 * Something that had been said before a delegated message.
 *
 * @since 0.1.0
 * @category models
 */
export interface EarlierMessage {
  readonly senderUserId: string | undefined
  /** In milliseconds since 1970. */
  readonly sentAt: number | undefined
  readonly isRead: boolean
}

/**
 * What all messages have.
 *
 * @since 0.1.0
 * @category models
 */
export interface MessageFields {
  /** The account that received it. */
  readonly accountId: string
  /** DingTalk's `msgId`: the same for each redelivery, and for each robot mentioned in one message. */
  readonly messageId: string
  /** The `cid…` id, case-sensitive; `""` if DingTalk sent none. In a direct chat nothing can be sent to it. */
  readonly conversationId: string
  /** The group's name; `undefined` in direct chats. */
  readonly conversationTitle: string | undefined
  /** Where an answer goes, see `Message.chatIdOf`. Never empty. */
  readonly chatId: string
  readonly chatType: "direct" | "group"
  /** The staff id, or DingTalk's encrypted id of somebody outside the organisation. */
  readonly senderId: string
  /** The user id within the organisation; `undefined` for people outside of it. */
  readonly senderStaffId: string | undefined
  /** DingTalk's encrypted id; `""` if it sent none. */
  readonly senderDingTalkId: string
  /** The nickname, or else `senderId`. */
  readonly senderName: string
  /** The sender's own organisation. */
  readonly senderCorpId: string | undefined
  /** Whether the sender administrates the organisation; true only once the robot is published. */
  readonly isAdmin: boolean
  /** Whether the robot itself said it. */
  readonly isFromSelf: boolean
  /**
   * What was said, trimmed; of a sound, what DingTalk heard; `""` for none. The robot's own mention is not part of it
   * where DingTalk says which mention that is, or where nobody else is mentioned; other people's are.
   */
  readonly text: string
  /** Whether the robot was mentioned in a group; false in direct chats. */
  readonly mentioned: boolean
  /** Who was mentioned, robots included. */
  readonly atUsers: ReadonlyArray<AtUser>
  /** DingTalk's own word for the kind of message; `""` if it sent none. */
  readonly msgtype: string
  /** All that came with the message and can be fetched, or at least named; in order. */
  readonly media: ReadonlyArray<Media>
  /** What the message answers, if anything. */
  readonly quote: Quote | undefined
  /** When it was written, in milliseconds since 1970. */
  readonly createdAt: number | undefined
  /** The robot that it was said to. */
  readonly robotCode: string
  /** Where the robot may answer without a token. A credential: encoding a message reveals it. */
  readonly sessionWebhook: SessionWebhookUrl | undefined
  /** Until when it may, in milliseconds since 1970. */
  readonly sessionWebhookExpiresAt: number | undefined
  /** On whose behalf the robot is spoken to, for delegated messages. */
  readonly hostingContext: HostingContext | undefined
  /** What had been said before, for delegated messages. */
  readonly conversationMsgContext: ReadonlyArray<EarlierMessage>
  /**
   * Which attempt at handling it this is, by an inbox that keeps what is not done: 1 for the first; of a later one, the
   * handler may have begun before. Without such an inbox always 1.
   */
  readonly attempt: number
  /**
   * The payload as it came, with fields unknown to this library. Session webhooks are blacked out of it at any depth,
   * and what is nested more than a hundred deep is cut off.
   */
  readonly raw: { readonly [key: string]: unknown }
}

/**
 * A plain text message.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextMessage extends MessageFields {
  readonly _tag: "Text"
}

/**
 * A picture.
 *
 * @since 0.1.0
 * @category models
 */
export interface PictureMessage extends MessageFields {
  readonly _tag: "Picture"
  /** It is also in `media`, unless DingTalk sent nothing to fetch it by. */
  readonly image: Media
}

/**
 * A voice message.
 *
 * @since 0.1.0
 * @category models
 */
export interface AudioMessage extends MessageFields {
  readonly _tag: "Audio"
  /** It is also in `media`, unless DingTalk sent nothing to fetch it by. */
  readonly audio: Media
  /** What DingTalk's speech recognition heard (Chinese and English), if anything. */
  readonly recognition: string | undefined
}

/**
 * A film.
 *
 * @since 0.1.0
 * @category models
 */
export interface VideoMessage extends MessageFields {
  readonly _tag: "Video"
  /** It is also in `media`, unless DingTalk sent nothing to fetch it by. */
  readonly video: Media
}

/**
 * A file.
 *
 * @since 0.1.0
 * @category models
 */
export interface FileMessage extends MessageFields {
  readonly _tag: "File"
  /** It is also in `media`, unless DingTalk sent neither a name nor anything to fetch it by. */
  readonly file: Media
}

/**
 * Words, pictures, mentions and skills in one message. `text` is what the pieces say together.
 *
 * @since 0.1.0
 * @category models
 */
export interface RichTextMessage extends MessageFields {
  readonly _tag: "RichText"
  /** In the order of writing; none if DingTalk sent a rich text that can't be read. */
  readonly pieces: ReadonlyArray<Piece>
}

/**
 * A card: of a DingTalk document or file, or a robot's. `text` is what it shows.
 *
 * @since 0.1.0
 * @category models
 */
export interface InteractiveCardMessage extends MessageFields {
  readonly _tag: "InteractiveCard"
  readonly title: string | undefined
  /** Where it leads. If that is a file of the drive, the file is in `media`. */
  readonly url: string | undefined
}

/**
 * A shared link to a document.
 *
 * @since 0.1.0
 * @category models
 */
export interface CardMessage extends MessageFields {
  readonly _tag: "Card"
  readonly title: string | undefined
  /** Where it leads. If that is a file of the drive, the file is in `media`. */
  readonly url: string | undefined
}

/**
 * A forwarded robot message with buttons; the buttons are in `raw`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ActionCardMessage extends MessageFields {
  readonly _tag: "ActionCard"
  readonly title: string | undefined
}

/**
 * A forwarded robot message in Markdown.
 *
 * @since 0.1.0
 * @category models
 */
export interface MarkdownMessage extends MessageFields {
  readonly _tag: "Markdown"
  readonly title: string | undefined
}

/**
 * A forwarded piece of a conversation.
 *
 * `text` has a line `name: words` per entry, in which `[图片]`, `[语音]`, `[视频]` and `[文件] name` stand for what is
 * not words, or the summary if there are no entries. `media` has those of all entries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatRecordMessage extends MessageFields {
  readonly _tag: "ChatRecord"
  readonly title: string | undefined
  /** DingTalk's own summary, where it is a text. */
  readonly summary: string | undefined
  /** What was forwarded, in order; none if the record is empty. */
  readonly entries: ReadonlyArray<ChatRecordEntry>
}

/**
 * A message that is hardly more than its quote.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplyMessage extends MessageFields {
  readonly _tag: "Reply"
}

/**
 * A message of a `msgtype` that this library does not know, or that DingTalk itself calls unsupported: then `text` is
 * DingTalk's explanation.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownMessage extends MessageFields {
  readonly _tag: "Unknown"
}

/**
 * A message of any kind, told apart by `_tag`.
 *
 * @since 0.1.0
 * @category models
 */
export type Message =
  | TextMessage
  | PictureMessage
  | AudioMessage
  | VideoMessage
  | FileMessage
  | RichTextMessage
  | InteractiveCardMessage
  | CardMessage
  | ActionCardMessage
  | MarkdownMessage
  | ChatRecordMessage
  | ReplyMessage
  | UnknownMessage

/** A message with its webhook in plain text, for `M` each kind of it. */
type Plain<M> = M extends MessageFields
  ? { readonly [Field in keyof M]: Field extends "sessionWebhook" ? string | undefined : M[Field] }
  : never

/**
 * A message as it is stored: JSON but for what is `undefined`. Its `sessionWebhook` is a credential in plain text.
 *
 * @since 0.1.0
 * @category models
 */
export type Stored = Plain<Message>
