/**
 * To whom something is sent: a person or a group, as the user writes it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type { Common } from "../api/ApiError.ts"
import { unsent } from "../api/internal/unsent.ts"
import { InvalidTarget } from "../api/SendError.ts"

/**
 * A person by staff id, or a group by conversation id (`cid…`).
 *
 * @since 0.1.0
 * @category models
 */
export type Target = Data.TaggedEnum<{
  readonly User: { readonly id: string }
  readonly Group: { readonly id: string }
}>

/**
 * @since 0.1.0
 * @category models
 */
export type User = Data.TaggedEnum.Value<Target, "User">

/**
 * @since 0.1.0
 * @category models
 */
export type Group = Data.TaggedEnum.Value<Target, "Group">

const constructors = Data.taggedEnum<Target>()

/**
 * A person.
 *
 * @since 0.1.0
 * @category constructors
 */
export const User = constructors.User

/**
 * A group.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Group = constructors.Group

/**
 * Handles both kinds of target.
 *
 * @since 0.1.0
 * @category matching
 */
export const match = constructors.$match

const prefixes = [["user:", User], ["chat:", Group]] as const

/** Total: an empty text gives a person with an empty id. */
const read = (to: string): Target => {
  const text = to.trim()
  for (const [prefix, of] of prefixes) {
    if (text.startsWith(prefix)) return of({ id: text.slice(prefix.length).trim() })
  }
  return text.startsWith("cid") ? Group({ id: text }) : User({ id: text })
}

/** What looks like a prefix and is none of ours, the colon of a Chinese keyboard included. */
const strangePrefix = /^(?!user:|chat:)([a-zA-Z]+)\s*[:：]/

const hintFor = (text: string): string => {
  const prefix = strangePrefix.exec(text)?.[1]?.toLowerCase()
  const meant = prefix === "user" || prefix === "staff" || prefix === "person"
    ? "user:"
    : prefix === undefined
    ? undefined
    : "chat:"
  return `Write user:STAFF_ID, chat:CONVERSATION_ID, or a bare id${
    meant === undefined ? "" : ` (here probably ${meant})`
  }`
}

/**
 * Reads a target: `user:<staff id>`, `chat:<conversation id>`, or a bare id, which is a group's if it begins with
 * `cid` and a person's otherwise. A prefix has the last word: `user:cid…` is a person. Spaces around do not count.
 *
 * Fails with `InvalidTarget` if no id is left, and for any other prefix: `group:x` is nobody's staff id. What the error
 * says of the call is up to the caller; default: account `default`, operation `parseTarget`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (
  to: string,
  { account, operation }: Pick<Common, "account" | "operation"> = { account: "default", operation: "parseTarget" }
): Either.Either<Target, InvalidTarget> => {
  const text = to.trim()
  const target = read(to)
  const strange = strangePrefix.exec(text)?.[0]
  const detail = target.id === ""
    ? "empty target"
    : strange === undefined
    ? undefined
    : `begins with ${strange}, which is no kind of target`
  return detail === undefined
    ? Either.right(target)
    : Either.left(new InvalidTarget({ ...unsent(account, operation, detail, hintFor(text)), to }))
}

/**
 * The id without its prefix; empty for an empty target.
 *
 * @since 0.1.0
 * @category parsing
 */
export const bare = (to: string): string => read(to).id

/**
 * Whether the text means a person or a group; an empty one counts as a person.
 *
 * @since 0.1.0
 * @category parsing
 */
export const kind = (to: string): "user" | "group" => read(to)._tag === "User" ? "user" : "group"

/**
 * The target with its prefix: {@link parse} reads it back.
 *
 * @since 0.1.0
 * @category formatting
 */
export const format = (target: Target): string =>
  match(target, { User: ({ id }) => `user:${id}`, Group: ({ id }) => `chat:${id}` })
