/**
 * A text of which nobody said whether it is Markdown, as DingTalk shows it best. Pure.
 *
 * @since 0.1.0
 */
import { classify, type Kind, type Line } from "./internal/lines.ts"
import { isPreformatted, looksLikeMarkdown } from "./looksLikeMarkdown.ts"

/**
 * How a message carries a text.
 *
 * @since 0.1.0
 * @category models
 */
export type Format = "plain" | "markdown"

/**
 * A text that is ready to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Formatted {
  readonly format: Format
  readonly text: string
}

/** What stands between a line and the next: DingTalk joins the lines of a paragraph, and wants room before blocks. */
const between = (line: Line, next: Kind): string => {
  const ended = / {2}$|\\$|<br\s*\/?>$/i.test(line.text)
  switch (line.kind) {
    case "text":
      return next === "item" || next === "head"
        ? "\n\n"
        : (next === "text" || next === "continued") && !ended
        ? "  \n"
        : "\n"
    case "item":
    case "continued":
      return next === "text" && !ended ? "  \n" : "\n"
    case "quote":
    case "row":
    case "dashes":
      return next === "text" ? "\n\n" : "\n"
    default:
      return "\n"
  }
}

/**
 * Markdown in which every line break of a paragraph is one that DingTalk shows: two blanks before it. Code blocks, tables,
 * lists, headings and quotes stay as they are, but for an empty line where one of them meets a paragraph, without which
 * DingTalk takes both for one.
 *
 * @since 0.1.0
 * @category decisions
 */
export const withBreaks = (markdown: string): string => {
  const lines = classify(markdown)
  return lines.map((line, index) => {
    const next = lines[index + 1]
    return next === undefined ? line.text : `${line.text}${between(line, next.kind)}`
  }).join("")
}

/**
 * A text as a code block, whatever backticks are in it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fenced = (text: string): string => {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const marker = "`".repeat(longest + 1)
  return `${marker}\n${text.replace(/^(?:[ \t]*\n)+/, "").trimEnd()}\n${marker}`
}

/** Nothing that Markdown would show as something else. */
const isInert = (text: string): boolean =>
  !/[`*_<\\]|~~|&#?\w+;|\]\s?[([:]|\S {2,}\S/.test(text) &&
  !/^(?:[ \t]+\S|[#>=]|[-+](?:[ \t]|[- \t]*$)|\d{1,9}[.)][ \t])/m.test(text)

/**
 * A text as it is sent in the mode `auto`: Markdown as Markdown, with its breaks; what depends on its blanks (columns, a
 * tree) as a code block; and everything else so that it looks as it was written: as Markdown where that shows the same,
 * else plain.
 *
 * @since 0.1.0
 * @category decisions
 */
export const format = (written: string): Formatted => {
  const text = written.replace(/\r\n/g, "\n")
  if (text.trim() === "" || looksLikeMarkdown(text)) return { format: "markdown", text: withBreaks(text) }
  if (isPreformatted(text)) return { format: "markdown", text: fenced(text) }
  return isInert(text) ? { format: "markdown", text: withBreaks(text) } : { format: "plain", text }
}

/**
 * The same for a card, which shows nothing but Markdown: what would be plain is a code block.
 *
 * @since 0.1.0
 * @category decisions
 */
export const asMarkdown = (written: string): string => {
  const { format: as, text } = format(written)
  return as === "plain" ? fenced(text) : text
}
