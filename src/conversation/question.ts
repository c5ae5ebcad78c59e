/**
 * A question that waits for its answer: who may answer it, once, and how it ends. Pure.
 *
 * @since 0.1.0
 */
import * as CommandText from "./commandText.ts"

/**
 * Something to choose.
 *
 * @since 0.1.0
 * @category models
 */
export interface Choice<A extends string = string> {
  readonly value: A
  /** What people see. Default: the value. */
  readonly label?: string | undefined
}

/**
 * A field of a form.
 *
 * @since 0.1.0
 * @category models
 */
export interface Field {
  /** The form's name for it: that of the template's input. */
  readonly name: string
  /** What people see. Default: the name. */
  readonly label?: string | undefined
  /** Whether it may be left empty. Default false. */
  readonly optional?: boolean | undefined
}

/**
 * An answer.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer<A extends string = string> {
  readonly choice: A
  /** What was put into the form, by the names of its fields; empty without one. */
  readonly values: Readonly<Record<string, string>>
  /** Who answered: a staff id, or the encrypted id of somebody outside the organisation. */
  readonly by: string
  readonly via: "card" | "message"
}

/**
 * How a question stands.
 *
 * - `Open`: nobody has answered
 * - `Settled`: somebody has
 * - `Expired`: nobody had in time
 * - `Withdrawn`: nobody wants to know any more
 *
 * @since 0.1.0
 * @category models
 */
export type State<A extends string = string> =
  | { readonly _tag: "Open" }
  | { readonly _tag: "Settled"; readonly answer: Answer<A> }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Withdrawn" }

/**
 * The question as it is asked.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open: State<never> = { _tag: "Open" }

/**
 * What becomes of somebody's answer.
 *
 * - `taken`: it settles the question
 * - `again`: it is the one that did, once more
 * - `notAsked`: it is not theirs to give
 * - `late`: the question is over
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "taken" | "again" | "notAsked" | "late"

/**
 * Hears an answer.
 *
 * @since 0.1.0
 * @category decisions
 */
export const hear = <A extends string>(
  state: State<A>,
  answer: Answer<A>,
  isAsked: boolean
): readonly [Verdict, State<A>] => {
  if (!isAsked) return ["notAsked", state]
  if (state._tag === "Open") return ["taken", { _tag: "Settled", answer }]
  const isSame = state._tag === "Settled" && state.answer.by === answer.by && state.answer.choice === answer.choice
  return [isSame ? "again" : "late", state]
}

/**
 * Ends a question that is open; one that is over stays as it is.
 *
 * @since 0.1.0
 * @category decisions
 */
export const end = <A extends string>(state: State<A>, how: "Expired" | "Withdrawn"): State<A> =>
  state._tag === "Open" ? { _tag: how } : state

/**
 * What people see of a choice.
 *
 * @since 0.1.0
 * @category getters
 */
export const labelOf = ({ label, value }: Choice): string => label ?? value

const folded = (text: string): string => CommandText.folded(text).trim()

/**
 * The choice that a text means: its number from 1 on (`2`, `２`, `2.`, `第2个`), its label or its value.
 *
 * @since 0.1.0
 * @category decisions
 */
export const choiceIn = <A extends string>(text: string, choices: ReadonlyArray<Choice<A>>): Choice<A> | undefined => {
  const said = folded(text)
  const named = choices.find((choice) => folded(labelOf(choice)) === said || folded(choice.value) === said)
  if (named !== undefined) return named
  const [, number] = /^(?:第|选|选择)?\s*(\d{1,3})\s*(?:[.、)。]|个|项|号)?$/u.exec(said) ?? []
  return number === undefined ? undefined : choices[Number(number) - 1]
}

/**
 * What a text puts into a field: `""` if it is the word for nothing, `undefined` if it says nothing at all.
 *
 * @since 0.1.0
 * @category decisions
 */
export const valueIn = (text: string, nothing: string | undefined): string | undefined => {
  const value = text.trim()
  if (value === "") return undefined
  return nothing !== undefined && folded(value) === folded(nothing) ? "" : value
}

/**
 * Whether somebody of these ids is among those who are asked.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isAsked = (
  asked: "anyone" | ReadonlyArray<string>,
  ...ids: ReadonlyArray<string | undefined>
): boolean => {
  if (asked === "anyone") return true
  const known = asked.map((id) => id.toLowerCase())
  return ids.some((id) => id !== undefined && id !== "" && known.includes(id.toLowerCase()))
}
