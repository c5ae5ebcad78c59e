/**
 * Markdown as DingTalk shows it to a person, as plain text. Pure.
 *
 * Single line breaks are joined; a line ends behind two spaces, a backslash or `<br>`. Tables and lists need an empty
 * line before them, else they are part of the paragraph. That runs of blanks become one, and that unknown tags vanish, is
 * what a renderer of HTML does: ours, as no source speaks of it.
 */

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: "\"", nbsp: "\u00a0" }

const entity = (whole: string, name: string): string =>
  /^#\d+$/.test(name) ? String.fromCodePoint(Math.min(Number(name.slice(1)), 0x10ffff)) : entities[name] ?? whole

/** Escapes, code, pictures, links, bare links, tags, strong, emphasis of both kinds, entities. */
const inline = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/,
    /(?<ticks>`+)(?<code>[^]*?[^`])\k<ticks>(?!`)/,
    /(?<picture>!\[[^\]]*\]\([^)]*\))/,
    /\[(?<link>(?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/,
    /<(?<address>https?:[^>\s]+)>/,
    /(?<tag><\/?[A-Za-z][^>]*>)/,
    /(?<mark>\*\*|__|~~)(?=\S)(?<strong>[^]*?\S)\k<mark>/,
    /\*(?=\S)(?<star>[^*]*?\S)\*/,
    /(?<!\w)_(?=\S)(?<line>[^_]*?\S)_(?!\w)/,
    /&(?<entity>#\d+|\w+);/
  ].map(({ source }) => source).join("|"),
  "gu"
)

/** The words of a line. */
const words = (text: string): string =>
  text.replace(inline, (whole, ...rest) => {
    const found: Readonly<Record<string, string | undefined>> = rest.at(-1)
    const { address, code, entity: name, escaped, line, link, picture, star, strong, tag } = found
    if (picture !== undefined) return "[图片]"
    if (tag !== undefined) return ""
    if (name !== undefined) return entity(whole, name)
    const literal = escaped ?? code ?? address
    if (literal !== undefined) return literal
    return words(link ?? strong ?? star ?? line ?? "")
  })

/** A paragraph: its lines become one, unless a line says that it ends. */
const paragraph = (lines: ReadonlyArray<string>): string =>
  lines.map((line) => line.trimStart())
    .join("\n")
    .replace(/(?: {2,}|\\|<br\s*\/?>)[ \t]*\n|<br\s*\/?>/gi, "\r")
    .replace(/[ \t\n]+/g, " ")
    .split("\r").map((line) => words(line.trim())).join("\n")

const fence = /^ {0,3}(`{3,}|~{3,})/
const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/
const rule = /^ {0,3}(?:-(?:\s*-){2,}|\*(?:\s*\*){2,}|_(?:\s*_){2,})\s*$/
const item = /^(\s*)(?:[-*+]|(\d{1,9}[.)]))\s+(.*)$/
const quote = /^ {0,3}> ?(.*)$/
const delimiter = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/

const cells = (row: string): string =>
  row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => words(cell.trim())).join(" | ")

/** How many of the first lines are like this. */
const run = (lines: ReadonlyArray<string>, is: (line: string) => boolean): number => {
  const end = lines.findIndex((line) => !is(line))
  return end === -1 ? lines.length : end
}

const isBlank = (line: string): boolean => line.trim() === ""

/** What begins a block in the middle of a paragraph. */
const interrupts = (line: string): boolean => [fence, heading, rule, quote].some((block) => block.test(line))

/** The first block, as it is shown, and how many lines it takes. */
const block = (lines: ReadonlyArray<string>): readonly [shown: string, taken: number] => {
  const [first = "", second = ""] = lines
  const opened = fence.exec(first)?.[1]
  if (opened !== undefined) {
    const inside = run(lines.slice(1), (line) => !(fence.test(line) && line.trim().startsWith(opened)))
    return [lines.slice(1, 1 + inside).join("\n"), Math.min(inside + 2, lines.length)]
  }
  const title = heading.exec(first)?.[1]
  if (title !== undefined) return [words(title), 1]
  if (rule.test(first)) return ["———", 1]
  if (quote.test(first)) {
    const taken = run(lines, (line) => quote.test(line))
    const inside = lines.slice(0, taken).map((line) => quote.exec(line)?.[1] ?? "").join("\n")
    return [shown(inside).split("\n").map((line) => `│ ${line}`).join("\n"), taken]
  }
  if (first.includes("|") && second.includes("|") && delimiter.test(second)) {
    const rows = run(lines.slice(2), (line) => line.includes("|"))
    return [[first, ...lines.slice(2, 2 + rows)].map(cells).join("\n"), rows + 2]
  }
  const listed = item.exec(first)
  const lazy = 1 + run(lines.slice(1), (line) => !isBlank(line) && !interrupts(line) && !(listed && item.test(line)))
  if (listed === null) return [paragraph(lines.slice(0, lazy)), lazy]
  const [, indent = "", number = "•", text = ""] = listed
  return [`${indent}${number} ${paragraph([text, ...lines.slice(1, lazy)])}`, lazy]
}

/** The whole text as a person sees it, a block on each line or more. */
export const shown = (text: string): string => {
  const blocks: Array<string> = []
  let lines: ReadonlyArray<string> = text.split(/\r\n?|\n/)
  while (lines.length > 0) {
    const blanks = run(lines, isBlank)
    lines = lines.slice(blanks)
    if (lines.length === 0) break
    const [one, taken] = block(lines)
    blocks.push(one)
    lines = lines.slice(taken)
  }
  return blocks.join("\n")
}
