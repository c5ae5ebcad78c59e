/**
 * Telling Markdown from what a program prints. Pure.
 *
 * @since 0.1.0
 */
import { classify, type Line } from "./internal/lines.ts"

/** What DingTalk's Markdown knows of HTML. */
const knownTag = /<\/?font\b[^<>]*>|<br\s*\/?>/i
const rawTag = /<(?!\/?font\b|br\b|(?:https?|mailto|dingtalk):)[a-z/!?][^<>\n]*>/i
const inlineCode = /(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)/g

/** Markup that nobody but a writer of Markdown writes; each pattern stops where another begins, so none scans twice. */
const certainInline: ReadonlyArray<RegExp> = [
  /!?\[[^[\]\n]*\]\((?:[a-z][a-z\d+.-]*:|[/#.@])[^\s()[\]]*(?:\([^\s()[\]]*\)[^\s()[\]]*)*(?:\s+"[^"\n]*")?\)/i,
  /(?<![\w*/.])\*\*(?![\s*/.,;:)\]}])[^*\n]+(?:\*[^*\n]+\*[^*\n]*)?(?<![\s*/([{])\*\*(?![\w*/])/,
  /(?<![\w~/])~~(?![\s~])[^~\n]+(?<![\s~])~~(?![\w~/])/
]
const taskItem = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\](?:[ \t]|$)/
const emphasis = /(?<![\w*/.])\*[\p{L}\p{N}“「《(（](?:[^*\n]*[\p{L}\p{N}。！？.!?”」》)）])?\*(?![\w*/.])/u

/** A line that ends in a sentence has two blanks behind it often enough. */
const column = /[^\s.!?:;,。！？] {2,}\S/
const boxDrawing = /[\u2500-\u257f]|^[ \t]*(?:\+[-=+]{3,}|[-=]+\+[-=+]+)[ \t]*$/
const assignment = /^(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=/
const schedule = /^(?:[\d*][\d*/,-]*[ \t]+){4}\S/
const diff = /^(?:diff --git |@@ -\d|Index: )/

const isJson = (text: string): boolean => {
  const trimmed = text.trim()
  if (!/^(?:\{[^]*\}|\[[^]*\])$/.test(trimmed)) return false
  try {
    JSON.parse(trimmed)
    return true
  } catch {
    return false
  }
}

/** A text with its lines, which are looked at more than once. */
interface Read {
  /** Those outside of code blocks, with and without inline code. */
  readonly lines: ReadonlyArray<Line & { readonly prose: string }>
  readonly hasFence: boolean
}

const read = (text: string): Read => {
  const lines = classify(text)
  return {
    lines: lines.filter(({ kind }) => kind !== "fence" && kind !== "code").map((line) => ({
      ...line,
      prose: line.text.replace(inlineCode, " ")
    })),
    hasFence: lines.some(({ kind }) => kind === "fence")
  }
}

/** Two lines of as many words, at least four. */
const isTabular = (lines: ReadonlyArray<string>): boolean => {
  const counts = lines.map((line) => line.trim().split(/\s+/).length).filter((count) => count >= 4)
  return new Set(counts).size < counts.length
}

/** How many lines stand where they do by their blanks: by those inside, by those before. */
const measured = ({ lines }: Read) => {
  const written = lines.filter(({ kind }) => kind !== "blank")
  const isIndented = ({ kind, text }: Line, index: number) => {
    const inList = kind === "continued" || (kind === "item" && index > 0 && written[index - 1]?.kind !== "text")
    return !inList && /^(?: {2}|\t)/.test(text)
  }
  return {
    written,
    drawn: written.filter(({ text }) => boxDrawing.test(text) || /\S\t/.test(text)).length,
    columns:
      written.filter(({ kind, text }) =>
        kind !== "row" && kind !== "head" && kind !== "dashes" && (column.test(text.trim()) || /^ +\d+ \S/.test(text))
      ).length,
    indented: written.filter(isIndented).length
  }
}

const isAligned = (all: Read): boolean => {
  const { columns, drawn, indented, written } = measured(all)
  return written.length >= 2 &&
    (drawn > 0 || columns >= 2 || indented >= 2 || (columns === 1 && isTabular(written.map(({ text }) => text))))
}

/**
 * Whether a text depends on its blanks: columns, a tree, indented code. It has at least two lines.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isPreformatted = (text: string): boolean => {
  const all = read(text)
  return isAligned(all) || (all.lines.length > 1 && (isJson(text) || all.lines.some((line) => diff.test(line.text))))
}

const isCertain = ({ hasFence, lines }: Read): boolean =>
  hasFence ||
  lines.some(({ kind, prose, text }) =>
    kind === "dashes" || (kind === "heading" && /^ {0,3}##/.test(text)) || taskItem.test(text) ||
    certainInline.some((pattern) => pattern.test(prose))
  ) ||
  (lines.some(({ prose }) => knownTag.test(prose)) && !lines.some(({ prose }) => rawTag.test(prose)))

const isLikely = ({ lines }: Read): boolean => {
  const of = (kind: Line["kind"]) => lines.filter((line) => line.kind === kind)
  const headings = of("heading")
  const [first] = lines.filter(({ kind }) => kind !== "blank")
  // Several of the first level, and nothing else, are the comments of a configuration.
  return (headings.length === 1 && first?.kind === "heading") || of("item").length >= 2 || of("quote").length >= 1 ||
    lines.some(({ prose, text }) => prose !== text || emphasis.test(text))
}

const isLiteral = (all: Read): boolean =>
  isAligned(all) ||
  all.lines.some(({ prose, text }) =>
    rawTag.test(prose) || assignment.test(text) || schedule.test(text) || /^(?:< |Traceback \()/.test(text)
  )

/**
 * Whether a text was written as Markdown.
 *
 * Code blocks, tables, links, bold text, second-level headings, ticked lists and DingTalk's colours say so by themselves;
 * lists, quotes, inline code and a single heading do where nothing speaks against it: columns, indentation, raw tags,
 * assignments. JSON and patches are no Markdown, whatever is in them.
 *
 * @since 0.1.0
 * @category decisions
 */
export const looksLikeMarkdown = (text: string): boolean => {
  const all = read(text)
  const first = all.lines.find(({ kind }) => kind !== "blank")?.text
  if (isJson(text) || (first !== undefined && diff.test(first))) return false
  return isCertain(all) || (isLikely(all) && !isLiteral(all))
}
