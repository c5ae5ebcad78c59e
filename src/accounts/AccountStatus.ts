/**
 * What is true of an account right now.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Equal from "effect/Equal"
import * as Iterable from "effect/Iterable"
import type { PermanentError, StreamStall, Transient } from "../DingTalkError.ts"

/**
 * Why an account is stopped.
 *
 * @since 0.1.0
 * @category models
 */
export type StopReason = Data.TaggedEnum<{
  /** Somebody stopped it, or it was never started. */
  readonly ByRequest: {}
  /** DingTalk refuses it: it stays stopped until a person acts. */
  readonly ByError: { readonly error: PermanentError }
  /** A defect: a bug of ours or of a transport. */
  readonly ByDefect: { readonly cause: Cause.Cause<unknown> }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const StopReason = Data.taggedEnum<StopReason>()

/**
 * Where an account stands. Times are in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export type AccountStatus = Data.TaggedEnum<{
  /** A ticket or a handshake is under way; no connection is up. */
  readonly Connecting: { readonly since: number }
  /** Another process of the cluster holds the connection, or is about to: this one handles what it is given. */
  readonly Standby: { readonly since: number }
  /** The WebSocket upgrade succeeded: messages arrive. */
  readonly Connected: { readonly since: number }
  /** The last try failed, or the connection ended; the next try comes at `until`. */
  readonly BackingOff: { readonly until: number; readonly error: Transient | StreamStall }
  /** A stop was asked for; handlers finish and the connection closes, within the bounds. */
  readonly Stopping: { readonly since: number }
  /** Nothing runs. An account that is being restarted is never said to be stopped. */
  readonly Stopped: { readonly since: number; readonly reason: StopReason }
}>

/**
 * Constructors and matchers (`AccountStatus.$match`, `AccountStatus.$is`).
 *
 * @since 0.1.0
 * @category constructors
 */
export const AccountStatus = Data.taggedEnum<AccountStatus>()

/**
 * The status of each account, by id, in the order of the configuration.
 *
 * @since 0.1.0
 * @category models
 */
export type Statuses = ReadonlyMap<string, AccountStatus>

/**
 * The name of a reason, for metrics and logs: the tag of the error, or the reason's own.
 *
 * @since 0.1.0
 * @category accessors
 */
export const nameOf = (reason: StopReason): string => reason._tag === "ByError" ? reason.error._tag : reason._tag

/**
 * Whether there are accounts and all of them are stopped.
 *
 * @since 0.1.0
 * @category guards
 */
export const allStopped = (statuses: Statuses): boolean =>
  statuses.size > 0 && [...statuses.values()].every(({ _tag }) => _tag === "Stopped")

/**
 * Whether two statuses are the same. By their tags first: what is compared by its parts keeps its hash.
 *
 * @since 0.1.0
 * @category guards
 */
export const sameStatus = (a: AccountStatus, b: AccountStatus | undefined): boolean =>
  a._tag === b?._tag && Equal.equals(a, b)

/**
 * Whether two snapshots say the same of the same accounts.
 *
 * @since 0.1.0
 * @category guards
 */
export const sameStatuses = (a: Statuses, b: Statuses): boolean =>
  a.size === b.size && !Iterable.some(a, ([id, status]) => !sameStatus(status, b.get(id)))

/**
 * A stop of an account: which, since when (in milliseconds since 1970), and why.
 *
 * @since 0.1.0
 * @category models
 */
export interface AccountStop {
  readonly account: string
  readonly since: number
  readonly reason: StopReason
}

/**
 * The stops that are new between two snapshots.
 *
 * @since 0.1.0
 * @category decisions
 */
export const stopsBetween = (before: Statuses, after: Statuses): ReadonlyArray<AccountStop> =>
  [...after].flatMap(([account, status]) =>
    status._tag === "Stopped" && !Equal.equals(status, before.get(account))
      ? [{ account, since: status.since, reason: status.reason }]
      : []
  )
