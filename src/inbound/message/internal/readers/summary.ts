/** The summary of a forwarded record: it may know names that the entries do not. */
import { firstString, isRecord, none, string, unwrapped } from "../../../../internal/json.ts"
import type { ChatRecordEntry } from "../../ChatRecordEntry.ts"
import { trim } from "../blanks.ts"

/** A line of a summary: `name: words`. */
export interface SummaryLine {
  readonly name: string | undefined
  readonly words: string
}

/** No nickname is longer, with room to spare. */
const longestName = 64

const readLine = (line: string): SummaryLine => {
  const end = line.slice(0, longestName).search(/[:：]/)
  const name = end < 1 ? "" : trim(line.slice(0, end))
  // An address is no name with words behind it.
  return name === "" || line.startsWith("//", end + 1)
    ? { name: undefined, words: trim(line) }
    : { name, words: trim(line.slice(end + 1)) }
}

const nothing: ReadonlyArray<SummaryLine> = none

const readItem = (item: unknown): ReadonlyArray<SummaryLine> => {
  if (typeof item === "string") return item === "" ? nothing : [readLine(item)]
  if (!isRecord(item)) return nothing
  const inner = isRecord(item.content) ? firstString(item.content, "text", "content") : undefined
  return [{
    name: firstString(item, "senderName", "senderNick", "name", "nick"),
    words: trim(inner ?? firstString(item, "content", "text", "message") ?? "")
  }]
}

/** The lines of a summary: lines of text, or a list of texts or of objects, as JSON or as a string of it. */
export const namesIn = (summary: unknown): ReadonlyArray<SummaryLine> => {
  const value = unwrapped(summary)
  if (Array.isArray(value)) return value.flatMap(readItem)
  const text = string(summary)
  return (text ?? "").split("\n").flatMap((line) => trim(line) === "" ? nothing : [readLine(line)])
}

/** A line without a name goes on with what the one before it said. */
const joined = (lines: ReadonlyArray<SummaryLine>): ReadonlyArray<SummaryLine> => {
  const paragraphs: Array<SummaryLine> = []
  for (const line of lines) {
    const before = line.name === undefined ? paragraphs.pop() : undefined
    paragraphs.push(before === undefined ? line : { name: before.name, words: `${before.words}\n${line.words}` })
  }
  return paragraphs
}

/** How many lines are looked at for one entry: a summary is in order, and may leave some entries out. */
const lookAhead = 8

/** What is compared: blanks differ, and summaries are cut short. */
const compared = (text: string): string => text.slice(0, 200).replace(/\s/g, "")

const isSame = (line: string, entry: string): boolean =>
  line === entry || (line.length > 1 && /…$|\.\.\.$/.test(line) && entry.startsWith(line.replace(/…$|\.\.\.$/, "")))

/**
 * Entries with the names that their summary has: line by line where there are as many lines as entries, else where the
 * words are the same, and then for all that the same person said.
 */
export const withNames = (
  entries: ReadonlyArray<ChatRecordEntry>,
  lines: ReadonlyArray<SummaryLine>,
  shown: (entry: ChatRecordEntry) => string
): ReadonlyArray<ChatRecordEntry> => {
  if (lines.length === 0 || entries.every(({ senderName }) => senderName !== undefined)) return entries
  const paragraphs = lines.length === entries.length ? lines : joined(lines)
  const words = paragraphs.map((line) => compared(line.words))
  let next = 0
  const lineOf = (entry: ChatRecordEntry, index: number): SummaryLine | undefined => {
    if (paragraphs.length === entries.length) return paragraphs[index]
    const text = compared(shown(entry))
    const found = words.slice(next, next + lookAhead).findIndex((line) => isSame(line, text))
    if (found === -1) return undefined
    next += found + 1
    return paragraphs[next - 1]
  }
  const named = entries.map((entry, index): ChatRecordEntry => {
    const line = lineOf(entry, index)
    return entry.senderName === undefined && line?.name !== undefined ? { ...entry, senderName: line.name } : entry
  })
  const byId = new Map(
    named.flatMap(({ senderId, senderName }) =>
      senderId === undefined || senderName === undefined ? [] : [[senderId, senderName] as const]
    )
  )
  return named.map((entry) =>
    entry.senderName === undefined && entry.senderId !== undefined && byId.has(entry.senderId)
      ? { ...entry, senderName: byId.get(entry.senderId) }
      : entry
  )
}
