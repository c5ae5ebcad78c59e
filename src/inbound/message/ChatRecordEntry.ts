/**
 * The entries of a forwarded piece of a conversation.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { MaybeMillis, MaybeString } from "./internal/fields.ts"
import { Media } from "./Media.ts"

/**
 * One message of a forwarded chat record, of whatever kind: there is an entry for each, also for what can't be shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatRecordEntry {
  /** Who said it. Where the entry does not say, the record's summary may; else `undefined`. */
  readonly senderName: string | undefined
  /** DingTalk's encrypted id of whoever said it. */
  readonly senderId: string | undefined
  /** DingTalk's own word for the kind of message; `""` if it sent none. */
  readonly msgtype: string
  /** What was said; `""` for none, as of a picture. */
  readonly text: string
  /** What came with it; all of it is in the message's `media` too. */
  readonly media: ReadonlyArray<Media>
  /** When it was said, in milliseconds since 1970. */
  readonly createdAt: number | undefined
}

/**
 * The schema of {@link ChatRecordEntry}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ChatRecordEntry: Schema.Schema<ChatRecordEntry> = Schema.Struct({
  senderName: MaybeString,
  senderId: MaybeString,
  msgtype: Schema.String,
  text: Schema.String,
  media: Schema.Array(Media),
  createdAt: MaybeMillis
}).annotations({ identifier: "ChatRecordEntry" })
