/**
 * Writes what arrived, what begins and what ended: all that has come up since the last time in one transaction.
 *
 * A write that fails is tried again, while those that wait for it wait; what arrived waits for a while only, and is then not
 * kept, so that DingTalk brings it again.
 */
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { releaseWithin } from "../../internal/runtime/clock.ts"
import { iteration } from "../../internal/runtime/eventLoop.ts"
import type { Stored } from "./database/dialect.ts"
import * as Intake from "./intake.ts"
import type { Ends, Statements, Waiting } from "./statements.ts"

/** Something that arrived, without a number yet. */
export interface Incoming {
  readonly row: Omit<Stored, "number">
  /** Told, synchronously, whether it is kept. */
  readonly answer: (isKept: boolean) => void
  /** When it arrived, by the monotonic clock. */
  readonly at: number
}

/** What a transaction has kept of what arrived. */
export interface Kept<A extends Incoming> {
  /** The numbers of all that arrived go from this one to that one. */
  readonly first: number
  readonly last: number
  readonly fresh: ReadonlyArray<{ readonly number: number; readonly incoming: A; readonly isBegun: boolean }>
  readonly duplicates: number
  /** What was given up to make room. */
  readonly dropped: ReadonlyArray<Waiting>
}

export interface Options<A extends Incoming> {
  readonly statements: Statements
  /** How long what arrived waits for a database that does not answer, in milliseconds. */
  readonly patienceMs: number
  /** How many more may be kept; asked in each transaction. */
  readonly room: () => number
  readonly full: "refuse" | "dropOldest"
  /** How many of what arrived would stay at hand for those who handle it. */
  readonly atHand: () => number
  /** Which of what arrived is written down as begun at once: asked in each transaction. */
  readonly beginsAtOnce: (arrived: ReadonlyArray<A>) => ReadonlyArray<boolean>
  /** The monotonic time, in milliseconds. */
  readonly now: () => number
  /** Within the transaction: whether something may begin here, which only the owner may. */
  readonly isOwner: Parameters<Statements["transaction"]>[0] extends (connection: infer C) => unknown
    ? (connection: C) => Effect.Effect<boolean, SqlError>
    : never
  /** Synchronous; before those who arrived are answered. */
  readonly onKept: (kept: Kept<A>) => void
  /** Synchronous. How many were not kept, and whether that is for want of room. */
  readonly onRefused: (refused: ReadonlyArray<A>, isFull: boolean) => void
  /** Told of each write: whether it failed, and of what; and whether anything that arrived was in it. */
  readonly onWrite: (error: SqlError | undefined, isOfArrivals: boolean) => Effect.Effect<void>
}

export interface Writer<A extends Incoming> {
  /** Synchronous. */
  readonly keep: (incoming: A) => void
  /** Takes note that something begins; `tell` is told, synchronously, whether it still waits, when that is written. */
  readonly begin: (number: number, tell: (isBegun: boolean) => void) => void
  /**
   * Takes note of what became of something, synchronously; `onWritten` is told, synchronously, when that is written, and
   * whether it is so: what was done already does not die.
   */
  readonly end: (number: number, kind: keyof Ends, cause: string, onWritten: (isSo: boolean) => void) => void
  /** How many that arrived are not written yet. */
  readonly pending: () => number
}

interface Ending {
  readonly number: number
  readonly cause: string
  readonly kind: keyof Ends
  readonly onWritten: (isSo: boolean) => void
}

interface Beginning {
  readonly number: number
  readonly tell: (isBegun: boolean) => void
}

interface Batch<A> {
  readonly incoming: ReadonlyArray<A>
  readonly beginnings: ReadonlyArray<Beginning>
  readonly endings: ReadonlyArray<Ending>
}

const sizeOf = <A>({ beginnings, endings, incoming }: Batch<A>) => incoming.length + beginnings.length + endings.length

/** The wait before a write is tried again, in milliseconds, after so many that failed. */
export const retryAfter = (failures: number): number => Math.min(1_000, 10 * 2 ** Math.min(10, failures))

/** How long a stop waits for the last write, in milliseconds. */
const lastMs = 1_000

const none: ReadonlySet<number> = new Set()

const endsOf = (endings: ReadonlyArray<Ending>): Ends => {
  const of = (kind: keyof Ends) => endings.filter((ending) => ending.kind === kind)
  return {
    done: of("done").map(({ number }) => number),
    putBack: of("putBack").map(({ number }) => number),
    takenBack: of("takenBack").map(({ number }) => number),
    failed: of("failed"),
    dead: of("dead")
  }
}

export const make = <A extends Incoming>(options: Options<A>): Effect.Effect<Writer<A>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { atHand, beginsAtOnce, full, isOwner, now, onKept, onRefused, onWrite, patienceMs, room, statements } =
      options
    const wake = yield* Effect.makeLatch(false)
    let incoming: Array<A> = []
    let beginnings: Array<Beginning> = []
    let endings: Array<Ending> = []
    let failures = 0
    // When what arrived was last written, or nothing waited for that, and how many have ended since.
    let since = now()
    let ended = 0
    // In how many iterations of the event loop nothing was written but what arrived could have been.
    let iterations = 0
    // When the last transaction was, and how much it wrote.
    let writtenAt = now()
    let last = 0
    let isClosed = false

    const size = () => sizeOf({ incoming, beginnings, endings })
    const isIdle = () => size() === 0
    const take = (isLast: boolean): Batch<A> => {
      const isAlone = beginnings.length + endings.length === 0
      // Every other time without what arrived: should that be what can't be written, the rest goes on.
      const most = failures % 2 === 1 && !isAlone ? 0 : Intake.most({
        isLast,
        iterations,
        ended: ended + endings.length,
        sinceMs: now() - since,
        atHand: atHand()
      })
      const batch = { incoming: incoming.slice(0, most), beginnings, endings }
      incoming = incoming.slice(most)
      beginnings = []
      endings = []
      return batch
    }
    /** What was not written goes before what has come up meanwhile. */
    const giveBack = (batch: Batch<A>) => {
      const since = now() - patienceMs
      const late = batch.incoming.filter(({ at }) => at <= since)
      incoming = [...batch.incoming.filter(({ at }) => at > since), ...incoming]
      beginnings = [...batch.beginnings, ...beginnings]
      endings = [...batch.endings, ...endings]
      refuse(late, false)
    }
    const refuse = (those: ReadonlyArray<A>, isFull: boolean) => {
      if (those.length === 0) return
      onRefused(those, isFull)
      for (const { answer } of those) answer(false)
    }

    type Connection = Parameters<typeof isOwner>[0]
    const begin = (connection: Connection, wanted: ReadonlyArray<Beginning>) =>
      wanted.length === 0
        ? Effect.succeed(none)
        : statements.begin(wanted.map(({ number }) => number))(connection)
    const keep = (connection: Connection, arrived: ReadonlyArray<A>, begins: ReadonlyArray<boolean>) =>
      Effect.gen(function*() {
        if (arrived.length === 0) return undefined
        const last = yield* statements.allot(arrived.length)(connection)
        const first = last - arrived.length + 1
        const isBegun = (index: number) => begins[index] === true
        const rows = arrived.map(({ row }, index) => ({
          ...row,
          number: first + index,
          attempts: isBegun(index) ? 1 : 0
        }))
        const numbers = yield* statements.insert(rows)(connection)
        const fresh = arrived.flatMap((incoming, index) =>
          numbers.has(first + index) ? [{ number: first + index, incoming, isBegun: isBegun(index) }] : []
        )
        const excess = full === "dropOldest" ? fresh.length - room() : 0
        const dropped = excess > 0 ? yield* statements.dropOldest(excess)(connection) : []
        return { first, last, fresh, duplicates: arrived.length - fresh.length, dropped }
      })
    /** At the limit only what is known already can be kept; of what fits, the first. */
    const admit = (connection: Connection, arrived: ReadonlyArray<A>) =>
      Effect.gen(function*() {
        const free = Math.max(0, room())
        if (full === "dropOldest" || arrived.length <= free) return { admitted: arrived, known: [], excess: [] }
        const beyond = arrived.slice(free)
        const ids = yield* statements.known(beyond.flatMap(({ row: { id } }) => id ?? []))(connection)
        const isKnown = ({ row: { id } }: A) => id !== null && ids.has(id)
        return {
          admitted: arrived.slice(0, free),
          known: beyond.filter(isKnown),
          excess: beyond.filter((incoming) => !isKnown(incoming))
        }
      })
    const write = (batch: Batch<A>) =>
      statements.settled((connection) =>
        Effect.interruptible(Effect.gen(function*() {
          // What has ended does not begin, even if it was read before that is written.
          const dead = batch.endings.length === 0 ? none : yield* statements.end(endsOf(batch.endings))(connection)
          const sorted = yield* admit(connection, batch.incoming)
          const begins = beginsAtOnce(sorted.admitted)
          const isAny = batch.beginnings.length > 0 || begins.includes(true)
          const isOwned = isAny && (yield* isOwner(connection))
          const begun = yield* begin(connection, isOwned ? batch.beginnings : [])
          return { begun, dead, sorted, kept: yield* keep(connection, sorted.admitted, isOwned ? begins : []) }
        }))
      )

    const written = (
      batch: Batch<A>,
      { begun, dead, kept, sorted }: Effect.Effect.Success<ReturnType<typeof write>>
    ) => {
      last = sizeOf(batch)
      writtenAt = now()
      const isTaken = batch.incoming.length > 0 || incoming.length === 0
      ended = isTaken ? 0 : ended + batch.endings.length
      if (isTaken) since = now()
      for (const { kind, number, onWritten } of batch.endings) onWritten(kind !== "dead" || dead.has(number))
      for (const { number, tell } of batch.beginnings) tell(begun.has(number))
      if (kept !== undefined) onKept(kept)
      for (const { answer } of sorted.admitted) answer(true)
      for (const { answer } of sorted.known) answer(true)
      refuse(sorted.excess, true)
    }
    /** Interrupted in the transaction alone: what has committed is never written again. */
    const flush = (isLast: boolean): Effect.Effect<boolean> =>
      Effect.uninterruptible(Effect.suspend(() => {
        if (isIdle()) return Effect.succeed(true)
        const batch = take(isLast)
        const isOfArrivals = batch.incoming.length > 0
        // What arrived may wait for those who handle to take what is at hand.
        if (sizeOf(batch) === 0) {
          iterations += 1
          return Effect.succeed(true)
        }
        iterations = 0
        return write(batch).pipe(
          Effect.onInterrupt(() => Effect.sync(() => giveBack(batch))),
          Effect.matchEffect({
            onFailure: (error) => {
              failures += 1
              giveBack(batch)
              return Effect.as(onWrite(error, isOfArrivals), false)
            },
            onSuccess: (result) => {
              failures = 0
              written(batch, result)
              return Effect.as(onWrite(undefined, isOfArrivals), true)
            }
          })
        )
      }))
    const gathered: Effect.Effect<void> = Effect.suspend(() => {
      const before = size()
      return Effect.flatMap(
        iteration,
        () => Intake.gathers({ more: size() - before, last, sinceMs: now() - writtenAt }) ? gathered : Effect.void
      )
    })
    const loop = Effect.forever(
      wake.await.pipe(
        // All that comes up in this iteration goes into one transaction, and in the next ones as well when there is a lot.
        Effect.zipRight(gathered),
        Effect.zipRight(Effect.suspend(() => {
          wake.unsafeClose()
          return flush(false)
        })),
        Effect.flatMap((isWritten) => {
          if (isIdle()) return Effect.void
          wake.unsafeOpen()
          return isWritten ? Effect.void : Effect.sleep(retryAfter(failures))
        })
      )
    )
    const close = Effect.sync(() => {
      isClosed = true
      refuse(incoming.splice(0), false)
      for (const { tell } of beginnings.splice(0)) tell(false)
    })
    // A database that is cut off may never answer a commit: neither end waits for that.
    yield* Effect.acquireRelease(
      Effect.forkDaemon(Effect.interruptible(loop)),
      (fiber) =>
        releaseWithin(lastMs)(Fiber.interrupt(fiber)).pipe(
          Effect.zipRight(releaseWithin(lastMs)(Effect.disconnect(Effect.ensuring(flush(true), close)))),
          Effect.zipRight(close)
        )
    )

    return {
      keep: (one) => {
        if (isClosed) return one.answer(false)
        incoming.push(one)
        wake.unsafeOpen()
      },
      begin: (number, tell) => {
        if (isClosed) return tell(false)
        beginnings.push({ number, tell })
        wake.unsafeOpen()
      },
      end: (number, kind, cause, onWritten) => {
        if (isClosed) return
        endings.push({ number, kind, cause, onWritten })
        wake.unsafeOpen()
      },
      pending: () => incoming.length
    }
  })
