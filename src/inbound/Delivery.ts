/**
 * A delivery on its way from the socket to its handler. Pure.
 *
 * @since 0.1.0
 */
import { isRecord, string } from "../internal/json.ts"
import * as Frame from "../stream/Frame.ts"
import { topics } from "../stream/Gateway.ts"
import type { Connection } from "../stream/Transport.ts"
import type { Attempt } from "./Attempt.ts"

/**
 * What is kept of a frame while it waits and is handled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Delivery {
  readonly type: Frame.Frame["type"]
  readonly topic: string
  /** The frame's id, which an answer must carry. */
  readonly frameId: string
  /** The headers of an event, which say what happened; none for anything else. */
  readonly headers: Frame.Frame["headers"]
  /** The payload as a value, or as the text that it came in; never both, for both would take the memory of two. */
  readonly payload: { readonly isText: boolean; readonly content: unknown }
  /** What it is kept in order with: its conversation, or what an event is about. */
  readonly key: string
  /** What it may take in memory while it waits, in bytes: two for each character of its frame. */
  readonly bytes: number
  /** The way back: the socket that brought it. */
  readonly send: Connection["send"]
  /** How old it was when it arrived, in milliseconds, if that is too old to be handled. */
  readonly staleMs?: number
  /** What was said in one burst, oldest first, the first of which this is; none if it stands alone. */
  readonly parts?: ReadonlyArray<Delivery>
  /** The attempt that this is, at what an inbox keeps; none for what is only in memory. */
  readonly attempt?: Attempt
}

/**
 * What names a delivery in a log.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ids {
  /** DingTalk's id of the message or the event. */
  readonly messageId: string | undefined
  readonly conversationId: string | undefined
  readonly frame: string
}

/** Of a payload of so many characters the text is kept, for its value may take many times as much: 32 Ki. */
const mostParsed = 32 * 1024

/** What an event may be about, in the order in which it is looked for. DingTalk spells these as it pleases. */
const subjects = [
  "openconversationid",
  "conversationid",
  "openchatid",
  "chatid",
  "processinstanceid",
  "taskid",
  "userid",
  "staffid"
]

const aboutOf = (data: unknown): string | undefined => {
  if (!isRecord(data)) return undefined
  const byName = new Map(Object.entries(data).map(([name, value]) => [name.toLowerCase().replaceAll("_", ""), value]))
  for (const name of subjects) {
    const value = byName.get(name)
    const only = Array.isArray(value) && value.length === 1 ? value[0] : value
    if (typeof only === "number" || string(only) !== undefined) return `${name}:${only}`
  }
  return undefined
}

/** An event is ordered by what it is about, and if nobody knows that, with all that its subscription brings. */
const keyOf = ({ messageId, topic, type }: Frame.Frame, payload: unknown): string => {
  if (type === "EVENT") return `event:${aboutOf(payload) ?? topic}`
  // What belongs to no conversation is one of its own: nobody waits for it, and it waits for nobody.
  const conversation = topic === topics.message || topic === topics.delegatedMessage
    ? isRecord(payload) ? string(payload.conversationId) : undefined
    : undefined
  return conversation ?? `frame:${messageId}`
}

const none: Frame.Frame["headers"] = {}

/**
 * The delivery of a frame.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (frame: Frame.Frame, send: Connection["send"]): Delivery => {
  const { data, headers, length, messageId, topic, type } = frame
  const value = Frame.parseData(data)
  const isText = typeof data === "string" && (value === undefined || length > mostParsed)
  return {
    type,
    topic,
    frameId: messageId,
    headers: type === "EVENT" ? headers : none,
    payload: { isText, content: isText ? data : value },
    key: keyOf(frame, value),
    bytes: 2 * length,
    send
  }
}

/**
 * What a delivery consists of.
 *
 * @since 0.1.0
 * @category getters
 */
export const partsOf = (delivery: Delivery): ReadonlyArray<Delivery> => delivery.parts ?? [delivery]

/**
 * The payload as a value; `undefined` if it is not JSON.
 *
 * @since 0.1.0
 * @category getters
 */
export const payloadOf = ({ payload: { content, isText } }: Delivery): unknown =>
  isText ? Frame.parseData(content) : content

/**
 * The payload as a value, and as it came if it is not JSON.
 *
 * @since 0.1.0
 * @category getters
 */
export const payloadOrText = (delivery: Delivery): unknown => {
  const value = payloadOf(delivery)
  return value === undefined ? delivery.payload.content : value
}

/**
 * What names a delivery that nobody has decoded.
 *
 * @since 0.1.0
 * @category getters
 */
export const idsOf = (delivery: Delivery): Ids => {
  const { frameId, headers, type } = delivery
  const payload = payloadOf(delivery)
  const read = isRecord(payload) ? payload : none
  return {
    messageId: type === "EVENT" ? string(headers["eventId"]) : string(read["msgId"]) ?? string(read["outTrackId"]),
    conversationId: string(read["conversationId"]) ?? string(read["openConversationId"]),
    frame: frameId
  }
}
