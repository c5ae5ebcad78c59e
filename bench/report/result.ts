/** What a scenario gives: numbers by client, and the bars that they are held against. Pure. */
import { type Summary, summary } from "./statistics.ts"

/** A column of a scenario's table. */
export interface Column {
  readonly title: string
  /** Digits behind the point. */
  readonly digits: number
}

/** A line of a scenario's table: a client and its samples, by column. */
export interface Line {
  readonly client: string
  readonly cells: ReadonlyArray<ReadonlyArray<number>>
}

/** A bar: what was measured has to stay at or below it. */
export interface Bar {
  readonly title: string
  /** One for each repetition; their median is judged. */
  readonly samples: ReadonlyArray<number>
  readonly limit: number
  /** What is hoped for, beyond the limit. */
  readonly goal?: number | undefined
  /** Such as `×` or ` ms`. */
  readonly unit: string
  readonly digits: number
}

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly columns: ReadonlyArray<Column>
  readonly lines: ReadonlyArray<Line>
  readonly bars: ReadonlyArray<Bar>
  readonly notes: ReadonlyArray<string>
}

export interface Verdict extends Summary {
  readonly outcome: "pass" | "short"
  /** The bar lies within the middle half of the samples: another run may say otherwise. */
  readonly close: boolean
  /** Undefined if there is none. */
  readonly goalMet: boolean | undefined
}

/** Without a sample, a bar is not reached. */
export const judge = ({ goal, limit, samples }: Bar): Verdict => {
  const measured = summary(samples)
  return {
    ...measured,
    outcome: measured.median <= limit ? "pass" : "short",
    close: samples.length > 1 && measured.low <= limit && limit < measured.high,
    goalMet: goal === undefined ? undefined : measured.median <= goal
  }
}

/** The samples of a client in a column. */
export const samplesOf = (result: ScenarioResult, client: string, column: string): ReadonlyArray<number> =>
  result.lines.find((line) => line.client === client)?.cells[
    result.columns.findIndex(({ title }) => title === column)
  ] ?? []
