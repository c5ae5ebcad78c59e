/**
 * Markdown as DingTalk reads it, as tokens. Pure.
 *
 * It knows headings, strong and emphasis, quotes, lists, links, pictures, code, tables and rules. A paragraph's line breaks
 * are joined unless two blanks or `<br>` stand before them; a list or a table without an empty line before it is a part of
 * the paragraph; tags are not shown.
 *
 * @since 0.1.0
 */
import { Lexer, type Token } from "marked"

const isFence = (line: string): boolean => /^ {0,3}(?:`{3,}|~{3,})/.test(line)

const isBlank = (line: string): boolean => line.trim() === ""

const isItem = (line: string): boolean => /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/.test(line)

const isRow = (line: string): boolean => /^\s*\|.*\|\s*$/.test(line)

const isPlain = (line: string): boolean =>
  !isBlank(line) && !isItem(line) && !isRow(line) && !/^ {0,3}(?:#{1,6}\s|>|[-*_]{3,}\s*$)/.test(line)

/**
 * What DingTalk takes for a part of the paragraph, kept from looking like a list or a table.
 *
 * @since 0.1.0
 * @category decisions
 */
export const joined = (markdown: string): string => {
  const { lines } = markdown.split(/\r\n?|\n/).reduce<
    { readonly lines: ReadonlyArray<string>; readonly isCode: boolean; readonly inParagraph: boolean }
  >(
    ({ inParagraph, isCode, lines }, line) => {
      if (isFence(line)) return { lines: [...lines, line], isCode: !isCode, inParagraph: false }
      if (isCode) return { lines: [...lines, line], isCode, inParagraph: false }
      return inParagraph && (isItem(line) || isRow(line))
        ? {
          lines: [
            ...lines,
            line.replace(/^(\s*)([-*+|]|\d{1,9}(?=[.)]))/, "$1\\$2").replace(/^(\s*)\\(\d+)/, "$1$2\\")
          ],
          isCode,
          inParagraph
        }
        : {
          lines: [...lines, line],
          isCode,
          inParagraph: isPlain(line) || (inParagraph && !isBlank(line) && isPlain(line))
        }
    },
    { lines: [], isCode: false, inParagraph: false }
  )
  return lines.join("\n")
}

/**
 * @since 0.1.0
 * @category parsing
 */
export const tokens = (markdown: string): ReadonlyArray<Token> =>
  Lexer.lex(joined(markdown), { gfm: true, breaks: false })
