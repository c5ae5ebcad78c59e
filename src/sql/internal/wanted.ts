/** What an inbox reads next. */

interface Asked {
  /** How often all was forgotten before: what was asked for before that is of no use any more. */
  readonly epoch: number
  readonly after: number
  readonly upTo: number
  readonly most: number
}

/** What of a conversation is not in memory. */
interface OfLine extends Asked {
  readonly _tag: "Line"
  readonly line: string
}

/** What nobody has looked at yet. */
interface Scan extends Asked {
  readonly _tag: "Scan"
  readonly without: ReadonlyArray<string>
}

export type Wanted = OfLine | Scan
