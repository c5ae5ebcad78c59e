/**
 * The message that a message answers ("quotes").
 *
 * DingTalk describes it in full, or only names it: robots' own cards are quoted by id alone, so whoever wants to know
 * what was quoted has to remember what was sent.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { firstString, flag, isRecord, type JsonObject, natural, record, string } from "../../internal/json.ts"
import { MaybeMillis, MaybeString } from "./internal/fields.ts"
import { kindOf } from "./internal/kinds.ts"
import { unsaid } from "./internal/mentions.ts"
import { readBody } from "./internal/readers/body.ts"
import { Media } from "./Media.ts"

/**
 * What names the quoted message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Identity {
  /** The quoted message's `msgId`. */
  readonly messageId: string | undefined
  /** What sending it had returned, if the robot itself had sent it. */
  readonly processQueryKey: string | undefined
  /** The id that the card was created with, where a card is quoted and DingTalk says so. */
  readonly outTrackId: string | undefined
  /** The quoted message's `msgtype`. */
  readonly msgtype: string | undefined
  /** Who had written it: DingTalk's encrypted id, never a staff id. */
  readonly senderId: string | undefined
  readonly senderName: string | undefined
  /** When it was written, in milliseconds since 1970. */
  readonly createdAt: number | undefined
}

/**
 * A quote that says what was quoted.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content extends Identity {
  readonly _tag: "Content"
  /** All that a person saw of it, a card's words included; `""` where there are no words. */
  readonly text: string
  /** Its media. They may lack a `downloadCode`: DingTalk sends none for files that are quoted in groups. */
  readonly media: ReadonlyArray<Media>
  /** The title of a quoted card or chat record. */
  readonly title: string | undefined
  /** The link of a quoted document card. */
  readonly url: string | undefined
}

/**
 * A quote that only names what was quoted, and sometimes not even that: then all its fields are `undefined`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reference extends Identity {
  readonly _tag: "Reference"
}

/**
 * A quote in either form.
 *
 * @since 0.1.0
 * @category models
 */
export type Quote = Content | Reference

const identity = {
  messageId: MaybeString,
  processQueryKey: MaybeString,
  outTrackId: MaybeString,
  msgtype: MaybeString,
  senderId: MaybeString,
  senderName: MaybeString,
  createdAt: MaybeMillis
}

/**
 * The schema of {@link Quote}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Quote: Schema.Schema<Quote> = Schema.Union(
  Schema.TaggedStruct("Content", {
    ...identity,
    text: Schema.String,
    media: Schema.Array(Media),
    title: MaybeString,
    url: MaybeString
  }),
  Schema.TaggedStruct("Reference", identity)
).annotations({ identifier: "Quote" })

const nothing: JsonObject = {}

/** `quoted` is a `repliedMsg`, a `quoteMessage`, or empty when there are only ids. */
const describe = (payload: JsonObject, quoted: JsonObject): Quote => {
  const msgtype = string(quoted.msgType) ?? string(quoted.msgtype)
  const content = record(quoted.content) ?? nothing
  const trackId = (source: JsonObject) => firstString(source, "outTrackId", "originalOutTrackId", "cardInstanceId")
  const identity = {
    messageId: string(quoted.msgId) ?? string(payload.originalMsgId),
    processQueryKey: string(quoted.processQueryKey) ?? string(content.processQueryKey) ??
      string(payload.originalProcessQueryKey),
    outTrackId: trackId(quoted) ?? trackId(content) ?? trackId(payload),
    msgtype,
    senderId: string(quoted.senderId),
    senderName: string(quoted.senderNick) ?? string(quoted.senderName),
    createdAt: natural(quoted.createdAt) ?? natural(quoted.createAt)
  }
  const { media, text, title, url } = readBody(kindOf(msgtype), quoted, unsaid(payload))
  return text === "" && media.length === 0 && url === undefined
    ? { _tag: "Reference", ...identity }
    : { _tag: "Content", ...identity, text, media, title, url }
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
  const content = record(payload.content) ?? nothing
  const quoted = record(text.repliedMsg) ?? record(content.repliedMsg) ?? record(payload.repliedMsg) ??
    record(payload.quoteMessage) ?? record(content.quoteContent)
  if (quoted !== undefined) return describe(payload, quoted)
  const wording = string(content.quoteContent)
  if (wording !== undefined) return describe(payload, { content: wording })
  const isNamed = string(payload.originalMsgId) !== undefined || string(payload.originalProcessQueryKey) !== undefined
  return isNamed || flag(text.isReplyMsg) || flag(content.isReplyMsg) ? describe(payload, nothing) : undefined
}
