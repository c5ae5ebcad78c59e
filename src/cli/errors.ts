/**
 * Why a command ends, beyond the library's own errors.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Match from "effect/Match"
import type { StopReason } from "../accounts/AccountStatus.ts"
import { catalogue, type Words } from "./words/Catalogue.ts"
import { messageOf } from "./words/hintOf.ts"

/**
 * The command line can't be used: **mend** it.
 *
 * @since 0.1.0
 * @category errors
 */
export class UsageError extends Data.TaggedError("UsageError")<{
  /** What is wrong and what would be right. */
  readonly problem: string
}> {
  override get message(): string {
    return this.problem
  }
}

const describe = (words: Words, account: string, reason: StopReason): string => {
  if (reason._tag !== "ByError") return words.ending.stoppedByRequest(account)
  const { error } = reason
  return Match.valueTags(error, {
    PermanentAuth: (error) =>
      `PermanentAuth${error.code === undefined ? "" : ` ${error.code}`}: ${messageOf(words, error)}`,
    StreamStall: (error) =>
      words.locale === "en"
        ? `StreamStall: ${error.message}`
        : `StreamStall: ${
          words.ending.stalled(account, error.strikes, error.lastDurationMs)
        }${words.hints.reasons.rejected}`
  })
}

/**
 * Every account has stopped on a permanent error: nothing will arrive any more. **Stop**, and let a person act.
 *
 * @since 0.1.0
 * @category errors
 */
export class AccountsStopped extends Data.TaggedError("AccountsStopped")<{
  readonly reasons: ReadonlyMap<string, StopReason>
}> {
  override get message(): string {
    return this.inWords(catalogue.en)
  }
  /** The same in any language. */
  inWords(words: Words): string {
    return [
      words.ending.accountsStopped,
      ...Array.from(this.reasons, ([account, reason]) => `  - ${describe(words, account, reason)}`)
    ].join("\n")
  }
}

/**
 * Not everything that was asked for was done; what was not has been told.
 *
 * @since 0.1.0
 * @category errors
 */
export class Incomplete extends Data.TaggedError("Incomplete")<{}> {
  override get message(): string {
    return "not everything was done"
  }
}

/**
 * `doctor` found something; it has said what.
 *
 * @since 0.1.0
 * @category errors
 */
export class ChecksFailed extends Data.TaggedError("ChecksFailed")<{
  /** Whether DingTalk refuses an account for good. */
  readonly refused: boolean
}> {
  override get message(): string {
    return "some checks failed"
  }
}
