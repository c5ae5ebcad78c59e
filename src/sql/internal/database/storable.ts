/** What arrived, as a row, and a row as what arrived. Pure. */
import { createHash } from "node:crypto"
import type { Arrival } from "../../../inbound/Inbox.ts"
import { isRecord } from "../../../internal/json.ts"
import type { Frame } from "../../../stream/Frame.ts"
import type { Row, Stored } from "./dialect.ts"

/** What a text of UTF-8 can't hold, and what PostgreSQL does not. */
const odd = /[\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const mayBeOdd = /[\0\ud800-\udfff]/

/** The text as both databases can hold it. */
export const text = (value: string): string => mayBeOdd.test(value) ? value.replaceAll(odd, "\ufffd") : value

/** The most characters of what stands in an index: PostgreSQL refuses a row whose index entry is too long. */
const mostOfKey = 200

const key = (value: string): string =>
  value.length <= mostOfKey ? text(value) : `sha256:${createHash("sha256").update(value).digest("hex")}`

/** `""` of what can't be written. */
export const json = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? ""
  } catch {
    // Nested more deeply than it can be written, against the protocol: nobody could read it either.
    return ""
  }
}

/** Those of an event say what happened; of a message, when it was sent. */
const headersToKeep = ({ headers, type }: Frame): string | null => {
  if (type === "EVENT") return text(json(headers))
  const { time } = headers
  return time === undefined ? null : text(json({ time }))
}

interface Arrived extends Omit<Arrival, "delivery"> {
  readonly delivery: Pick<Arrival["delivery"], "key">
}

export const rowOf = ({ delivery, frame, id, receivedAt }: Arrived): Omit<Stored, "number"> => ({
  id: id === undefined ? null : key(id),
  line: key(delivery.key),
  type: frame.type,
  topic: text(frame.topic),
  frame: text(frame.messageId),
  headers: headersToKeep(frame),
  payload: text(typeof frame.data === "string" ? frame.data : json(frame.data)),
  length: frame.length,
  received_at: Math.floor(receivedAt)
})

const string = (value: unknown): string => typeof value === "string" ? value : String(value)
const maybeString = (value: unknown): string | null => value === null || value === undefined ? null : string(value)

/** A row as its driver gives it. */
export const storedOf = (row: Row): Stored => ({
  number: Number(row["number"]),
  id: maybeString(row["id"]),
  line: string(row["line"]),
  type: string(row["type"]),
  topic: string(row["topic"]),
  frame: string(row["frame"]),
  headers: maybeString(row["headers"]),
  payload: string(row["payload"]),
  length: Number(row["length"]),
  received_at: Number(row["received_at"])
})

const headersOf = (stored: string | null): Frame["headers"] => {
  if (stored === null) return {}
  try {
    const headers: unknown = JSON.parse(stored)
    return isRecord(headers) ? headers : {}
  } catch {
    return {}
  }
}

export const frameOf = ({ frame, headers, length, payload, topic, type }: Stored): Frame => ({
  type: type === "EVENT" ? "EVENT" : "CALLBACK",
  topic,
  messageId: frame,
  headers: headersOf(headers),
  data: payload,
  length
})
