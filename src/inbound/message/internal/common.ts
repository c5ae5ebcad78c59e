import * as Schema from "effect/Schema"
import { SessionWebhookUrl } from "../../../SessionWebhookUrl.ts"
import { Quote } from "../Quote.ts"
import { MaybeMillis, MaybeString } from "./fields.ts"
import { Media } from "./media.ts"
import { Raw } from "./richText.ts"

/** A schema's default message prints the value that it refuses: here that may be a credential. */
const Webhook = Schema.UndefinedOr(SessionWebhookUrl).annotations({
  message: () => ({ message: "expected a webhook URL", override: true })
})

/** The fields of every message. */
export const common = {
  /** The account that received it. */
  accountId: Schema.String,
  /** DingTalk's `msgId`: the same for each redelivery, and for each robot mentioned in one message. */
  messageId: Schema.String,
  /** The `cid…` id, case-sensitive; `""` if DingTalk sent none. In a direct chat nothing can be sent to it. */
  conversationId: Schema.String,
  /** The group's name; `undefined` in direct chats. */
  conversationTitle: MaybeString,
  /** Where an answer goes, see `Message.chatIdOf`. Never empty. */
  chatId: Schema.String,
  chatType: Schema.Literal("direct", "group"),
  /** The staff id, or DingTalk's encrypted id of somebody outside the organisation. */
  senderId: Schema.String,
  /** The user id within the organisation; `undefined` for people outside of it. */
  senderStaffId: MaybeString,
  /** DingTalk's encrypted id; `""` if it sent none. */
  senderDingTalkId: Schema.String,
  /** The nickname, or else `senderId`. */
  senderName: Schema.String,
  /** The sender's own organisation. */
  senderCorpId: MaybeString,
  /** Whether the sender administrates the organisation; true only once the robot is published. */
  isAdmin: Schema.Boolean,
  /** Whether the robot itself said it. */
  isFromSelf: Schema.Boolean,
  /** What was said, trimmed, without the robot's own mention; of audio, what DingTalk heard; `""` for none. */
  text: Schema.String,
  /** Whether the robot was mentioned in a group; false in direct chats. */
  mentioned: Schema.Boolean,
  /** Who was mentioned, robots included. */
  atUsers: Schema.Array(Schema.Struct({ dingTalkId: MaybeString, staffId: MaybeString })),
  /** DingTalk's own word for the kind of message; `""` if it sent none. */
  msgtype: Schema.String,
  /** All media of the message, in order. */
  media: Schema.Array(Media),
  /** What the message answers, if anything. */
  quote: Schema.UndefinedOr(Quote),
  /** When it was written, in milliseconds since 1970. */
  createdAt: MaybeMillis,
  /** The robot that it was said to. */
  robotCode: Schema.String,
  /** Where the robot may answer without a token. A credential: encoding a message reveals it. */
  sessionWebhook: Webhook,
  /** Until when it may, in milliseconds since 1970. */
  sessionWebhookExpiresAt: MaybeMillis,
  /** On whose behalf the robot is spoken to, for delegated messages. */
  hostingContext: Schema.UndefinedOr(Schema.Struct({ userId: MaybeString, nick: MaybeString })),
  /** What had been said before, for delegated messages; `sentAt` in milliseconds since 1970. */
  conversationMsgContext: Schema.Array(
    Schema.Struct({ senderUserId: MaybeString, sentAt: MaybeMillis, isRead: Schema.Boolean })
  ),
  /** The payload as it came, with fields unknown to this library, and with `sessionWebhook` blacked out. */
  raw: Raw
}
