/** Plain tables for a terminal. Pure. */

export type Row = ReadonlyArray<string | number>

const shown = (cell: string | number): string => (typeof cell === "number" ? cell.toLocaleString("en-US") : cell)

/** The first column is flush left, the others flush right. */
export const table = (header: Row, rows: ReadonlyArray<Row>): string => {
  const lines = [header, ...rows].map((row) => row.map(shown))
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)))
  const format = (line: ReadonlyArray<string>) =>
    line.map((cell, column) => column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))
      .join("  ").trimEnd()
  const [first = [], ...rest] = lines
  return [format(first), widths.map((width) => "-".repeat(width)).join("  "), ...rest.map(format)].join("\n")
}
