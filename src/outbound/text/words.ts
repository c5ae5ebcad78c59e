/**
 * The words of a Markdown text, as a chat list shows them. Pure.
 *
 * @since 0.1.0
 */
import { withoutEmphasis } from "./internal/emphasis.ts"
import { classify, type Line } from "./internal/lines.ts"
import { furthest, graphemeEnd } from "./internal/measure.ts"
import { cells } from "./internal/table.ts"

/**
 * The longest title made from a text, in characters.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTitle = 64

const blankTitle = "通知"

/** No more of a line is looked at: a title shows less of it. */
const longestLine = 1_024

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  copy: "©",
  gt: ">",
  hellip: "…",
  ldquo: "“",
  lt: "<",
  mdash: "—",
  middot: "·",
  nbsp: " ",
  ndash: "–",
  quot: "\"",
  rdquo: "”",
  reg: "®",
  trade: "™",
  yen: "¥"
}

const entity = (whole: string, name: string): string => {
  if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole
}

const tags =
  "a|abbr|b|big|blockquote|br|center|code|del|details|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|s|" +
  "samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul"
const tag = new RegExp(`</?(?:${tags})(?:\\s[^<>]*)?/?>`, "gi")

/** A marker whose other half stands elsewhere: on a later line, or behind what is looked at. */
const withoutHalves = (text: string): string =>
  text.replace(/(?<![/*\s])\*{2,3}(?![/*])|(?<![/*])\*{2,3}(?![/*\s])/g, "")

/** Behind an escape, what is no markup: kept apart until all markup is gone. */
const escaped = /\\([!-/:-@[-`{-~])/g
const privateUse = 0xe000

const inline = (text: string): string =>
  withoutHalves(withoutEmphasis(
    text
      .replace(escaped, (_, character: string) => String.fromCharCode(privateUse + character.charCodeAt(0)))
      .replace(/<!--.*?(?:-->|$)/g, " ")
      .replace(/!\[([^\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*(?:\)|$)|\[[^\]]*\])/g, "$1")
      .replace(/\[\^[^\]]*\]/g, "")
      .replace(/\[([^\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*(?:\)|$)|\[[^\]]*\])/g, "$1")
      .replace(/<((?:https?|mailto|dingtalk):[^\s<>]*)>/gi, "$1")
      .replace(/<br\s*\/?>/gi, " ")
      .replace(tag, "")
      .replace(/&(#x?[\da-f]{1,6}|[a-z]{2,8});/gi, entity)
  )).replace(/[\ue021-\ue07e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - privateUse))

/** Inline code is words as they stand. */
const withCode = (text: string): string =>
  text.split(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/).map((part, index) =>
    index % 3 === 0 ? inline(part) : index % 3 === 1 ? "" : part
  ).join("")

const blockMarks = /^\s*(?:>[ \t]?|#{1,6}(?=[ \t])|[-*+][ \t]+(?:\[[ xX]\](?=[ \t]|$))?|\d{1,9}[.)][ \t]+)/

const withoutMarks = (text: string): string => {
  const bare = text.replace(blockMarks, "")
  return bare === text ? text.replace(/^\s*#+/, "") : withoutMarks(bare)
}

const wordsOf = ({ kind, text }: Line): string => {
  const line = text.slice(0, longestLine)
  switch (kind) {
    case "blank":
    case "fence":
    case "dashes":
    case "rule":
      return ""
    case "code":
      return line
    case "head":
    case "row":
      return cells(line).map(withCode).join(" ")
    case "heading":
      return withCode(withoutMarks(line).replace(/[ \t]#+[ \t]*$/, ""))
    case "quote":
    case "item":
    case "continued":
    case "text":
      // A row without its table is one all the same.
      return /^\s*\|.*\|\s*$/.test(line) ? cells(line).map(withCode).join(" ") : withCode(withoutMarks(line))
  }
}

const hasWords = (text: string): boolean => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)

/** Nothing but marks, such as an unfinished table. */
const isMarks = (text: string): boolean => /^[\s#>*_~`|=+:-]*$/.test(text)

/**
 * What a chat list shows of a Markdown text: the words of its first line, without markup; of the first line that has
 * words if that has none; `通知` if none has. At most {@link maxTitle} characters; no grapheme is cut.
 *
 * @since 0.1.0
 * @category decisions
 */
export const titleOf = (text: string): string => {
  let marks: string | undefined
  for (const line of classify(text)) {
    const words = wordsOf(line).replace(/\s+/g, " ").trim()
    if (hasWords(words)) return words.slice(0, graphemeEnd(words, 0, furthest(words, 0, maxTitle, Infinity))).trim()
    if (!isMarks(words)) marks ??= words
  }
  return marks === undefined
    ? blankTitle
    : marks.slice(0, graphemeEnd(marks, 0, furthest(marks, 0, maxTitle, Infinity)))
}
