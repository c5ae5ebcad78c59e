/**
 * Where an account stands, as the page is told of it. Pure.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import type { AccountStatus, StopReason } from "../accounts/AccountStatus.ts"
import type { DingTalkError } from "../DingTalkError.ts"
import * as ConsoleHints from "../internal/consoleHints.ts"
import type { Sentence, Status, Trouble } from "./Protocol.ts"

/**
 * What to do about an error, in the languages that somebody knows; undefined where nobody has to do anything.
 *
 * @since 0.1.0
 * @category models
 */
export type HintOf = (error: DingTalkError) => Sentence | undefined

/**
 * The library's own hints.
 *
 * @since 0.1.0
 * @category decisions
 */
export const english: HintOf = (error) =>
  error._tag === "PermanentAuth"
    ? { en: error.hint }
    : error._tag === "StreamStall"
    ? { en: ConsoleHints.published }
    : undefined

const whatOf = (error: DingTalkError): string => {
  if (error._tag === "StreamStall") return `${error.strikes} × ≤ ${error.lastDurationMs} ms`
  const { code, detail, requestId, status } = error
  const facts = [
    // Of a connection it is a close code.
    ...(status === undefined ? [] : [`${error._tag === "PermanentAuth" ? "HTTP" : "status"} ${status}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`])
  ]
  return [detail, facts.join(", ")].filter((part) => part !== "").join(" · ")
}

const troubleOf = (error: DingTalkError, hintOf: HintOf): Trouble => {
  const hint = hintOf(error)
  return {
    error: error._tag,
    ...(error._tag === "Transient" ? { reason: error.reason } : {}),
    what: whatOf(error),
    ...(hint === undefined ? {} : { hint })
  }
}

const stopped = (reason: StopReason, hintOf: HintOf): Pick<Status, "byRequest" | "trouble"> => {
  switch (reason._tag) {
    case "ByRequest":
      return { byRequest: true }
    case "ByError":
      return { trouble: troubleOf(reason.error, hintOf) }
    case "ByDefect":
      return { trouble: { error: "Defect", what: Cause.pretty(reason.cause).split("\n")[0] ?? "" } }
  }
}

/**
 * A status for the page.
 *
 * @since 0.1.0
 * @category rendering
 */
export const of = (status: AccountStatus, hintOf: HintOf): Status => {
  switch (status._tag) {
    case "BackingOff":
      return { name: status._tag, until: status.until, trouble: troubleOf(status.error, hintOf) }
    case "Stopped":
      return { name: status._tag, since: status.since, ...stopped(status.reason, hintOf) }
    default:
      return { name: status._tag, since: status.since }
  }
}
