/**
 * Which messages are to be recalled, and where they are. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { isRecord, record } from "../../internal/json.ts"
import * as Target from "../../outbound/message/Target.ts"
import { shortened, strangeCharacter } from "../send/recipients.ts"
import { escaped } from "../text/printable.ts"

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

/**
 * What is wrong with a key, in words; `undefined` if it can be one.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (key: string): string | undefined => {
  const shown = `"${escaped(key)}"`
  if (key.startsWith("{\"")) {
    return `${shown} is no whole line that send has printed: leave it out, or give the messageId`
  }
  if (/\s/.test(key)) return `${shown} is more than one word: give one key`
  const strange = strangeCharacter(key)
  return strange === undefined ? undefined : `${shown} ${strange}`
}

const ofLine = (line: string): Either.Either<ReadonlyArray<Entry>, string> => {
  const printed = record(line)
  const group = printed === undefined ? undefined : groupOf(printed["to"] ?? printed["chatId"])
  const keys = printed === undefined ? [line] : keysOf(printed)
  const problem = keys.map(problemOf).find((problem) => problem !== undefined)
  return problem === undefined ? Either.right(keys.map((key) => ({ key, group }))) : Either.left(problem)
}

/**
 * The messages that lines name: each is a key, or what `send` has printed, which says where the message is, too. A line
 * of `send` without a message names none. Or says which lines are something else.
 *
 * @since 0.1.0
 * @category parsing
 */
export const fromLines = (text: string): Either.Either<ReadonlyArray<Entry>, ReadonlyArray<string>> => {
  const read = text.split(/\r\n|\n|\r/).map((line, index) => [index + 1, line.trim()] as const)
    .filter(([, line]) => line !== "")
    .map(([number, line]) => Either.mapLeft(ofLine(line), (problem) => `line ${number}: ${problem}`))
  const problems = read.flatMap((each) => Either.isLeft(each) ? [each.left] : [])
  return problems.length > 0
    ? Either.left(shortened(problems))
    : Either.right(read.flatMap((each) => Either.getOrElse(each, () => [])))
}

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
