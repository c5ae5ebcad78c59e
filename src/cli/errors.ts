/**
 * Why a command ends, beyond the library's own errors.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { StopReason } from "../accounts/AccountStatus.ts"

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

const describe = (account: string, reason: StopReason): string => {
  if (reason._tag !== "ByError") return `account "${account}" was stopped`
  const { error } = reason
  const code = error._tag === "PermanentAuth" ? error.code : undefined
  return `${error._tag}${code === undefined ? "" : ` ${code}`}: ${error.message}`
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
    return [
      "every account has stopped:",
      ...Array.from(this.reasons, ([account, reason]) => `  - ${describe(account, reason)}`)
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
