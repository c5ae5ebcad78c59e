/** Tables of Markdown: a head, a line of dashes under it, rows. */

const delimiter = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\r?$/

/** The cells of a row; a `\|` divides none. */
export const cells = (row: string): ReadonlyArray<string> => {
  const inner = row.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "")
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim())
}

/** Whether two lines begin a table: a head, and dashes for as many columns. */
export const isHead = (head: string, dashes: string): boolean =>
  head.includes("|") && dashes.includes("|") && delimiter.test(dashes) && cells(head).length === cells(dashes).length

const otherBlock = /^ {0,3}(?:`{3}|~{3}|>|#{1,6}(?:[ \t]|$)|[-*+][ \t]|\d{1,9}[.)][ \t]|(?:[-*_][ \t]*){3,}$)/

/** Whether a line is no row of the table before it. */
export const endsTable = (line: string): boolean => line.trim() === "" || otherBlock.test(line)
