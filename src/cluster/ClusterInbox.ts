/**
 * The inbox of a cluster: what arrives is kept for the runner that has its conversation.
 *
 * @since 0.1.0
 */
import type { Sharding } from "@effect/cluster/Sharding"
import type * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { DeadLetters } from "../inbound/DeadLetters.ts"
import type { Arrival, Durable } from "../inbound/Inbox.ts"
import { monotonicMillis } from "../internal/runtime/clock.ts"
import { logEvents } from "../logEvents.ts"
import { json } from "../sql/internal/database/storable.ts"
import type * as Desks from "./Desks.ts"
import * as Keeping from "./internal/keeping.ts"
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
  /** For the console. */
  readonly deadLetters: DeadLetters
}

interface Arrived {
  readonly letter: Keeping.Letter
  readonly answer: (isKept: boolean) => void
}

/** Most that one statement keeps. */
const mostAtOnce = 500

/** What may wait to be kept. What finds no room is not acknowledged, and comes again. */
const capacity = 16_384

/** How long what arrived waits for a database that does not answer, in milliseconds: DingTalk brings it again. */
const patienceMs = 2_000

/** How often it is said at most that nothing is kept, in milliseconds. */
const tellEveryMs = 10_000

const noAnswer = () => new SqlError({ cause: undefined, message: "the database does not answer" })

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
  { deadLetters, desks, messages, waking: { wake } }: Options
): Effect.Effect<Durable, never, Sharding | SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const keep = yield* Keeping.make(messages)
    const queue = yield* Queue.bounded<Arrived>(capacity)

    let toldAt = Number.NEGATIVE_INFINITY
    const tell = (error: SqlError) =>
      Effect.flatMap(monotonicMillis, (now) => {
        if (now - toldAt < tellEveryMs) return Effect.void
        toldAt = now
        return Effect.annotateLogs(Effect.logWarning(logEvents.notKept, error), { module: "cluster" })
      })
    const write = Effect.flatMap(Queue.takeBetween(queue, 1, mostAtOnce), (arrived) => {
      const all = [...arrived]
      const answer = (isKept: boolean) => Effect.sync(() => all.forEach(({ answer }) => answer(isKept)))
      return keep(all.map(({ letter }) => letter)).pipe(
        // Of a connection that is cut off nothing may ever be heard; what comes next takes another one.
        Effect.disconnect,
        Effect.timeoutFail({ duration: patienceMs, onTimeout: noAnswer }),
        Effect.matchEffect({
          onFailure: (error) => Effect.zipRight(answer(false), tell(error)),
          onSuccess: (places) => Effect.zipRight(answer(true), wake(places))
        }),
        Effect.onInterrupt(() => answer(false))
      )
    })
    yield* Effect.forkScoped(Effect.forever(write))

    return {
      deadLetters,
      open: (desk) =>
        Effect.map(desks.open(desk), ({ begin, rest }) => ({
          begin,
          rest,
          offer: (arrival, answer) => {
            const letter = letterOf(desk.settings.id, arrival)
            if (!Queue.unsafeOffer(queue, { letter, answer })) answer(false)
          }
        }))
    } satisfies Durable
  }).pipe(Effect.withTracerEnabled(false))
