/**
 * Which messages are to be recalled, and where they are. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { isRecord, record } from "../../internal/json.ts"
import * as Target from "../../outbound/message/Target.ts"

/**
 * A message: its key, and the group that it is in. Without one it is in direct chats.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly key: string
  readonly group: string | undefined
}

const groupOf = (to: unknown): string | undefined => {
  const target = typeof to === "string" ? Either.getOrUndefined(Target.parse(to)) : undefined
  return target?._tag === "Group" ? target.id : undefined
}

/** The keys in a line that `send` has printed: of its message, or of all its chunks. */
const keysOf = (printed: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const chunks = Array.isArray(printed["chunks"]) ? printed["chunks"].filter(isRecord) : []
  return [printed, ...chunks].map(({ messageId }) => messageId).filter((key) => typeof key === "string")
}

const ofLine = (line: string): ReadonlyArray<Entry> => {
  const printed = record(line)
  if (printed === undefined) return [{ key: line, group: undefined }]
  const group = groupOf(printed["to"] ?? printed["chatId"])
  return keysOf(printed).map((key) => ({ key, group }))
}

/**
 * The messages that lines name: each is a key, or what `send` has printed, which says where the message is, too. A line
 * of `send` without a message names none.
 *
 * @since 0.1.0
 * @category parsing
 */
export const fromLines = (text: string): ReadonlyArray<Entry> =>
  text.split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== "").flatMap(ofLine)

/**
 * The keys by where their messages are, each key once and in order.
 *
 * @since 0.1.0
 * @category decisions
 */
export const byGroup = (entries: ReadonlyArray<Entry>): ReadonlyMap<string | undefined, ReadonlyArray<string>> => {
  const groups = new Map<string | undefined, Set<string>>()
  for (const { group, key } of entries) groups.set(group, (groups.get(group) ?? new Set()).add(key))
  return new Map(Array.from(groups, ([group, keys]) => [group, [...keys]]))
}
