/**
 * Why a scan came to nothing.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * - `refused`: whoever scanned it said no, or DingTalk did
 * - `expired`: nobody scanned it in time
 * - `rejected`: DingTalk does not let this program begin
 * - `unreachable`: DingTalk can't be reached
 * - `odd`: what came is no answer, or leads somewhere else than to DingTalk
 *
 * @since 0.1.0
 * @category models
 */
export type Reason = "refused" | "expired" | "rejected" | "unreachable" | "odd"

/**
 * There are no credentials: **start again**, or create the application by hand.
 *
 * @since 0.1.0
 * @category errors
 */
export class RegistrationError extends Data.TaggedError("RegistrationError")<{
  readonly reason: Reason
  /** What DingTalk or the network said; may be empty. Never a code or a secret. */
  readonly detail: string
}> {
  override get message(): string {
    return `the scan came to nothing (${this.reason}${this.detail === "" ? "" : `: ${this.detail}`})`
  }
}
