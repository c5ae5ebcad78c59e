/** One process at a time owns an account's inbox: waits for the lease, keeps it, and waits again when it is lost. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { logEvents } from "../../../logEvents.ts"
import type { Statements } from "../statements.ts"
import * as Lease from "./lease.ts"
import * as Place from "./place.ts"

export interface Options extends Lease.Bounds {
  readonly statements: Statements
  readonly self: Lease.Holder
  /** The monotonic time, in milliseconds. */
  readonly now: () => number
  /** Around each write: told how it went. */
  readonly writing: <A>(effect: Effect.Effect<A, SqlError>) => Effect.Effect<A, SqlError>
  /** Begins to own. Tried again until it succeeds. */
  readonly own: Effect.Effect<void, SqlError>
  /** Goes on for as long as it is owned. */
  readonly whileOwned: Effect.Effect<unknown>
  readonly disown: Effect.Effect<void>
}

/** What was seen of a lease: its last beat, and since when. */
interface Seen {
  beat: number
  since: number
}

/** What failed is tried again. */
const again = Schedule.spaced("250 millis")

/** Another's lease is looked at until it is free. */
const untilTaken = Schedule.spaced("500 millis").pipe(Schedule.whileInput((isTaken: boolean) => !isTaken))

const eventually = <A>(effect: Effect.Effect<A, SqlError>): Effect.Effect<A> =>
  Effect.orDie(Effect.retry(effect, again))

/** Never ends. */
export const keep = (
  { disown, now, own, self, statements, ttlMs, whileOwned, writing }: Options
): Effect.Effect<never> => {
  /** Takes the lease if it is free; tells whether it has. */
  const take = (seen: Seen) =>
    Effect.flatMap(statements.read(statements.readLease), (lease) => {
      if (lease === undefined) return Effect.succeed(false)
      if (lease.beat !== seen.beat) {
        seen.beat = lease.beat
        seen.since = now()
      }
      return Lease.isFree(lease, self, Place.isAlive, now() - seen.since, { ttlMs })
        ? writing(statements.transaction(statements.takeLease(self, lease.beat, ttlMs)))
        : Effect.succeed(false)
    })
  const waitToOwn = Effect.suspend(() => {
    const seen: Seen = { beat: -1, since: now() }
    const tellOnce = Effect.once(Effect.logInfo(logEvents.inboxShared))
    return Effect.flatMap(tellOnce, (tell) =>
      eventually(take(seen)).pipe(
        Effect.tap((isTaken) => isTaken ? Effect.void : tell),
        Effect.repeat(untilTaken)
      ))
  })
  // As long as the database does not answer, nobody else can take it either.
  const isMine = Effect.orElseSucceed(writing(statements.transaction(statements.renewLease(self, ttlMs))), () => true)
  const untilLost = Effect.sleep(ttlMs / Lease.renewals).pipe(
    Effect.zipRight(isMine),
    Effect.repeat({ while: (isMine) => isMine }),
    Effect.zipRight(Effect.logWarning(logEvents.inboxLost))
  )
  const term = waitToOwn.pipe(
    Effect.zipRight(eventually(own)),
    Effect.zipRight(Effect.raceFirst(untilLost, whileOwned)),
    Effect.zipRight(disown)
  )
  return Effect.zipRight(eventually(writing(statements.transaction(statements.enter))), Effect.forever(term))
}
