/** The schema of messages; that it describes the interfaces, the compiler proves. */
import * as Schema from "effect/Schema"
import { SessionWebhookUrl } from "../../../SessionWebhookUrl.ts"
import { ChatRecordEntry } from "../ChatRecordEntry.ts"
import { Media } from "../Media.ts"
import type { Message, Stored } from "../MessageKinds.ts"
import { Piece } from "../Piece.ts"
import { Quote } from "../Quote.ts"
import { MaybeMillis, MaybeString, Raw } from "./fields.ts"

/** A schema's default message prints the value that it refuses: here that may be a credential. */
const Webhook = Schema.UndefinedOr(SessionWebhookUrl).annotations({
  message: () => ({ message: "expected a webhook URL", override: true })
})

const common = {
  accountId: Schema.String,
  messageId: Schema.String,
  conversationId: Schema.String,
  conversationTitle: MaybeString,
  chatId: Schema.String,
  chatType: Schema.Literal("direct", "group"),
  senderId: Schema.String,
  senderStaffId: MaybeString,
  senderDingTalkId: Schema.String,
  senderName: Schema.String,
  senderCorpId: MaybeString,
  isAdmin: Schema.Boolean,
  isFromSelf: Schema.Boolean,
  text: Schema.String,
  mentioned: Schema.Boolean,
  atUsers: Schema.Array(Schema.Struct({ dingTalkId: MaybeString, staffId: MaybeString })),
  msgtype: Schema.String,
  media: Schema.Array(Media),
  quote: Schema.UndefinedOr(Quote),
  createdAt: MaybeMillis,
  robotCode: Schema.String,
  sessionWebhook: Webhook,
  sessionWebhookExpiresAt: MaybeMillis,
  hostingContext: Schema.UndefinedOr(Schema.Struct({ userId: MaybeString, nick: MaybeString })),
  conversationMsgContext: Schema.Array(
    Schema.Struct({ senderUserId: MaybeString, sentAt: MaybeMillis, isRead: Schema.Boolean })
  ),
  attempt: Schema.Number,
  raw: Raw
}

export const AnyMessage: Schema.Schema<Message, Stored> = Schema.Union(
  Schema.TaggedStruct("Text", common).annotations({ identifier: "TextMessage" }),
  Schema.TaggedStruct("Picture", { ...common, image: Media }).annotations({ identifier: "PictureMessage" }),
  Schema.TaggedStruct("Audio", { ...common, audio: Media, recognition: MaybeString })
    .annotations({ identifier: "AudioMessage" }),
  Schema.TaggedStruct("Video", { ...common, video: Media }).annotations({ identifier: "VideoMessage" }),
  Schema.TaggedStruct("File", { ...common, file: Media }).annotations({ identifier: "FileMessage" }),
  Schema.TaggedStruct("RichText", { ...common, pieces: Schema.Array(Piece) })
    .annotations({ identifier: "RichTextMessage" }),
  Schema.TaggedStruct("InteractiveCard", { ...common, title: MaybeString, url: MaybeString })
    .annotations({ identifier: "InteractiveCardMessage" }),
  Schema.TaggedStruct("Card", { ...common, title: MaybeString, url: MaybeString })
    .annotations({ identifier: "CardMessage" }),
  Schema.TaggedStruct("ActionCard", { ...common, title: MaybeString }).annotations({ identifier: "ActionCardMessage" }),
  Schema.TaggedStruct("Markdown", { ...common, title: MaybeString }).annotations({ identifier: "MarkdownMessage" }),
  Schema.TaggedStruct("ChatRecord", {
    ...common,
    title: MaybeString,
    summary: MaybeString,
    entries: Schema.Array(ChatRecordEntry)
  }).annotations({ identifier: "ChatRecordMessage" }),
  Schema.TaggedStruct("Reply", common).annotations({ identifier: "ReplyMessage" }),
  Schema.TaggedStruct("Unknown", common).annotations({ identifier: "UnknownMessage" })
).annotations({ identifier: "Message" })
