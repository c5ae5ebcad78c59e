import * as Schema from "effect/Schema"
import { isRecord, type Json, natural, none, parseJson, record, string } from "../../../internal/wire.ts"
import { MaybeMillis, MaybeString } from "./fields.ts"

/**
 * One message of a forwarded chat record. `createdAt` is in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ChatRecordEntry = Schema.Struct({
  senderName: MaybeString,
  text: Schema.String,
  createdAt: MaybeMillis
})

/**
 * The type of the schema {@link ChatRecordEntry}.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatRecordEntry extends Schema.Schema.Type<typeof ChatRecordEntry> {}

const wording = (u: unknown): string | undefined => {
  const inner = record(u)
  return inner === undefined ? string(u) : string(inner.text) ?? string(inner.content)
}

const readEntry = (entry: unknown): ReadonlyArray<ChatRecordEntry> => {
  if (typeof entry === "string") {
    return entry === ""
      ? none
      : [{ senderName: undefined, text: entry, createdAt: undefined }]
  }
  if (!isRecord(entry)) return none
  const text = wording(entry.content) ?? wording(entry.text) ?? wording(entry.message)
  if (text === undefined) return none
  return [{
    senderName: string(entry.senderName) ?? string(entry.senderNick),
    text,
    createdAt: natural(entry.createAt) ?? natural(entry.createdAt)
  }]
}

const readEntries = (u: unknown): ReadonlyArray<ChatRecordEntry> => {
  const value = typeof u === "string" ? parseJson(u) : u
  return Array.isArray(value) ? value.flatMap(readEntry) : none
}

/** The summary is a sentence, or a string of JSON that holds a list (`"[]"` for none). */
export const readChatRecord = (content: Json) => {
  const listed = readEntries(content.chatRecord ?? content.records ?? content.messages)
  const summarised = readEntries(content.summary)
  const entries = listed.length > 0 ? listed : summarised
  const summary = string(content.summary)
  return {
    title: string(content.title),
    summary: summary === undefined || Array.isArray(parseJson(summary)) ? undefined : summary,
    entries
  }
}

export const chatRecordText = (self: ReturnType<typeof readChatRecord>): string =>
  self.entries.length > 0
    ? self.entries.map((entry) => entry.senderName === undefined ? entry.text : `${entry.senderName}: ${entry.text}`)
      .join("\n")
    : self.summary ?? self.title ?? ""
