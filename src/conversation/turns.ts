/**
 * What was said in a conversation, as a language model takes it: bounded, and forgotten in time. Pure.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Something that was said.
 *
 * @since 0.1.0
 * @category models
 */
export interface Turn {
  /** Who said it: a person, or the robot. */
  readonly role: "user" | "assistant"
  readonly text: string
  /** The person's name: in a group several speak. */
  readonly name?: string | undefined
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/**
 * The schema of {@link Turn}, as it is stored.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Turn: Schema.Schema<Turn> = Schema.Struct({
  role: Schema.Literal("user", "assistant"),
  text: Schema.String,
  name: Schema.optional(Schema.String),
  at: Schema.Number
})

/**
 * How much is remembered.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bounds {
  readonly maxTurns: number
  readonly maxCharacters: number
  /** From the last turn on, in milliseconds. */
  readonly expireAfterMs: number
}

/**
 * What is remembered of turns: the last ones that fit, and nothing once the last is too old. What a robot said is not
 * kept without the question before it, so it begins with a person.
 *
 * A single turn that is too long is cut at its end.
 *
 * @since 0.1.0
 * @category decisions
 */
export const remembered = (
  turns: ReadonlyArray<Turn>,
  { expireAfterMs, maxCharacters, maxTurns }: Bounds,
  nowMs: number
): ReadonlyArray<Turn> => {
  const last = turns.at(-1)
  if (last === undefined || nowMs - last.at >= expireAfterMs) return []
  const kept: Array<Turn> = []
  let room = maxCharacters
  for (const turn of turns.slice(-maxTurns).toReversed()) {
    if (turn.text.length > room && kept.length > 0) break
    const text = turn.text.length > room ? cut(turn.text, room) : turn.text
    room -= text.length
    kept.push(text === turn.text ? turn : { ...turn, text })
  }
  const inOrder = kept.toReversed()
  const first = inOrder.findIndex(({ role }) => role === "user")
  return first < 0 ? [] : inOrder.slice(first)
}

/** Without half a character at the end. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/u, "")
