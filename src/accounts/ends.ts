/** What the ends of accounts mean to a program that runs them. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { PermanentError } from "../DingTalkError.ts"
import { type AccountStop, allStopped, type Statuses, StopReason, stopsBetween } from "./AccountStatus.ts"

/** Why accounts are stopped, by id. */
const reasons = (statuses: Statuses): ReadonlyMap<string, StopReason> =>
  new Map([...statuses].flatMap(([id, status]) => status._tag === "Stopped" ? [[id, status.reason] as const] : []))

/** The first account, in the order of the configuration, that is stopped by an error, if it is time to fail of it. */
const failureOf = (statuses: Statuses, failOn: "all" | "first"): Option.Option<StopReason> =>
  failOn === "first" || allStopped(statuses)
    ? Arr.findFirst(reasons(statuses).values(), ({ _tag }) => _tag !== "ByRequest")
    : Option.none()

/** Fails of a reason; waits for ever of one that is none. */
const failWith = (reason: StopReason): Effect.Effect<never, PermanentError> =>
  StopReason.$match(reason, {
    ByRequest: () => Effect.never,
    ByError: ({ error }) => Effect.fail(error),
    ByDefect: ({ cause }) => Effect.die(Cause.squash(cause))
  })

/** Dies of a defect, if one of them is. */
const surfaceDefects = (
  stopped: ReadonlyMap<string, StopReason>
): Effect.Effect<ReadonlyMap<string, StopReason>> => {
  for (const reason of stopped.values()) {
    if (reason._tag === "ByDefect") return Effect.die(Cause.squash(reason.cause))
  }
  return Effect.succeed(stopped)
}

/** Each stop, as soon as it comes; of accounts that are stopped already, first. */
export const stops = (changes: Stream.Stream<Statuses>): Stream.Stream<AccountStop> =>
  changes.pipe(
    Stream.mapAccum<Statuses, Statuses, ReadonlyArray<AccountStop>>(
      new Map(),
      (before, now) => [now, stopsBetween(before, now)]
    ),
    Stream.flattenIterables
  )

/** Fails of the error that an account is stopped by, when it is time to; until then it waits. */
export const failing = (
  changes: Stream.Stream<Statuses>,
  failOn: "all" | "first"
): Effect.Effect<never, PermanentError> =>
  changes.pipe(
    Stream.filterMap((statuses) => failureOf(statuses, failOn)),
    Stream.runHead,
    Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: failWith }))
  )

/** Why all accounts are stopped, as soon as they are; dies of a defect, if one of them did. */
export const whenAllStopped = (
  changes: Stream.Stream<Statuses>
): Effect.Effect<ReadonlyMap<string, StopReason>> =>
  changes.pipe(
    Stream.filter(allStopped),
    Stream.runHead,
    Effect.flatMap(Option.match({
      onNone: () => Effect.never,
      onSome: (statuses) => surfaceDefects(reasons(statuses))
    }))
  )
