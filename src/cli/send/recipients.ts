/**
 * To whom `send` sends: targets from the command line and from lists. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Target from "../../outbound/message/Target.ts"
import { escaped } from "../text/printable.ts"

/** Problems that are told at once; a list may have a thousand of them. */
const maxProblems = 10

const howTo = "user:STAFF_ID, chat:CONVERSATION_ID, mobile:NUMBER, webhook:NAME, or a bare id"

/**
 * Whom `send` sends to: what the library calls a target, a person by mobile number, or a custom robot's webhook.
 *
 * @since 0.1.0
 * @category models
 */
export type Recipient =
  | Target.Target
  | { readonly _tag: "Mobile"; readonly id: string }
  | { readonly _tag: "Webhook"; readonly id: string }

/**
 * The recipient as `--to` takes it.
 *
 * @since 0.1.0
 * @category formatting
 */
export const format = (recipient: Recipient): string => {
  switch (recipient._tag) {
    case "Mobile":
      return `mobile:${recipient.id}`
    case "Webhook":
      return `webhook:${recipient.id}`
    default:
      return Target.format(recipient)
  }
}

/** What nobody sees, and no id has: controls, joiners, marks of direction, and what no character was made of. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029\ufffd]/u

/**
 * What is wrong with an id that was copied from somewhere: a character that nobody sees. Told by its number and place.
 *
 * @since 0.1.0
 * @category decisions
 */
export const strangeCharacter = (id: string): string | undefined => {
  const found = invisible.exec(id)
  if (found === null) return undefined
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")
  return `has the control character U+${code} at place ${Array.from(id.slice(0, found.index)).length + 1}: take it out`
}

/**
 * Reads a recipient; or says what is wrong with it, where that can be known beforehand.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (to: string): Either.Either<Recipient, string> => {
  const text = to.trim()
  const shown = `"${escaped(text)}"`
  const id = /^(?:mobile|webhook):/.test(text) ? text.slice(text.indexOf(":") + 1).trim() : Target.bare(text)
  if (id === "") return Either.left(`${shown} names nobody: write ${howTo}`)
  if (/[\s,;]/.test(id)) return Either.left(`${shown} is more than one word: write one target, as ${howTo}`)
  const strange = strangeCharacter(id)
  if (strange !== undefined) return Either.left(`${shown} ${strange}`)
  if (text.startsWith("webhook:")) return Either.right({ _tag: "Webhook", id })
  if (text.startsWith("mobile:")) {
    return /^(?:\+\d{1,3}-?)?\d{5,15}$/.test(id)
      ? Either.right({ _tag: "Mobile", id })
      : Either.left(`${shown} is no mobile number: write its digits, as in mobile:13800138000`)
  }
  return Either.mapLeft(Target.parse(text), ({ detail }) => `${shown} ${detail}: write ${howTo}`)
}

/**
 * The targets, each once, in the order of their first mention.
 *
 * @since 0.1.0
 * @category decisions
 */
export const unique = <A extends Recipient>(targets: Iterable<A>): ReadonlyArray<A> => [
  ...new Map(Array.from(targets, (target) => [format(target), target])).values()
]

interface Line {
  readonly number: number
  readonly text: string
}

/**
 * The lines of a list that say something: not those that are blank or begin with `#`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const lines = (text: string): ReadonlyArray<Line> =>
  text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"))

/**
 * The first ten problems, and how many more there are.
 *
 * @since 0.1.0
 * @category rendering
 */
export const shortened = (problems: ReadonlyArray<string>): ReadonlyArray<string> =>
  problems.length <= maxProblems
    ? problems
    : [...problems.slice(0, maxProblems), `and ${problems.length - maxProblems} more`]

/**
 * Reads a list of targets, one a line; or says which lines are none. `name` is what to call the list.
 *
 * @since 0.1.0
 * @category parsing
 */
export const fromList = (
  name: string,
  text: string
): Either.Either<ReadonlyArray<Recipient>, ReadonlyArray<string>> => {
  const targets: Array<Recipient> = []
  const problems: Array<string> = []
  for (const line of lines(text)) {
    Either.match(parse(line.text), {
      onLeft: (problem) => problems.push(`${name}, line ${line.number}: ${problem}`),
      onRight: (target) => targets.push(target)
    })
  }
  if (problems.length > 0) return Either.left(shortened(problems))
  return targets.length > 0
    ? Either.right(targets)
    : Either.left([`${name}: there is no target in it: write one a line, as ${howTo}`])
}
