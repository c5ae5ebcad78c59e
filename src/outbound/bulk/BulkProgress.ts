/**
 * How far a message to many has come: what is known of each person, and what follows from it. Pure.
 *
 * @since 0.1.0
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ApiError } from "../api/ApiError.ts"
import type { Sent } from "../robot/RobotApi.ts"

/**
 * What is known of one person; plain data, to be written to a file and read back.
 *
 * - `sent`: DingTalk took the message.
 * - `refused`: DingTalk will not deliver it, and would not the next time.
 * - `unknown`: it may have been sent, or not: the call is under way, or its answer was lost.
 * - `failed`: it certainly was not sent; trying again may help.
 *
 * @example
 * import { DingTalkBulk } from "effect-dingtalk"
 * import { Schema } from "effect"
 *
 * const readLine = Schema.decode(Schema.parseJson(DingTalkBulk.UserOutcome))
 *
 * @since 0.1.0
 * @category schemas
 */
export const UserOutcome = Schema.Union(
  Schema.Struct({
    userId: Schema.String,
    outcome: Schema.Literal("sent"),
    messageId: Schema.UndefinedOr(Schema.String)
  }),
  Schema.Struct({
    userId: Schema.String,
    outcome: Schema.Literal("refused"),
    reason: Schema.Literal("invalid", "flowControlled", "filtered")
  }),
  Schema.Struct({ userId: Schema.String, outcome: Schema.Literal("unknown", "failed"), detail: Schema.String })
).annotations({ identifier: "UserOutcome" })

/**
 * The type of the schema {@link UserOutcome}.
 *
 * @since 0.1.0
 * @category models
 */
export type UserOutcome = typeof UserOutcome.Type

/**
 * How many people there are of each.
 *
 * @since 0.1.0
 * @category models
 */
export interface Counts {
  /** Everybody. */
  readonly total: number
  readonly sent: number
  readonly refused: number
  readonly unknown: number
  readonly failed: number
}

/**
 * What became of everybody, by staff id: who is not in it was not tried.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcomes = HashMap.HashMap<string, UserOutcome>

/**
 * What became of everybody by a list, in which a later outcome replaces an earlier one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const latest = (outcomes: Iterable<UserOutcome>): Outcomes =>
  HashMap.fromIterable(Array.from(outcomes, (outcome) => [outcome.userId, outcome]))

/**
 * What became of one; `undefined` for who was not tried.
 *
 * @since 0.1.0
 * @category decisions
 */
export const outcomeOf = (outcomes: Outcomes, userId: string): UserOutcome["outcome"] | undefined =>
  Option.getOrUndefined(HashMap.get(outcomes, userId))?.outcome

/**
 * Who is still to be sent to, each once and in order: those of whom nothing is known or whose call failed; also those of
 * whom it is unknown, if `againUnknown`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const remaining = (
  userIds: Iterable<string>,
  outcomes: Outcomes,
  againUnknown: boolean
): ReadonlyArray<string> =>
  [...new Set(userIds)].filter((userId) => {
    const outcome = outcomeOf(outcomes, userId)
    return outcome === undefined || outcome === "failed" || (againUnknown && outcome === "unknown")
  })

/**
 * The counts of these people.
 *
 * @since 0.1.0
 * @category decisions
 */
export const count = (userIds: Iterable<string>, outcomes: Outcomes): Counts => {
  const everybody = [...new Set(userIds)]
  const of = (outcome: UserOutcome["outcome"]) =>
    everybody.filter((userId) => outcomeOf(outcomes, userId) === outcome).length
  return {
    total: everybody.length,
    sent: of("sent"),
    refused: of("refused"),
    unknown: of("unknown"),
    failed: of("failed")
  }
}

/**
 * The counts after somebody's outcome was replaced.
 *
 * @since 0.1.0
 * @category decisions
 */
export const replace = (
  counts: Counts,
  before: UserOutcome["outcome"] | undefined,
  after: UserOutcome["outcome"]
): Counts => {
  const less = before === undefined ? counts : { ...counts, [before]: counts[before] - 1 }
  return { ...less, [after]: less[after] + 1 }
}

/**
 * The outcomes of a call that was answered.
 *
 * @since 0.1.0
 * @category decisions
 */
export const ofSent = (userIds: ReadonlyArray<string>, { messageId, refused }: Sent): ReadonlyArray<UserOutcome> => {
  const reasons = new Map(refused.map(({ reason, userId }) => [userId, reason]))
  return userIds.map((userId) => {
    const reason = reasons.get(userId)
    return reason === undefined
      ? { userId, outcome: "sent", messageId }
      : { userId, outcome: "refused", reason }
  })
}

/**
 * What to do about a call that failed.
 *
 * - `wait`: nothing was done; the same call may succeed later.
 * - `split`: one of the people may be to blame; the others need not suffer.
 * - `note`: it is of consequence for these people only.
 * - `stop`: every other call would fail in the same way.
 *
 * @since 0.1.0
 * @category models
 */
export type Remedy =
  | { readonly _tag: "wait"; readonly ms: number }
  | { readonly _tag: "split" }
  | { readonly _tag: "note"; readonly outcome: "unknown" | "failed" }
  | { readonly _tag: "stop" }

/**
 * How long to wait after an error that names no time, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const waitMs = 30_000

const aboutPeople = /^(?:userIds?|staffId|receivers)/i

/**
 * Decides what to do about a failed call for so many people.
 *
 * @since 0.1.0
 * @category decisions
 */
export const remedyFor = (error: ApiError, people: number): Remedy => {
  const theirs: Remedy = people > 1 ? { _tag: "split" } : { _tag: "note", outcome: "failed" }
  switch (error._tag) {
    case "Throttled":
      return { _tag: "wait", ms: error.retryAfterMs }
    case "Unavailable":
      return { _tag: "wait", ms: waitMs }
    case "TargetGone":
      return theirs
    case "BadRequest":
      return error.field !== undefined && aboutPeople.test(error.field) ? theirs : { _tag: "stop" }
    case "Ambiguous":
      return { _tag: "note", outcome: "unknown" }
    case "CredentialsRejected":
    case "PermissionDenied":
    case "IpNotAllowed":
    case "QuotaExhausted":
    case "TooLarge":
      return { _tag: "stop" }
  }
}
