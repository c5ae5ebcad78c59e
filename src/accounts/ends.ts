/** What the ends of accounts mean to a program that runs them. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { PermanentError } from "../DingTalkError.ts"
import { allStopped, type Statuses, StopReason } from "./AccountStatus.ts"

/** Why accounts are stopped, by id. */
export const reasons = (statuses: Statuses): ReadonlyMap<string, StopReason> =>
  new Map([...statuses].flatMap(([id, status]) => status._tag === "Stopped" ? [[id, status.reason] as const] : []))

/** The first account, in the order of the configuration, that is stopped by an error, if it is time to fail of it. */
export const failureOf = (statuses: Statuses, failOn: "all" | "first"): Option.Option<StopReason> =>
  failOn === "first" || allStopped(statuses)
    ? Arr.findFirst(reasons(statuses).values(), ({ _tag }) => _tag !== "ByRequest")
    : Option.none()

/** Fails of a reason; waits for ever of one that is none. */
export const failWith = (reason: StopReason): Effect.Effect<never, PermanentError> =>
  StopReason.$match(reason, {
    ByRequest: () => Effect.never,
    ByError: ({ error }) => Effect.fail(error),
    ByDefect: ({ cause }) => Effect.die(Cause.squash(cause))
  })

/** Dies of a defect, if one of them is. */
export const surfaceDefects = (
  stopped: ReadonlyMap<string, StopReason>
): Effect.Effect<ReadonlyMap<string, StopReason>> => {
  for (const reason of stopped.values()) {
    if (reason._tag === "ByDefect") return Effect.die(Cause.squash(reason.cause))
  }
  return Effect.succeed(stopped)
}
