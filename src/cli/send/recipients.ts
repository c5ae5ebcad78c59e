/**
 * To whom `send` sends: targets from the command line and from lists. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Target from "../../outbound/message/Target.ts"

/** Problems that are told at once; a list may have a thousand of them. */
const maxProblems = 10

const howTo = "user:STAFF_ID, chat:CONVERSATION_ID, or a bare id"

/**
 * What is wrong with a target, in words, where that can be known beforehand.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (to: string): string | undefined => {
  const text = to.trim()
  if (Target.bare(text) === "") return `"${text}" names nobody: write ${howTo}`
  if (/[\s,;]/.test(Target.bare(text))) return `"${text}" is more than one word: write one target, as ${howTo}`
  return Either.match(Target.parse(text), {
    onLeft: ({ detail }) => `"${text}" ${detail}: write ${howTo}`,
    onRight: () => undefined
  })
}

/**
 * The targets, each once, in the order of their first mention.
 *
 * @since 0.1.0
 * @category decisions
 */
export const unique = (targets: Iterable<Target.Target>): ReadonlyArray<Target.Target> => [
  ...new Map(Array.from(targets, (target) => [Target.format(target), target])).values()
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
): Either.Either<ReadonlyArray<Target.Target>, ReadonlyArray<string>> => {
  const targets: Array<Target.Target> = []
  const problems: Array<string> = []
  for (const line of lines(text)) {
    const problem = problemOf(line.text)
    if (problem === undefined) {
      targets.push(...Either.match(Target.parse(line.text), { onLeft: () => [], onRight: (one) => [one] }))
    } else problems.push(`${name}, line ${line.number}: ${problem}`)
  }
  if (problems.length > 0) return Either.left(shortened(problems))
  return targets.length > 0
    ? Either.right(targets)
    : Either.left([`${name}: there is no target in it: write one a line, as ${howTo}`])
}
