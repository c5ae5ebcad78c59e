/**
 * How a question looks: the card, and the words around it. Pure.
 *
 * @since 0.1.0
 */
import type { CardAction } from "../inbound/call/CardAction.ts"
import * as buttons from "../outbound/card/buttons.ts"
import type { Params } from "../outbound/card/CardApi.ts"
import { publicTemplateId } from "../outbound/card/streamText.ts"
import * as Question from "./question.ts"

/**
 * What a card shows of a question.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  readonly question: string
  readonly choices: ReadonlyArray<Question.Choice>
  readonly fields: ReadonlyArray<Question.Field>
  readonly state: Question.State
  /** How it ended, in words; `""` while it is open. */
  readonly status: string
}

/**
 * A template for questions.
 *
 * @since 0.1.0
 * @category models
 */
export interface Template {
  readonly templateId: string
  /** The variables that show this. A question that is over should have no buttons. */
  readonly params: (view: View) => Params
  /** The variables that show a word to one person alone: other ones than those above, or they would hide how it ended. */
  readonly word: (text: string) => Params
  /**
   * The value of the choice that somebody made; `undefined` if it was none. Default: what of the `actionIds`, of
   * `params.choice` or of `actionValue` is the value of one.
   */
  readonly choiceOf?: ((action: CardAction, choices: ReadonlyArray<Question.Choice>) => string | undefined) | undefined
}

/**
 * DingTalk's public AI template, which the application needs not design: the question and how it ended in `msgContent`, a
 * button for each choice, the word in `msgTitle`. It has no form.
 *
 * @since 0.1.0
 * @category constants
 */
export const template: Template = {
  templateId: publicTemplateId,
  params: ({ choices, question, state, status }) => ({
    msgContent: status === "" ? question : `${question}\n\n---\n\n${status}`,
    flowStatus: "3",
    ...buttons.params(
      state._tag === "Open" ? choices.map((choice) => ({ id: choice.value, text: Question.labelOf(choice) })) : []
    )
  }),
  word: (text) => ({ msgTitle: text })
}

/**
 * @since 0.1.0
 * @category decisions
 */
export const choiceOf = (action: CardAction, choices: ReadonlyArray<Question.Choice>): string | undefined => {
  const said = [...action.actionIds, action.params["choice"], action.actionValue]
  return choices.find(({ value }) => said.includes(value))?.value
}

/**
 * The words around a question.
 *
 * @since 0.1.0
 * @category models
 */
export interface Texts {
  /** On the card, when it was answered: by whom, as far as a name is known. */
  readonly answered: (label: string, name: string) => string
  /** On the card, when nobody answered in time; and to who comes too late. */
  readonly expired: string
  /** On the card, when who asked was interrupted; and to who comes too late. */
  readonly withdrawn: string
  /** To others. */
  readonly notAsked: string
  /** To who comes too late. */
  readonly late: string
  /** To who left out fields of a form. */
  readonly missing: (labels: ReadonlyArray<string>) => string
  /** Below the choices, where there is no card. */
  readonly how: (isGroup: boolean) => string
  /** To an answer that is no choice. */
  readonly again: (choices: number) => string
  /** Asks for a field, where there is no card. */
  readonly field: (label: string, optional: boolean) => string
  /** What leaves an optional field empty, where there is no card; `field` says so. */
  readonly nothing: string
}

/**
 * @since 0.1.0
 * @category constants
 */
export const texts: Texts = {
  answered: (label, name) => `✅ ${label}（${name}）`,
  expired: "⌛ 已过期",
  withdrawn: "🚫 已取消",
  notAsked: "这个问题不是问您的",
  late: "这个问题已经有人回答了",
  missing: (labels) => `请填写：${labels.join("、")}`,
  how: (isGroup) => isGroup ? "请 @我 并回复编号" : "请回复编号",
  again: (choices) => choices === 1 ? "请回复 1" : `没有看懂，请回复 1 到 ${choices} 的编号`,
  field: (label, optional) => optional ? `请回复：${label}（没有就回复“无”）` : `请回复：${label}`,
  nothing: "无"
}

/**
 * How a question ended, in words; `""` while it is open.
 *
 * @since 0.1.0
 * @category decisions
 */
export const statusOf = (
  state: Question.State,
  choices: ReadonlyArray<Question.Choice>,
  words: Texts,
  nameOf: (by: string) => string
): string => {
  switch (state._tag) {
    case "Open":
      return ""
    case "Settled": {
      const { by, choice } = state.answer
      const chosen = choices.find(({ value }) => value === choice) ?? { value: choice }
      return words.answered(Question.labelOf(chosen), nameOf(by))
    }
    case "Expired":
      return words.expired
    case "Withdrawn":
      return words.withdrawn
  }
}

/**
 * The question as a message, with its choices by number.
 *
 * @since 0.1.0
 * @category encoding
 */
export const asText = (
  question: string,
  choices: ReadonlyArray<Question.Choice>,
  words: Texts,
  isGroup: boolean
): string => {
  const list = choices.map((choice, index) => `${index + 1}. ${Question.labelOf(choice)}`).join("\n")
  return `${question}\n\n${list}\n\n${words.how(isGroup)}`
}
