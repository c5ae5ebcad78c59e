/**
 * To whom something is sent: a person or a group, as the user writes it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"

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

/**
 * The text names nobody. Nothing was sent; a retry cannot help.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidTarget extends Data.TaggedError("InvalidTarget")<{
  /** The text as it was given. */
  readonly to: string
}> {
  override get message(): string {
    return "empty target"
  }
}

const prefixes = [["user:", User], ["chat:", Group]] as const

/** Total: an empty text gives a person with an empty id. */
const read = (to: string): Target => {
  const text = to.trim()
  for (const [prefix, of] of prefixes) {
    if (text.startsWith(prefix)) return of({ id: text.slice(prefix.length).trim() })
  }
  return text.startsWith("cid") ? Group({ id: text }) : User({ id: text })
}

/**
 * Reads a target: `user:<staff id>`, `chat:<conversation id>`, or a bare id, which is a group's if it begins with
 * `cid` and a person's otherwise. A prefix has the last word: `user:cid…` is a person. Spaces around do not count.
 *
 * Fails with {@link InvalidTarget} if no id is left.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (to: string): Either.Either<Target, InvalidTarget> =>
  Either.liftPredicate(read(to), ({ id }) => id !== "", () => new InvalidTarget({ to }))

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
