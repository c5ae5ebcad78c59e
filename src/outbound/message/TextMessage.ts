/**
 * Text as DingTalk's robots send it: plain or Markdown, through the API or through a session webhook. Pure.
 *
 * @since 0.1.0
 */
import type { JsonObject } from "../../internal/json.ts"
import { type Format, format as formatAuto, type Formatted } from "../text/autoText.ts"
import { chunk } from "../text/chunk.ts"
import { maxTitle, titleOf } from "../text/words.ts"

/**
 * How text is sent: as plain text, as Markdown as it is written, or, as `auto`, as what it is (see `autoText.format`).
 *
 * @since 0.1.0
 * @category models
 */
export type RenderMode = Format | "auto"

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
 * `plain` and `markdown`, in any case, are what they say; everything else is `auto`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const renderMode = (mode: string): RenderMode => {
  const lower = mode.trim().toLowerCase()
  return lower === "plain" || lower === "markdown" ? lower : "auto"
}

/**
 * A text as it is sent in a mode: in `plain` and `markdown` as it is written.
 *
 * @since 0.1.0
 * @category decisions
 */
export const formatted = (mode: RenderMode, text: string): Formatted =>
  mode === "auto" ? formatAuto(text) : { format: mode, text }

/**
 * A text as a robot message: `sampleText` or `sampleMarkdown` (behaviour cases B01 and B03).
 *
 * @since 0.1.0
 * @category constructors
 */
export const forRobot = (format: Format, text: string): Encoded =>
  format === "plain"
    ? { msgKey: "sampleText", msgParam: JSON.stringify({ content: text }) }
    : { msgKey: "sampleMarkdown", msgParam: JSON.stringify({ title: titleOf(text), text }) }

/**
 * A text as the body of a session webhook's request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const forWebhook = (format: Format, text: string): JsonObject =>
  format === "plain"
    ? { msgtype: "text", text: { content: text } }
    : { msgtype: "markdown", markdown: { title: titleOf(text), text } }

/** Every character of a title takes at most six bytes (`\u001b`). */
const budget: Readonly<Record<Format, number>> = {
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
 * Cuts a text so that each piece is a message of at most `characters` characters and {@link maxMsgParamBytes} bytes, with
 * `reserve` bytes left free in each (behaviour case B10). A text that fits comes back as it is.
 *
 * @since 0.1.0
 * @category decisions
 */
export const split = (
  format: Format,
  text: string,
  characters: number,
  reserve: number = 0
): ReadonlyArray<string> =>
  text.length <= characters &&
    (text.length + reserve <= surelyFits || msgParamBytes(forRobot(format, text)) + reserve <= maxMsgParamBytes)
    ? [text]
    : chunk(text, {
      characters,
      jsonBytes: Math.max(maxMsgParamBytes / 2, budget[format] - reserve),
      markdown: format === "markdown"
    })
