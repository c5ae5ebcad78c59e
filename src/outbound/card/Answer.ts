/**
 * An answer that is coming, as plain text or as the parts that a language model gives: what of it is shown. Pure.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Predicate from "effect/Predicate"
import { scrub } from "../../internal/net/scrub.ts"
import { append } from "../text/liveText.ts"

/**
 * A tool that the model has called.
 *
 * @since 0.1.0
 * @category models
 */
export interface ToolCall {
  readonly type: "tool-call"
  readonly id: string
  readonly name: string
  /** As the tool's schema decodes them. */
  readonly params: unknown
}

/**
 * A part of a model's answer, as far as it is heeded: the parts that `LanguageModel.streamText` of `@effect/ai` 0.37 gives
 * are such.
 *
 * @since 0.1.0
 * @category models
 */
export type Part =
  | { readonly type: "text-start" }
  | { readonly type: "text-delta"; readonly delta: string }
  | { readonly type: "reasoning-start" }
  | { readonly type: "reasoning-delta"; readonly delta: string }
  | ToolCall
  | { readonly type: "tool-result"; readonly id: string }
  | { readonly type: "finish"; readonly reason: string }
  | { readonly type: "error"; readonly error: unknown }
  | {
    readonly type:
      | "text-end"
      | "reasoning-end"
      | "tool-params-start"
      | "tool-params-delta"
      | "tool-params-end"
      | "file"
      | "source"
      | "response-metadata"
  }

/**
 * A piece of an answer: text, or a part of what a model gives.
 *
 * @since 0.1.0
 * @category models
 */
export type Token = string | Part

/**
 * The model ended its answer by an `error` part, or finished for the reason `error` or `content-filter`. What came before
 * is on the card, which is marked failed. **Apologise**, or ask again.
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelFailed extends Data.TaggedError("ModelFailed")<{
  readonly reason: "error" | "content-filter"
  /** What the model's provider said; `undefined` if the answer just finished for that reason. */
  readonly error: unknown
}> {
  override get message(): string {
    const { error, reason } = this
    if (reason === "content-filter") return "the model's provider held the rest of the answer back (content-filter)"
    const said = Predicate.hasProperty(error, "message") ? error.message : error
    return `the model failed in the middle of its answer${
      typeof said === "string" ? `: ${scrub(said, [])}` : ""
    }; see the field "error", and the provider's status`
  }
}

/**
 * The failure that a piece of an answer is, if it is one.
 *
 * @since 0.1.0
 * @category decisions
 */
export const failureOf = (token: Token): ModelFailed | undefined => {
  if (typeof token === "string") return undefined
  if (token.type === "error") return new ModelFailed({ reason: "error", error: token.error })
  return token.type === "finish" && (token.reason === "error" || token.reason === "content-filter")
    ? new ModelFailed({ reason: token.reason, error: undefined })
    : undefined
}

/**
 * What of an answer is shown besides its text, while it comes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  /**
   * What stands behind the text while a tool works; nothing if it is empty. Default "正在使用 NAME …". It goes when the tool's
   * result is there, or when the text goes on.
   */
  readonly toolCall?: ((call: ToolCall) => string) | undefined
  /**
   * Whether the model's reasoning stands behind the text, as a quote of its last {@link reasoningCharacters} characters,
   * until the answer goes on. Default false.
   */
  readonly reasoning?: boolean | undefined
}

/**
 * Of reasoning, this many characters are shown.
 *
 * @since 0.1.0
 * @category constants
 */
export const reasoningCharacters = 200

/** Of what is said about tools at work, this many characters are shown. */
const mostNote = 500

/**
 * As much of an answer as has come.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  readonly text: string
  /** Whether there was more than there may be. */
  readonly truncated: boolean
  /** What is shown behind the text, for now. */
  readonly note: string
  /** What is said of the tools that are at work, by the id of the call. */
  readonly tools: ReadonlyMap<string, string>
  readonly reasoning: string
  /** The next text begins a paragraph of its own. */
  readonly isNewParagraph: boolean
}

/**
 * Nothing yet.
 *
 * @since 0.1.0
 * @category constants
 */
export const empty: Answer = {
  text: "",
  truncated: false,
  note: "",
  tools: new Map(),
  reasoning: "",
  isNewParagraph: false
}

const usingTool = ({ name }: ToolCall): string => `正在使用 ${name} …`

const quoted = (reasoning: string): string =>
  reasoning.trim() === "" ? "" : `> ${reasoning.trim().replace(/\s*\n\s*/g, "\n> ")}`

const noted = (answer: Answer): Answer => ({
  ...answer,
  note: append(
    "",
    [quoted(answer.reasoning), ...answer.tools.values()].filter((part) => part !== "").join("\n\n"),
    mostNote
  )
})

const withText = (answer: Answer, more: string, maxCharacters: number): Answer => {
  if (more === "") return answer
  const between = !answer.isNewParagraph || answer.text === "" ? "" : answer.text.endsWith("\n") ? "\n" : "\n\n"
  const whole = between + more
  return {
    ...empty,
    text: append(answer.text, whole, maxCharacters),
    truncated: answer.truncated || answer.text.length + whole.length > maxCharacters
  }
}

/** A word that is cut in two would show half a character. */
const tail = (text: string): string =>
  Array.from(text.slice(-2 * reasoningCharacters)).slice(-reasoningCharacters).join("")

/**
 * An answer, and one more piece of it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const step = (answer: Answer, token: Token, progress: Progress, maxCharacters: number): Answer => {
  if (typeof token === "string") return withText(answer, token, maxCharacters)
  switch (token.type) {
    case "text-start":
      return { ...answer, isNewParagraph: true }
    case "text-delta":
      return withText(answer, token.delta, maxCharacters)
    case "reasoning-start":
      return noted({ ...answer, reasoning: "" })
    case "reasoning-delta":
      return progress.reasoning === true
        ? noted({ ...answer, reasoning: tail(answer.reasoning + token.delta) })
        : answer
    case "tool-call":
      return noted({
        ...answer,
        reasoning: "",
        tools: new Map(answer.tools).set(token.id, (progress.toolCall ?? usingTool)(token))
      })
    case "tool-result":
      return noted({ ...answer, tools: new Map([...answer.tools].filter(([id]) => id !== token.id)) })
    default:
      return answer
  }
}
