/** One process at a time owns an account's inbox: waits for the lease, keeps it, and waits again when it is lost. */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
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

/** The wait before what failed is tried again, and between two looks at another's lease, in milliseconds. */
const againMs = 250
const lookMs = 500

const eventually = <A>(effect: Effect.Effect<A, SqlError>): Effect.Effect<A> =>
  Effect.flatMap(
    Effect.option(effect),
    (done) => Option.isSome(done) ? Effect.succeed(done.value) : Effect.delay(eventually(effect), againMs)
  )

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
    let isTold = false
    const attempt: Effect.Effect<void> = Effect.flatMap(eventually(take(seen)), (isTaken) => {
      if (isTaken) return Effect.void
      const tell = isTold ? Effect.void : Effect.logInfo(logEvents.inboxShared)
      isTold = true
      return Effect.zipRight(tell, Effect.delay(attempt, lookMs))
    })
    return attempt
  })
  const untilLost: Effect.Effect<void> = Effect.sleep(ttlMs / Lease.renewals).pipe(
    Effect.zipRight(Effect.option(writing(statements.transaction(statements.renewLease(self, ttlMs))))),
    // As long as the database does not answer, nobody else can take it either.
    Effect.flatMap(Option.match({
      onNone: () => untilLost,
      onSome: (isMine) => isMine ? untilLost : Effect.logWarning(logEvents.inboxLost)
    }))
  )
  const turn = waitToOwn.pipe(
    Effect.zipRight(eventually(own)),
    Effect.zipRight(Effect.raceFirst(untilLost, whileOwned)),
    Effect.zipRight(disown)
  )
  return Effect.zipRight(eventually(writing(statements.transaction(statements.enter))), Effect.forever(turn))
}
