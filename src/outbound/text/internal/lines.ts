/** What each line of a Markdown text is, as far as DingTalk shows the difference. */
import { type Fence, fenceAfter } from "./codeFence.ts"
import { endsTable, isHead } from "./table.ts"

/**
 * - `fence`: the edge of a code block, `code`: a line inside one.
 * - `head`, `dashes`, `row`: of a table.
 * - `rule`: a line across, or the line under a heading.
 * - `item`: begins a list item, `continued`: goes on with one.
 * - `text`: of a paragraph.
 */
export type Kind =
  | "blank"
  | "fence"
  | "code"
  | "head"
  | "dashes"
  | "row"
  | "heading"
  | "quote"
  | "rule"
  | "item"
  | "continued"
  | "text"

/** A line without its end, and what it is. */
export interface Line {
  readonly text: string
  readonly kind: Kind
}

const heading = /^ {0,3}#{1,6}(?:[ \t]|$)/
const quote = /^ {0,3}>/
const rule = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/
const underline = /^ {0,3}(?:=+|-+)[ \t]*$/
const item = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/
/** A number that is not 1 goes on with a paragraph. */
const interrupting = /^[ \t]*(?:[-*+]|1[.)])[ \t]+\S/
const indented = /^(?: {2}|\t)/

/** The lines of a text, without their ends. */
export const linesOf = (text: string): ReadonlyArray<string> => text.split(/\r?\n/)

/** What each line is. */
export const classify = (text: string): ReadonlyArray<Line> => {
  const lines = linesOf(text)
  const classified: Array<Line> = []
  let fence: Fence | undefined
  let inTable = false
  let inList = false
  let before: Kind = "blank"

  const kindOf = (line: string, next: string | undefined): Kind => {
    const after = fenceAfter(fence, line)
    if (after !== fence) {
      fence = after
      return "fence"
    }
    if (fence !== undefined) return "code"
    if (line.trim() === "") return "blank"
    if (before === "head") return "dashes"
    // Without a divider it would still be one, but nobody who writes means that.
    if (inTable && line.includes("|") && !endsTable(line)) return "row"
    if (next !== undefined && isHead(line, next)) return "head"
    if (heading.test(line)) return "heading"
    if (quote.test(line)) return "quote"
    if (rule.test(line) || (before === "text" && underline.test(line))) return "rule"
    if (item.test(line) && (before !== "text" || inList || interrupting.test(line))) return "item"
    return inList && indented.test(line) ? "continued" : "text"
  }

  for (const [index, line] of lines.entries()) {
    const kind = kindOf(line, lines[index + 1])
    inTable = kind === "head" || kind === "dashes" || kind === "row"
    // A blank line may stand between items, and a line without a mark goes on with its item.
    inList = kind === "item" || kind === "continued" ||
      (inList && (kind === "blank" || kind === "fence" || kind === "code" || (kind === "text" && before !== "blank")))
    classified.push({ text: line, kind })
    before = kind
  }
  return classified
}
