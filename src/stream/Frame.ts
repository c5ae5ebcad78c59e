/**
 * The wire's envelope: what DingTalk sends over the socket and what it is answered. Pure.
 *
 * @since 0.1.0
 */
import { isRecord } from "../internal/json.ts"

/**
 * A frame of the protocol.
 *
 * @since 0.1.0
 * @category models
 */
export interface Frame {
  readonly type: "SYSTEM" | "EVENT" | "CALLBACK"
  readonly topic: string
  /** The id that an answer must carry; empty when the frame has none. New for each redelivery. */
  readonly messageId: string
  /** All headers, as they came. */
  readonly headers: Readonly<Record<string, unknown>>
  /** The payload: by the protocol a string of JSON, but an object was seen in documents. */
  readonly data: unknown
  /** How many characters the frame had on the wire. */
  readonly length: number
}

/**
 * What is wrong with something that is not a frame.
 *
 * @since 0.1.0
 * @category models
 */
export type OddFrame = "binary" | "malformedJson" | "notAnObject" | "missingHeaders" | "unknownType"

/**
 * Decodes one text message of the socket. Total: what is not a frame comes back as the name of its oddity.
 *
 * `header` is accepted for `headers` (one official sample has it so); a missing `specVersion`, `time` or `messageId`
 * is tolerated, because SYSTEM frames lack them in the official samples.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (text: string): Frame | OddFrame => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return "malformedJson"
  }
  if (!isRecord(value)) return "notAnObject"
  const type = value["type"]
  if (type !== "CALLBACK" && type !== "SYSTEM" && type !== "EVENT") return "unknownType"
  const headers = value["headers"] ?? value["header"]
  if (!isRecord(headers)) return "missingHeaders"
  const topic = headers["topic"]
  const messageId = headers["messageId"]
  return {
    type,
    topic: typeof topic === "string" ? topic : "",
    messageId: typeof messageId === "string" ? messageId : "",
    headers,
    data: value["data"],
    length: text.length
  }
}

/**
 * The payload of a frame as a value: parsed when it is a string of JSON, itself otherwise; `undefined` when the string
 * is not JSON.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parseData = (data: unknown): unknown => {
  if (typeof data !== "string") return data
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/**
 * The answer to a frame. `data` is the already encoded JSON text that goes into the envelope as a string.
 *
 * @since 0.1.0
 * @category encoding
 */
export const answer = (code: 200 | 400 | 404 | 500, messageId: string, message: string, data: string): string =>
  `{"code":${code},"headers":{"contentType":"application/json","messageId":${JSON.stringify(messageId)}},"message":${
    JSON.stringify(message)
  },"data":${JSON.stringify(data)}}`

/** An id that is the same inside quotes; all that were seen are. */
const plain = /^[\w.:-]*$/

/** Asking first costs a third of what `JSON.stringify` does. */
const quoted = (id: string): string => plain.test(id) ? `"${id}"` : JSON.stringify(id)

/**
 * The answer to a robot message: a fixed value by the official document. Written out because it is built once per
 * message on the hot path.
 *
 * @since 0.1.0
 * @category encoding
 */
export const acknowledgement = (messageId: string): string =>
  `{"code":200,"headers":{"contentType":"application/json","messageId":${
    quoted(messageId)
  }},"message":"OK","data":"{\\"response\\":null}"}`

/**
 * The answer to a frame of a topic that nobody here handles.
 *
 * @since 0.1.0
 * @category encoding
 */
export const notFound = (messageId: string): string => answer(404, messageId, "no handler for this topic", "{}")

/**
 * The answer to a SYSTEM ping: the same data and message id.
 *
 * @since 0.1.0
 * @category encoding
 */
export const pong = (frame: Frame): string => answer(200, frame.messageId, "OK", textOf(frame.data))

/** The payload as it goes back: one that is no string, against the protocol, may be nested too deeply to be written. */
const textOf = (data: unknown): string => {
  if (typeof data === "string") return data
  try {
    return JSON.stringify(data ?? {})
  } catch {
    return "{}"
  }
}
