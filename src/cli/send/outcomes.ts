/**
 * What became of a message for each of many targets: lines that are printed, and read back to go on. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { isRecord } from "../../internal/json.ts"
import { toJson } from "../text/printable.ts"
import type { Words } from "../words/Catalogue.ts"
import { format, lines, type Recipient, shortened } from "./recipients.ts"

/**
 * What is known of one target; `to` is written as `--to` takes it.
 *
 * - `sent`: DingTalk took the message.
 * - `refused`: DingTalk will not deliver it, and would not the next time.
 * - `unknown`: it may have been sent, or not.
 * - `failed`: it certainly was not sent; trying again may help.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  & { readonly to: string }
  & (
    | { readonly outcome: "sent"; readonly messageId: string | undefined; readonly outTrackId?: string }
    | { readonly outcome: "refused"; readonly reason: string }
    | { readonly outcome: "unknown"; readonly detail: string }
    | { readonly outcome: "failed"; readonly detail: string }
  )

type Kind = Outcome["outcome"]

const kinds: ReadonlyArray<Kind> = ["sent", "refused", "unknown", "failed"]

/**
 * How many targets there are, and what became of how many.
 *
 * @since 0.1.0
 * @category models
 */
export type Counts = Readonly<Record<Kind | "total", number>>

/**
 * How far it has come.
 *
 * @since 0.1.0
 * @category models
 */
export interface State {
  /** Of those that nothing will change any more. */
  readonly counts: Counts
  /** What was told last, which the next step may replace. */
  readonly pending: ReadonlyArray<Outcome>
}

/**
 * Nothing has been done yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const initial = (total: number): State => ({
  counts: { total, sent: 0, refused: 0, unknown: 0, failed: 0 },
  pending: []
})

/**
 * Takes a step. A step announces its targets as `unknown` and the next one says what became of them: what a step
 * replaces was not final, and the rest of what was pending is.
 *
 * @since 0.1.0
 * @category decisions
 */
export const advance = (
  { counts, pending }: State,
  step: ReadonlyArray<Outcome>
): readonly [final: ReadonlyArray<Outcome>, next: State] => {
  const replaced = new Set(step.map(({ to }) => to))
  const final = pending.filter(({ to }) => !replaced.has(to))
  const of = (kind: Kind) => counts[kind] + final.filter(({ outcome }) => outcome === kind).length
  return [final, {
    counts: { ...counts, sent: of("sent"), refused: of("refused"), unknown: of("unknown"), failed: of("failed") },
    pending: step
  }]
}

/**
 * An outcome as a line of JSON.
 *
 * @since 0.1.0
 * @category rendering
 */
export const line = (outcome: Outcome): string => toJson(outcome)

const json = (text: string): unknown => Either.getOrUndefined(Either.try((): unknown => JSON.parse(text)))

/** A line that ends too early, as a full disk or a crash leaves it; and whom it tells of, if it got that far. */
const torn = /^\{"to":(?:("(?:[^"\\]|\\.)*"),|"|$)|^\{(?:"(?:t(?:o"?)?)?)?$/

/**
 * What an earlier run has printed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Earlier {
  /** Who was last said to be what. */
  readonly outcomes: ReadonlyMap<string, Kind>
  /** The numbers of the lines that end too early. Whom they tell of is `unknown`. */
  readonly torn: ReadonlyArray<number>
}

/**
 * Reads the lines that an earlier run has printed. Or says which lines are something else; `name` is what to call them.
 *
 * @since 0.1.0
 * @category parsing
 */
export const fromLines = (
  name: string,
  text: string
): Either.Either<Earlier, ReadonlyArray<string>> => {
  const outcomes = new Map<string, Kind>()
  const tornLines: Array<number> = []
  const problems: Array<string> = []
  for (const { number, text: each } of lines(text)) {
    const read = json(each)
    const kind = isRecord(read) ? kinds.find((kind) => kind === read["outcome"]) : undefined
    const to = isRecord(read) ? read["to"] : undefined
    const rest = read === undefined ? torn.exec(each) : null
    if (kind !== undefined && typeof to === "string") outcomes.set(to, kind)
    else if (rest !== null) {
      tornLines.push(number)
      const whom = json(rest[1] ?? "")
      if (typeof whom === "string") outcomes.set(whom, "unknown")
    } else problems.push(`${name}, line ${number}: no line that send has printed for many targets`)
  }
  return problems.length > 0 ? Either.left(shortened(problems)) : Either.right({ outcomes, torn: tornLines })
}

/**
 * What there is to do after an earlier run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Remaining<A> {
  /** Those that it did not try or that failed; those of whom it is unknown only on demand. */
  readonly targets: ReadonlyArray<A>
  /** Of how many it is left unknown whether they have got it. */
  readonly unknown: number
  /** How many will not get it. */
  readonly refused: number
}

/**
 * To whom to send after an earlier run.
 *
 * @since 0.1.0
 * @category decisions
 */
export const remaining = <A extends Recipient>(
  targets: ReadonlyArray<A>,
  known: ReadonlyMap<string, Kind>,
  againUnknown: boolean
): Remaining<A> => {
  const kinds = targets.map((target) => known.get(format(target)))
  const isLeft = (kind: Kind | undefined) =>
    kind === undefined || kind === "failed" || (kind === "unknown" && againUnknown)
  return {
    targets: targets.filter((_, index) => isLeft(kinds[index])),
    unknown: againUnknown ? 0 : kinds.filter((kind) => kind === "unknown").length,
    refused: kinds.filter((kind) => kind === "refused").length
  }
}

/**
 * Who is left out of a run that goes on with an earlier one; empty when everybody else has got it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const leftOut = (
  { sending }: Words,
  { refused, unknown }: Omit<Remaining<unknown>, "targets">
): string =>
  [
    ...(unknown === 0 ? [] : [sending.unknownLeft(unknown)]),
    ...(refused === 0 ? [] : [sending.refusedLeft(refused)])
  ].join(sending.semicolon)

const done = ({ failed, refused, sent, unknown }: Counts): number => sent + refused + unknown + failed

const rest = ({ sending }: Words, counts: Counts): ReadonlyArray<string> => [
  ...(["refused", "unknown", "failed"] as const).filter((kind) => counts[kind] > 0).map((kind) =>
    sending.ofOutcome(counts[kind], sending.outcomes[kind])
  ),
  ...(done(counts) < counts.total ? [sending.notTried(counts.total - done(counts))] : [])
]

/**
 * The result in one line: `97 of 100 sent, 2 refused, 1 not tried`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const summary = (words: Words, counts: Counts): string =>
  [words.sending.sent(counts.sent, counts.total), ...rest(words, counts)].join(words.sending.comma)

/**
 * Whether everybody was sent to.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isComplete = (counts: Counts): boolean => counts.sent === counts.total

const barWidth = 24

/**
 * How far it has come, as a bar; at most `columns` characters.
 *
 * @since 0.1.0
 * @category rendering
 */
export const bar = (counts: Counts, columns: number): string => {
  const filled = counts.total === 0 ? barWidth : Math.floor(barWidth * done(counts) / counts.total)
  const others = (["refused", "unknown", "failed"] as const).filter((kind) => counts[kind] > 0).map((kind) =>
    `, ${counts[kind]} ${kind}`
  )
  return `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${done(counts)}/${counts.total}${others.join("")}`
    .slice(0, columns)
}
