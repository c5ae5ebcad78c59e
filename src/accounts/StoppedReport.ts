/**
 * Reminds people of accounts that stopped for good: while others are up, nothing else does.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { logEvents } from "../logEvents.ts"
import * as AccountStatus from "./AccountStatus.ts"

const detailOf = (reason: AccountStatus.StopReason): string =>
  AccountStatus.StopReason.$match(reason, {
    ByRequest: () => "somebody stopped it",
    ByError: ({ error }) => error.message,
    ByDefect: ({ cause }) => Cause.pretty(cause).split("\n")[0] ?? ""
  })

/** A record for each account that is stopped by an error; who was stopped by a person is not missed. */
const report = (statuses: AccountStatus.Statuses): Effect.Effect<void> =>
  Effect.forEach(statuses, ([account, status]) =>
    status._tag !== "Stopped" || status.reason._tag === "ByRequest"
      ? Effect.void
      : Effect.annotateLogs(Effect.logWarning(logEvents.stillStopped), {
        account,
        module: "accounts",
        since: new Date(status.since).toISOString(),
        error: AccountStatus.nameOf(status.reason),
        detail: detailOf(status.reason)
      }), { discard: true })

/**
 * Logs, every hour, which accounts are stopped by an error, since when and why.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (statuses: Effect.Effect<AccountStatus.Statuses>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(statuses, report).pipe(
    Effect.schedule(Schedule.spaced("1 hour")),
    Effect.forkScoped,
    Effect.asVoid
  )
