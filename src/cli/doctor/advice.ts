/**
 * What to do about a failure, and when a clock is wrong. Pure.
 *
 * @since 0.1.0
 */
import { troubleOf } from "../../internal/net/networkTrouble.ts"
import type { Words } from "../words/Catalogue.ts"
import * as Finding from "./Finding.ts"

/**
 * What to do about a network failure, by the system's code.
 *
 * @since 0.1.0
 * @category decisions
 */
export const forCode = (words: Words, code: string): string => {
  const trouble = troubleOf(code)
  return trouble === undefined ? words.hints.otherTrouble : words.hints.remedies[trouble]
}

/** Seconds by which a clock may be off: a `Date` header knows only whole seconds, and the answer took its time. */
const toleratedSeconds = 30

/**
 * Compares this machine's clock, in milliseconds since 1970, with the `Date` header of an answer.
 *
 * @since 0.1.0
 * @category decisions
 */
export const clock = (words: Words, account: string, now: number, date: string | undefined): Finding.Finding => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) {
    return Finding.make(account, "clock", words.doctor.noDate, { status: "warn" })
  }
  const seconds = Math.round((now - theirs) / 1_000)
  if (Math.abs(seconds) <= toleratedSeconds) return Finding.make(account, "clock", words.doctor.clockAgrees)
  return Finding.make(
    account,
    "clock",
    seconds > 0 ? words.doctor.clockAhead(seconds) : words.doctor.clockBehind(-seconds),
    { status: "warn", todo: words.hints.setClock }
  )
}
