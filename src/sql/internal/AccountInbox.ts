/** One account's inbox in a database: what arrives is kept, and what waits is handed out by the process that owns it. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { constVoid } from "effect/Function"
import type * as Scope from "effect/Scope"
import * as Delivery from "../../inbound/Delivery.ts"
import type { Arrival, Attempt, Desk, OpenInbox, SettleCard } from "../../inbound/Inbox.ts"
import * as Summary from "../../inbound/internal/summary.ts"
import { releaseWithin, unsafeMonotonicMillis } from "../../internal/runtime/clock.ts"
import { logEvents } from "../../logEvents.ts"
import * as Metrics from "../../metrics.ts"
import * as Ahead from "./Ahead.ts"
import * as Attempts from "./attempts.ts"
import * as Cards from "./cards.ts"
import type * as Dialect from "./database/dialect.ts"
import { frameOf, rowOf } from "./database/storable.ts"
import * as Health from "./health.ts"
import * as Intake from "./intake.ts"
import type * as Item from "./Item.ts"
import type * as Lease from "./owner/lease.ts"
import * as Ownership from "./owner/ownership.ts"
import * as Place from "./owner/place.ts"
import * as Statements from "./statements.ts"
import * as Window from "./Window.ts"
import * as Writer from "./Writer.ts"

export interface Options extends Attempts.Policy, Lease.Bounds, Statements.Retention {
  readonly inboxLimit: number
  readonly full: "refuse" | "dropOldest"
  readonly patienceMs: number
}

interface Incoming extends Writer.Incoming {
  readonly arrival: Arrival
}

/** What is at hand of something that waits. */
interface Held {
  readonly delivery: Delivery.Delivery
  readonly attempts: number
  readonly pardoned: number
}

/** How often it is looked what others have done, in milliseconds. */
const lookMs = 1_000

/** How often it is counted what waits, and how often what is past is deleted. */
const countMs = 5_000
const sweepMs = 30_000

/** How long a stop waits for the lease to be given back, in milliseconds. */
const lastMs = 1_000

/** Most that waits to be written; more is not kept. */
const mostPending = 10_000

export const make = (
  sql: SqlClient,
  dialect: Dialect.Dialect,
  options: Options,
  desk: Desk,
  settleCard?: SettleCard
): Effect.Effect<OpenInbox, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { settings } = desk
    const annotations = { account: settings.id, module: "inbox" }
    const { full, inboxLimit, patienceMs, ttlMs } = options
    const metrics = { ...Metrics.ofInbox(settings.id), ...Metrics.ofInbound(settings.id) }
    const clock = yield* Effect.clock
    const now = unsafeMonotonicMillis(clock)
    const self = yield* Place.self
    const statements = Statements.make(sql, dialect, settings.id)
    const cards = Cards.make(sql, dialect, settings.id, self)
    const run = yield* FiberSet.makeRuntime<never>()
    const start = (effect: Effect.Effect<void>): void => {
      run(effect, { immediate: false })
    }
    const health = yield* Health.make(metrics, now)
    const refusals = yield* Summary.make<Delivery.Ids & { readonly reason: "full" | "down" }>(
      start,
      (summed) => Effect.annotateLogs(Effect.logWarning(logEvents.inboxRefused), { ...summed, inboxLimit })
    )
    const reading = yield* Effect.makeLatch(false)
    const ticking = yield* Effect.makeLatch(false)
    // One that has but a single attempt must not lose it to a crash before it; of several of a conversation that are handled
    // together it is not known which.
    const isAheadUseful = options.maxAttempts > 1 && desk.most === 1
    let isOwner = false
    let isResting = false
    let depth = 0
    let poked = 0

    const charge = yield* desk.memory.enter({ giveWay: () => window.giveWay(), waiting: () => [] })
    const window: Window.Window<Held> = Window.make<Held>({
      capacity: settings.dispatchQueueSize,
      capacityBytes: settings.dispatchQueueBytes,
      memory: { room: desk.memory.room, charge },
      most: desk.most,
      mostFollowing: isAheadUseful ? Ahead.mostFollowing : 0,
      mayFollow: ({ number, value: { attempts } }) =>
        ahead.has(number) || (attempts === 0 && !isResting && ahead.room() > 0),
      onHand: (item) => {
        const { attempts, pardoned } = item.value
        // The process ended in each of them.
        if (attempts - pardoned >= options.maxAttempts) return start(Effect.sync(() => buryVanished(item)))
        // Its memory is accounted for here.
        const hand = () => desk.hand({ ...item.value.delivery, bytes: 0 }, attemptAt(item))
        if (attempts === 0 && isAheadUseful && !isResting) ahead.hand(item.number, hand)
        else hand()
      },
      onTakenBack: ({ number }) => ahead.forget(number)
    })

    const leftDepth = (count: number) => {
      depth = Math.max(0, depth - count)
      metrics.inboxDepth.unsafeUpdate(depth, [])
    }
    const onKept = ({ dropped, duplicates, first, fresh, last }: Writer.Kept<Incoming>) => {
      depth += fresh.length - dropped.length
      metrics.inboxDepth.unsafeUpdate(depth, [])
      if (duplicates > 0) metrics.duplicate.unsafeUpdate(duplicates, [])
      if (dropped.length > 0) {
        window.forget(dropped.map(({ number }) => number))
        for (const row of dropped) desk.giveUp(heldOf(row).delivery)
      }
      for (const { isBegun, number } of fresh) {
        if (!isBegun) continue
        if (isOwner && !isResting) ahead.stored(number)
        else writer.end(number, "takenBack", "", constVoid)
      }
      if (!isOwner) return
      const gone = new Set(dropped.map(({ number }) => number))
      const left = fresh.flatMap(({ incoming: { arrival, row }, number }) =>
        gone.has(number) ? [] : loadedOf(number, row.line, { delivery: arrival.delivery, attempts: 0, pardoned: 0 })
      )
      window.stored(left, first, last)
      reading.unsafeOpen()
    }
    // Before anything else is: it is given back when all the rest has ended.
    yield* Effect.addFinalizer(() =>
      Effect.ignore(statements.transaction(statements.releaseLease(self))).pipe(
        Effect.disconnect,
        releaseWithin(lastMs)
      )
    )
    const writer = yield* Writer.make<Incoming>({
      statements,
      patienceMs,
      full,
      now,
      room: () => inboxLimit - depth,
      atHand: window.room,
      beginsAtOnce: (arrived) =>
        isAheadUseful && isOwner && !isResting
          ? Intake.begins(
            arrived.map(({ arrival: { delivery }, row: { line } }) => ({ line, isAhead: desk.isAhead(delivery) })),
            {
              ofLine: window.ofLine,
              mostFollowing: Ahead.mostFollowing,
              idle: settings.dispatchWorkers - window.atWork(),
              ahead: ahead.room()
            }
          )
          : [],
      isOwner: (connection) => statements.renewLease(self, ttlMs)(connection),
      onKept,
      onRefused: (refused, isFull) => {
        metrics.inboxRefused.unsafeUpdate(refused.length, [])
        for (const { arrival } of refused) {
          refusals.report({ ...Delivery.idsOf(arrival.delivery), reason: isFull ? "full" : "down" })
        }
      },
      onWrite: health.told
    })

    const ahead = Ahead.make({
      now,
      write: writer.begin,
      takeBack: (number) => writer.end(number, "takenBack", "", constVoid)
    })

    // Given up after the workers are, and before the last write.
    const fibers = yield* FiberSet.make<void>()

    const heldOf = (row: Statements.Waiting): Held => {
      const { pardoned } = row
      const attempts = ahead.has(row.number) ? 0 : row.attempts
      return { delivery: desk.read(frameOf(row), row.received_at), attempts, pardoned }
    }
    const loadedOf = (number: number, line: string, value: Held): Item.Loaded<Held> => ({
      number,
      line,
      bytes: value.delivery.bytes,
      value,
      isAhead: desk.isAhead(value.delivery)
    })
    const done = (item: Item.Item<Held>) => {
      window.done(item)
      reading.unsafeOpen()
    }
    const again = (item: Item.Item<Held>, delayMs: number) => {
      window.again(item, now() + delayMs)
      ticking.unsafeOpen()
      reading.unsafeOpen()
    }
    const bury = (item: Item.Item<Held>, attempts: number, cause: Cause.Cause<unknown>) => {
      const { delivery } = item.value
      const facts = { ...Delivery.idsOf(delivery), number: item.number, attempts }
      window.ended(item)
      // What was dropped meanwhile, or read before its end was written, has that end.
      writer.end(item.number, "dead", Attempts.causeText(cause), (isDead) => {
        if (isDead) {
          metrics.inboxDeadLetters.unsafeUpdate(1, [])
          leftDepth(1)
          desk.bury(delivery, { attempts, cause })
          // At once: a stop may come next.
          run(Effect.annotateLogs(Effect.logError(logEvents.deadLetter, cause), facts))
        }
        done(item)
      })
    }
    const buryVanished = (item: Item.Item<Held>) => {
      const { attempts } = item.value
      if (window.begin(item)) bury(item, attempts, Attempts.vanished(attempts))
    }
    const failed = (item: Item.Item<Held>, number: number, cause: Cause.Cause<unknown>) => {
      const delay = Attempts.delayAfter(number - item.value.pardoned, options)
      if (delay === undefined) return bury(item, number, cause)
      window.ended(item)
      metrics.inboxRetries.unsafeUpdate(1, [])
      writer.end(item.number, "failed", Attempts.causeText(cause), () => again(item, delay))
    }
    const putBack = (item: Item.Item<Held>) => {
      window.ended(item)
      writer.end(item.number, "putBack", "", () => again(item, 0))
    }
    const attemptAt = (item: Item.Item<Held>): Attempt => {
      const number = item.value.attempts + 1
      return {
        number,
        begin: Effect.suspend(() => {
          if (isResting || !isOwner || !window.begin(item)) return Effect.succeed(false)
          return Effect.map(ahead.begin(item.number, () => putBack(item)), (isBegun) => {
            if (isBegun) metrics.inboxAttempts.unsafeUpdate(1, [])
            else done(item)
            return isBegun
          })
        }),
        end: (outcome) =>
          Effect.sync(() => {
            if (outcome._tag === "Failed") return failed(item, number, outcome.cause)
            if (outcome._tag === "GivenUp") return bury(item, number, outcome.cause)
            if (outcome._tag === "PutBack") return putBack(item)
            writer.end(item.number, "done", "", () => leftDepth(1))
            // The next one begins in the transaction that says that this one is done.
            done(item)
          }),
        openCards: cards,
        decline: () => {
          ahead.decline(item.number)
          window.decline(item)
        }
      }
    }

    /** Until there is nothing to read, or no room for it. */
    const readOn: Effect.Effect<void, SqlError> = Effect.suspend(() => {
      const wanted = isOwner && !isResting ? window.wanted() : undefined
      if (wanted === undefined) return Effect.void
      const rows = wanted._tag === "Line"
        ? statements.ofLine(wanted.line, wanted.after, wanted.upTo, wanted.most)
        : statements.scan(wanted.after, wanted.upTo, wanted.without, wanted.most)
      return Effect.flatMap(statements.read(rows), (rows) => {
        if (isOwner) window.read(wanted, rows.map((row) => loadedOf(row.number, row.line, heldOf(row))))
        return Effect.zipRight(Effect.yieldNow(), readOn)
      })
    })
    const reader = Effect.forever(
      reading.await.pipe(
        Effect.zipRight(Effect.sync(() => reading.unsafeClose())),
        Effect.zipRight(readOn),
        Effect.catchAll(() => Effect.delay(Effect.sync(() => reading.unsafeOpen()), lookMs))
      )
    )
    const release = Effect.sync(() => {
      window.release(now())
      reading.unsafeOpen()
    })
    const ticker: Effect.Effect<never> = Effect.forever(
      Effect.zipRight(
        ticking.await,
        Effect.suspend(() => {
          const due = window.nextDue()
          if (due === undefined) {
            ticking.unsafeClose()
            return Effect.void
          }
          // Not until then: what fails meanwhile may be due before.
          const ms = Math.min(lookMs, Math.max(1, Math.ceil(due - now())))
          return Effect.zipRight(Effect.sleep(ms), release)
        })
      )
    )

    const count = Effect.map(statements.read(statements.depth), ({ dead, oldestAt, waiting }) => {
      depth = waiting
      metrics.inboxDepth.unsafeUpdate(waiting, [])
      metrics.inboxDead.unsafeUpdate(dead, [])
      const ageMs = oldestAt === undefined ? 0 : Math.max(0, clock.unsafeCurrentTimeMillis() - oldestAt)
      metrics.inboxOldestSeconds.unsafeUpdate(ageMs / 1_000, [])
      return { waiting, dead }
    })
    const look = Effect.map(statements.read(statements.news), (news) => {
      if (news.poked !== poked) {
        ahead.clear()
        window.reset()
      }
      poked = news.poked
      window.announced(news.last)
      window.hand()
      reading.unsafeOpen()
    })
    const own = Effect.gen(function*() {
      const { last, poked: before } = yield* statements.read(statements.news)
      const { dead, waiting } = yield* count
      poked = before
      isOwner = true
      metrics.inboxOwner.unsafeUpdate(1, [])
      window.reset()
      window.announced(last)
      reading.unsafeOpen()
      yield* Effect.annotateLogs(Effect.logInfo(logEvents.inboxOwned), { waiting, dead })
    })
    const disown = Effect.sync(() => {
      isOwner = false
      metrics.inboxOwner.unsafeUpdate(0, [])
      ahead.clear()
      window.reset()
    })
    /** Whether anything can be written is told by what is written: to read may go well all the same. */
    const writing = <A>(effect: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> =>
      Effect.tapBoth(effect, {
        onFailure: (error) => health.told(error, false),
        onSuccess: () => health.told(undefined, false)
      })
    const every = (ms: number, effect: Effect.Effect<unknown, SqlError>) =>
      Effect.forever(Effect.zipRight(Effect.sleep(ms), Effect.option(effect)))

    const life = Ownership.keep({
      statements,
      self,
      now,
      ttlMs,
      writing,
      own,
      whileOwned: Effect.all(
        [
          every(lookMs, look),
          every(sweepMs, statements.sweepAll(options)),
          settleCard === undefined ? Effect.void : cards.settleLeft(settleCard)
        ],
        { concurrency: "unbounded", discard: true }
      ),
      disown
    })
    const begin = Effect.forEach(
      [reader, ticker, every(countMs, count), life],
      (fiber) => FiberSet.run(fibers, fiber),
      { discard: true }
    )

    const opened: OpenInbox = {
      offer: (arrival, answer) => {
        if (writer.pending() >= mostPending) {
          refusals.report({ ...Delivery.idsOf(arrival.delivery), reason: "down" })
          metrics.inboxRefused.unsafeUpdate(1, [])
          return answer(false)
        }
        writer.keep({ row: rowOf(arrival), arrival, answer, at: now() })
      },
      begin: Effect.annotateLogs(begin, annotations),
      rest: () => {
        isResting = true
        ahead.clear()
      }
    }
    return opened
  }).pipe(Effect.annotateLogs({ account: desk.settings.id, module: "inbox" }))
