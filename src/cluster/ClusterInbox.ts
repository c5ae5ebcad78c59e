/**
 * The inbox of a cluster: what arrives is kept for the runner that has its conversation.
 *
 * @since 0.1.0
 */
import type { Sharding } from "@effect/cluster/Sharding"
import type * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { DeadLetters } from "../inbound/DeadLetters.ts"
import * as Delivery from "../inbound/Delivery.ts"
import type { Arrival, Durable } from "../inbound/Inbox.ts"
import * as Summary from "../inbound/internal/summary.ts"
import { logEvents } from "../logEvents.ts"
import { json } from "../sql/internal/database/storable.ts"
import { within } from "../sql/internal/database/within.ts"
import type * as Desks from "./Desks.ts"
import * as Keeping from "./internal/keeping.ts"
import type * as Levels from "./internal/levels.ts"
import type * as Waking from "./internal/waking.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly desks: Desks.Desks
  /** The engine's table of messages. */
  readonly messages: string
  readonly waking: Waking.Waking
  readonly levels: Levels.Levels
  /** How many of an account may wait. */
  readonly inboxLimit: number
  /** For the console. */
  readonly deadLetters: DeadLetters
}

type WhyRefused = "full" | "down"

interface Arrived {
  readonly letter: Keeping.Letter
  readonly answer: (isKept: boolean) => void
  /** Is told when it is not kept. */
  readonly refused: (reason: WhyRefused) => void
}

/** Most that one statement keeps. */
const mostAtOnce = 500

/** What may wait to be kept. What finds no room is not acknowledged, and comes again. */
const capacity = 16_384

/** How long what arrived waits for a database that does not answer, in milliseconds: DingTalk brings it again. */
const patienceMs = 2_000

const letterOf = (
  account: string,
  { delivery, frame, id = frame.messageId, receivedAt }: Arrival
): Keeping.Letter => ({
  account,
  key: delivery.key,
  id,
  receivedAt,
  frame: json(frame)
})

/**
 * Keeps in the engine's table of messages; all that comes while a statement is under way is the next one's.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  { deadLetters, desks, inboxLimit, levels, messages, waking: { wake } }: Options
): Effect.Effect<Durable, never, Sharding | SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const keeper = yield* Keeping.make(messages)
    const run = yield* FiberSet.makeRuntime<never>()
    const refusalsOf = (account: string) =>
      Summary.make<Delivery.Ids & { readonly reason: WhyRefused }>(
        (effect) => {
          run(effect, { immediate: false })
        },
        (summed) =>
          Effect.annotateLogs(Effect.logWarning(logEvents.inboxRefused), {
            account,
            module: "cluster",
            ...summed,
            inboxLimit
          })
      )
    const queue = yield* Queue.bounded<Arrived>(capacity)

    /** At the limit only what is known already is kept; of what fits, the first. */
    const admit = (all: ReadonlyArray<Arrived>) =>
      Effect.gen(function*() {
        const admitted: Array<Arrived> = []
        const beyond: Array<Arrived> = []
        for (const [account, those] of Object.entries(Arr.groupBy(all, ({ letter }) => letter.account))) {
          const room = yield* levels.room(account, those.length)
          admitted.push(...those.slice(0, room))
          beyond.push(...those.slice(room))
        }
        const known = yield* keeper.known(beyond.map(({ letter }) => letter))
        return {
          admitted,
          known: beyond.filter(({ letter }) => known.has(letter)),
          excess: beyond.filter(({ letter }) => !known.has(letter))
        }
      })
    const refuse = (those: ReadonlyArray<Arrived>, reason: WhyRefused) => {
      for (const { answer, refused } of those) {
        refused(reason)
        answer(false)
      }
    }
    const written = (
      { admitted, excess, known }: Effect.Effect.Success<ReturnType<typeof admit>>,
      kept: ReadonlyArray<Keeping.Kept>
    ) => {
      for (const { answer } of admitted) answer(true)
      for (const { answer } of known) answer(true)
      refuse(excess, "full")
      const fresh = new Map<string, number>()
      for (const { isFresh, letter: { account } } of kept) {
        if (isFresh) fresh.set(account, (fresh.get(account) ?? 0) + 1)
        else levels.of(account).duplicate.unsafeUpdate(1, [])
      }
      for (const { letter: { account } } of known) levels.of(account).duplicate.unsafeUpdate(1, [])
      return Effect.zipRight(wake(kept), levels.kept(fresh))
    }
    const write = Effect.flatMap(Queue.takeBetween(queue, 1, mostAtOnce), (arrived) => {
      const all = [...arrived]
      return admit(all).pipe(
        Effect.flatMap((sorted) =>
          Effect.map(
            sorted.admitted.length === 0
              ? Effect.succeed([])
              : keeper.keep(sorted.admitted.map(({ letter }) => letter)),
            (kept) => ({ sorted, kept })
          )
        ),
        // What the driver throws is a failure, too.
        Effect.catchAllDefect((cause) => new SqlError({ cause, message: "the database failed" })),
        within(patienceMs),
        Effect.onInterrupt(() => Effect.sync(() => refuse(all, "down"))),
        Effect.matchEffect({
          onFailure: (error) =>
            Effect.suspend(() => {
              refuse(all, "down")
              return levels.failed(error)
            }),
          onSuccess: ({ kept, sorted }) => Effect.suspend(() => written(sorted, kept))
        })
      )
    })
    yield* Effect.forkScoped(Effect.forever(write))

    return {
      deadLetters,
      open: (desk, settleCard) =>
        Effect.gen(function*() {
          const account = desk.settings.id
          const refusals = yield* refusalsOf(account)
          const { begin, rest } = yield* desks.open({ ...desk, settleCard })
          yield* levels.watch(account)
          return {
            begin,
            rest,
            offer: (arrival, answer) => {
              const refused = (reason: WhyRefused) => {
                levels.of(account).inboxRefused.unsafeUpdate(1, [])
                refusals.report({ ...Delivery.idsOf(arrival.delivery), reason })
              }
              const arrived = { letter: letterOf(account, arrival), answer, refused }
              if (!Queue.unsafeOffer(queue, arrived)) refuse([arrived], "down")
            }
          }
        })
    } satisfies Durable
  }).pipe(Effect.withTracerEnabled(false))
