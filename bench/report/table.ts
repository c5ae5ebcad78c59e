/** Results as text for a terminal. Pure. */
import { type Bar, judge, type ScenarioResult } from "./result.ts"
import { summary } from "./statistics.ts"

/** A number with so many digits behind the point, and thousands told apart; a dash if there is none. */
export const number = (value: number, digits: number): string =>
  Number.isFinite(value)
    ? value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : "–"

/** The median, and behind it the middle half of the samples if they differ. */
export const cell = (samples: ReadonlyArray<number>, digits: number): string => {
  const { high, low, median } = summary(samples)
  const middle = number(median, digits)
  const [from, to] = [number(low, digits), number(high, digits)]
  return samples.length < 2 || from === to ? middle : `${middle} (${from}–${to})`
}

/** Columns as wide as their widest cell; the first one aligned to the left, the others to the right. */
export const align = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row.map((text, column) => column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)).join(
      "  "
    )
  )
}

const goalOf = (goal: number | undefined, met: boolean | undefined, digits: number, unit: string): string =>
  goal === undefined ? "" : `, goal ${number(goal, digits)}${unit} ${met === true ? "met" : "missed"}`

/** A bar on one line, with its verdict first. */
export const barLine = (bar: Bar): string => {
  const { close, goalMet, outcome } = judge(bar)
  const measured = bar.samples.length === 0 ? "not measured" : `${cell(bar.samples, bar.digits)}${bar.unit}`
  return `${outcome.padEnd(5)}  ${bar.title}: ${measured}, bar ${number(bar.limit, bar.digits)}${bar.unit}${
    goalOf(bar.goal, goalMet, bar.digits, bar.unit)
  }${close ? " (close: within the spread)" : ""}`
}

/** A scenario: its table, its bars, its notes. */
export const render = ({ bars, columns, lines, notes, title }: ScenarioResult): string => {
  const rows = [
    ["", ...columns.map((column) => column.title)],
    ...lines.map(({ cells, client }) => [client, ...columns.map(({ digits }, at) => cell(cells[at] ?? [], digits))])
  ]
  return [
    title,
    ...align(rows).map((row) => `  ${row.trimEnd()}`),
    ...bars.map((bar) => `  ${barLine(bar)}`),
    ...notes.map((note) => `  · ${note}`)
  ].join("\n")
}

/** How many bars there are, and which were not reached. */
export const conclusion = (results: ReadonlyArray<ScenarioResult>): string => {
  const bars = results.flatMap((result) => result.bars)
  const short = bars.filter((bar) => judge(bar).outcome === "short")
  const passed = `${bars.length - short.length} of ${bars.length} bars passed`
  return short.length === 0
    ? `${passed}.`
    : [`${passed}; short:`, ...short.map((bar) => `  ${barLine(bar)}`)].join("\n")
}
