/**
 * Text as DingTalk's robots send it: plain or Markdown, through the API or through a session webhook. Pure.
 *
 * @since 0.1.0
 */
import type { JsonObject } from "../../internal/json.ts"
import { chunk } from "../text/chunk.ts"
import { furthest, graphemeEnd } from "../text/internal/measure.ts"

/**
 * How text is sent.
 *
 * @since 0.1.0
 * @category models
 */
export type RenderMode = "plain" | "markdown"

/**
 * A message as the robot API takes it: `msgParam` is JSON in a string.
 *
 * @since 0.1.0
 * @category models
 */
export interface Encoded {
  readonly msgKey: string
  readonly msgParam: string
}

/**
 * The largest `msgParam` that a group takes, in bytes (DingTalk's API reference). For people no figure is documented, so
 * text for them is cut by the same one.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxMsgParamBytes = 15_000

/**
 * The longest title made from a text, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTitle = 64

const blankTitle = "通知"

/**
 * `plain`, in any case, is plain; everything else is Markdown (behaviour cases B01 and B02).
 *
 * @since 0.1.0
 * @category decisions
 */
export const renderMode = (mode: string): RenderMode => mode.trim().toLowerCase() === "plain" ? "plain" : "markdown"

/**
 * The title of a Markdown message, without which DingTalk refuses it: the first line that is not blank, without leading
 * `#`, at most {@link maxTitle} characters; `通知` if there is none (behaviour cases B02 and B03).
 *
 * @since 0.1.0
 * @category decisions
 */
export const titleOf = (text: string): string => {
  let from = 0
  while (from < text.length) {
    const newline = text.indexOf("\n", from)
    const to = newline === -1 ? text.length : newline
    const title = text.slice(from, to).trim().replace(/^#+/, "").trim()
    if (title !== "") return title.slice(0, graphemeEnd(title, 0, furthest(title, 0, maxTitle, Infinity))).trim()
    from = to + 1
  }
  return blankTitle
}

/**
 * A text as a robot message: `sampleText` or `sampleMarkdown` (behaviour cases B01 to B03).
 *
 * @since 0.1.0
 * @category constructors
 */
export const forRobot = (mode: RenderMode, text: string): Encoded =>
  mode === "plain"
    ? { msgKey: "sampleText", msgParam: JSON.stringify({ content: text }) }
    : { msgKey: "sampleMarkdown", msgParam: JSON.stringify({ title: titleOf(text), text }) }

/**
 * A text as the body of a session webhook's request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const forWebhook = (mode: RenderMode, text: string): JsonObject =>
  mode === "plain"
    ? { msgtype: "text", text: { content: text } }
    : { msgtype: "markdown", markdown: { title: titleOf(text), text } }

/** Every character of a title takes at most six bytes (`\u001b`). */
const budget: Readonly<Record<RenderMode, number>> = {
  plain: maxMsgParamBytes - `{"content":""}`.length,
  markdown: maxMsgParamBytes - `{"title":"","text":""}`.length - 6 * maxTitle
}

/**
 * The bytes of a robot message's `msgParam`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const msgParamBytes = (message: Encoded): number => Buffer.byteLength(message.msgParam)

/** A text of so many characters always fits: none takes more than six bytes in JSON (`\u001b`). */
const surelyFits = Math.floor(Math.min(budget.plain, budget.markdown) / 6)

/**
 * Cuts a text so that each piece is a message of at most `characters` characters and {@link maxMsgParamBytes} bytes
 * (behaviour case B10). A text that fits comes back as it is.
 *
 * @since 0.1.0
 * @category decisions
 */
export const split = (mode: RenderMode, text: string, characters: number): ReadonlyArray<string> =>
  text.length <= characters && (text.length <= surelyFits || msgParamBytes(forRobot(mode, text)) <= maxMsgParamBytes)
    ? [text]
    : chunk(text, { characters, jsonBytes: budget[mode], markdown: mode === "markdown" })
