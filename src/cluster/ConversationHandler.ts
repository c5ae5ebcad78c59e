/**
 * What a runner does with the conversations that it has: hands what arrived to the account's inbound side, one after the
 * other, until it is done or given up.
 *
 * @since 0.1.0
 */
import * as Entity from "@effect/cluster/Entity"
import type { EntityAddress } from "@effect/cluster/EntityAddress"
import type { Sharding } from "@effect/cluster/Sharding"
import * as Rpc from "@effect/rpc/Rpc"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Delivery from "../inbound/Delivery.ts"
import type { Attempt, Desk } from "../inbound/Inbox.ts"
import { Outcome } from "../inbound/Inbox.ts"
import { releaseWithin } from "../internal/runtime/clock.ts"
import { logEvents } from "../logEvents.ts"
import type { InboxMetrics } from "../metrics.ts"
import type { Cards } from "../sql/internal/cards.ts"
import { accountOf } from "../sql/internal/clustered/names.ts"
import * as Frame from "../stream/Frame.ts"
import type * as Attempts from "./Attempts.ts"
import { Conversation } from "./Conversation.ts"
import type * as Desks from "./Desks.ts"
import type * as DeadLetters from "./internal/deadLetters.ts"
import type * as Unread from "./internal/unread.ts"
import * as Lane from "./Lane.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly desks: Desks.Desks
  readonly attempts: Attempts.Attempts
  readonly deadLetters: DeadLetters.DeadLetters
  /** Where the cards of a conversation are noted. */
  readonly cardsOf: (address: EntityAddress) => Cards
  /** Has what a conversation was left with settled, though the engine may give it up when nothing of it waits any more. */
  readonly settle: (address: EntityAddress, settling: Effect.Effect<void>) => void
  readonly metricsOf: (account: string) => InboxMetrics
  /** Has the engine read again what waits in a conversation. */
  readonly readAgain: (address: EntityAddress) => Effect.Effect<void>
  /** Where it is noted what is in hand. */
  readonly stays: Unread.Stays
  /** How often a handler is begun at most. */
  readonly maxAttempts: number
  /** The pause after so many attempts that failed, in milliseconds. */
  readonly pauseMs: (attempts: number) => number
  /** How long what is in hand may take to end when the conversation goes to another runner, in milliseconds. */
  readonly graceMs: number
}

interface Arrived {
  readonly request: string
  readonly id: string
  readonly frame: string
  readonly receivedAt: number
  readonly done: Deferred.Deferred<void>
}

interface Letter extends Lane.Letter, Arrived {
  attempts: number
}

/** What the process did each time before the message could be handled. */
const crashed = Cause.die(new Error("the process ended each time before the message was handled"))

/** Asks again while the database doesn't answer. */
const untilAnswered = <A, E, R>(asked: Effect.Effect<A, E, R>): Effect.Effect<A, never, R> =>
  Effect.orDie(Effect.retry(asked, Schedule.spaced("1 second")))

/** Until it is handed again, when there was no room for it, in milliseconds. */
const noRoomMs = 100

/** Until it is handed again, when the database didn't answer, in milliseconds. */
const noDatabaseMs = 1_000

/** Longer than the engine takes to read what waits, in milliseconds. */
const readMs = 1_500

/** After this time an answer of the database's is no longer relied on, in milliseconds: less than a lock lasts. */
const staleMs = 5_000

/** Longer than a runner takes to know that it has lost a conversation, in milliseconds. */
const disputedMs = 4_000

/**
 * Registers the runner for conversations.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never, never, Sharding> =>
  Conversation.toLayer(make(options), {
    // Their order is the lane's, which hands out several where they belong together.
    concurrency: "unbounded"
  })

const make = (
  { attempts, cardsOf, deadLetters, desks, graceMs, maxAttempts, metricsOf, pauseMs, readAgain, settle, stays }: Options
) =>
  Effect.gen(function*() {
    const address = yield* Entity.CurrentAddress
    const entity = address.entityId
    // Of this stay of the conversation's on this runner.
    const holder = yield* Effect.sync(() => crypto.randomUUID())
    const account = accountOf(entity)
    const metrics = metricsOf(account)
    const openCards = cardsOf(address)
    const run = yield* FiberSet.makeRuntime<never>()
    const inHand = new Set<string>()
    yield* Effect.acquireRelease(
      Effect.sync(() => stays.set(entity, inHand)),
      () => Effect.sync(() => stays.get(entity) === inHand && stays.delete(entity))
    )
    /** `undefined`: not known yet. */
    let begunBefore: ReadonlyMap<string, number> | undefined
    let lane: Lane.Lane<Letter> | undefined
    let unread: Array<Arrived> = []

    const later = (ms: number, then: () => void) => run(Effect.zipRight(Effect.sleep(ms), Effect.sync(then)))

    const finish = (line: Lane.Lane<Letter>, letter: Letter) => {
      line.remove(letter)
      Deferred.unsafeDone(letter.done, Exit.void)
      handOut()
    }
    const bury = (line: Lane.Lane<Letter>, letter: Letter, desk: Desk, cause: Cause.Cause<unknown>) =>
      Effect.flatMap(untilAnswered(deadLetters.keep({ ...letter, entity, cause })), (isKept) => {
        if (isKept) {
          metrics.inboxDeadLetters.unsafeUpdate(1, [])
          desk.bury(letter.delivery, { attempts: letter.attempts, cause })
        }
        finish(line, letter)
        return isKept
          ? Effect.annotateLogs(Effect.logError(logEvents.deadLetter, cause), {
            account,
            module: "cluster",
            ...Delivery.idsOf(letter.delivery),
            attempts: letter.attempts
          })
          : Effect.void
      })
    /**
     * It may not begin. Either something came before it that the engine has not read here, for a runner that had lost the
     * conversation did so last; or such a runner has begun it; or it is over: handled by such a runner, or dropped.
     */
    const lookAgain = (line: Lane.Lane<Letter>, letter: Letter) =>
      Effect.gen(function*() {
        const before = yield* untilAnswered(attempts.before(letter.request, holder))
        const begun = (yield* untilAnswered(attempts.of(address))).get(letter.request)
        if (Option.isSome(before) && !line.advance(before.value)) {
          yield* Effect.zipRight(readAgain(address), Effect.sleep(readMs))
        } else if (Option.isNone(before) && begun !== undefined && begun !== letter.attempts) {
          yield* Effect.sleep(disputedMs)
          letter.attempts = begun
        } else if (yield* untilAnswered(attempts.isOver(letter.request))) {
          return finish(line, letter)
        } else yield* Effect.sleep(noRoomMs)
        line.resume(letter)
        handOut()
      })
    /** It might begin, but what took so long may have been true before a freeze: whoever has lost it knows by then. */
    const beLate = (line: Lane.Lane<Letter>, letter: Letter) =>
      Effect.ignore(attempts.undo(letter.request, letter.attempts, holder)).pipe(
        Effect.zipRight(Effect.sleep(disputedMs)),
        Effect.map(() => {
          line.resume(letter)
          handOut()
        })
      )
    const beginningOf = (line: Lane.Lane<Letter>, letter: Letter): Attempts.Beginning => {
      const { attempts, isAhead, request } = letter
      return { request, isAhead, holder, attempts: attempts + 1, together: line.together(letter) }
    }
    const attemptAt = (line: Lane.Lane<Letter>, ticket: Lane.Ticket<Letter>, desk: Desk): Attempt => {
      const { letter } = ticket
      const number = letter.attempts + 1
      return {
        number,
        begin: Effect.suspend(() =>
          line.begin(ticket)
            ? Effect.match(Effect.timed(attempts.begin(beginningOf(line, letter))), {
              onSuccess: ([took, mayBegin]) => {
                if (mayBegin && Duration.toMillis(took) < staleMs) {
                  metrics.inboxAttempts.unsafeUpdate(1, [])
                  return line.confirm(ticket)
                }
                line.hold(letter)
                run(mayBegin ? beLate(line, letter) : lookAgain(line, letter))
                return false
              },
              onFailure: () => {
                line.takeBack(ticket)
                later(noDatabaseMs, handOut)
                return false
              }
            })
            : Effect.succeed(false)
        ),
        end: Outcome.$match({
          Done: () => Effect.sync(() => finish(line, letter)),
          PutBack: () =>
            Effect.zipRight(
              Effect.ignore(attempts.undo(letter.request, letter.attempts, holder)),
              Effect.sync(() => {
                line.takeBack(ticket)
                handOut()
              })
            ),
          GivenUp: ({ cause }) =>
            Effect.suspend(() => {
              letter.attempts = number
              line.hold(letter)
              return bury(line, letter, desk, cause)
            }),
          Failed: ({ cause }) =>
            Effect.suspend(() => {
              letter.attempts = number
              line.hold(letter)
              if (number >= maxAttempts) return bury(line, letter, desk, cause)
              metrics.inboxRetries.unsafeUpdate(1, [])
              later(pauseMs(number), () => {
                line.resume(letter)
                handOut()
              })
              return Effect.void
            })
        }),
        openCards,
        decline: () => {
          line.takeBack(ticket)
          later(noRoomMs, handOut)
        }
      }
    }
    const handOut = (): void => {
      const desk = desks.of(account)
      if (desk === undefined || lane === undefined) return
      for (const ticket of lane.next()) desk.hand(ticket.letter.delivery, attemptAt(lane, ticket, desk))
    }
    /** What arrived takes its place in line, once somebody can read it, and it is known how often it was begun before. */
    const read = (desk: Desks.OpenDesk) => {
      if (begunBefore === undefined) return
      // Those of whoever had the conversation before; once, for it comes back from nobody without a new stay.
      if (lane === undefined && desk.settleCard !== undefined) settle(address, openCards.settleLeft(desk.settleCard))
      const line = lane ??= Lane.make(desk.most)
      const those = unread
      unread = []
      for (const each of those) {
        const frame = Frame.decode(each.frame)
        // Another version may have kept what this one can't read, but a frame it was.
        if (typeof frame === "string") {
          const cause = Cause.fail(new Error(`what was kept is no frame: ${frame}`))
          run(Effect.zipRight(
            untilAnswered(deadLetters.keepUnread({ ...each, entity, attempts: 0, cause })),
            Deferred.succeed(each.done, undefined)
          ))
          continue
        }
        const delivery = desk.read(frame, each.receivedAt)
        const begun = begunBefore.get(each.request) ?? 0
        const letter: Letter = { ...each, delivery, isAhead: desk.isAhead(delivery), attempts: begun }
        line.add(letter)
        if (begun < maxAttempts) continue
        line.hold(letter)
        run(bury(line, letter, desk, crashed))
      }
    }
    const takeUp = () => {
      const desk = desks.of(account)
      if (desk === undefined) return
      read(desk)
      handOut()
    }
    yield* desks.visit(account, {
      onOpen: takeUp,
      onRest: () => lane?.takeAllBack()
    })

    // Not waited for here: the engine reads nothing for other conversations before this one is there.
    run(Effect.map(untilAnswered(attempts.of(address)), (begun) => {
      begunBefore = begun
      takeUp()
    }))

    /** The conversation goes elsewhere: what is in hand may end, and the rest is forgotten here. */
    const leave = (it: Arrived) => {
      unread = unread.filter((other) => other !== it)
      return lane?.leave(it.request) === "begun"
        ? Effect.flatMap(
          releaseWithin(graceMs)(Deferred.await(it.done)),
          (ended) => Option.isSome(ended) ? Effect.void : Effect.interrupt
        )
        : Effect.interrupt
    }

    return Conversation.of({
      Deliver: ({ payload: { frame, id, receivedAt }, requestId }) =>
        Rpc.uninterruptible(Effect.flatMap(Deferred.make<void>(), (done) => {
          const it: Arrived = { request: String(requestId), id, frame, receivedAt, done }
          unread.push(it)
          inHand.add(it.request)
          takeUp()
          return Effect.catchAllCause(
            Effect.interruptible(Deferred.await(done)),
            (cause) => Cause.isInterrupted(cause) ? leave(it) : Effect.failCause(cause)
          ).pipe(Effect.ensuring(Effect.sync(() => inHand.delete(it.request))))
        }))
    })
  })
