/**
 * The inbox of a cluster: what arrives is kept for the runner that has its conversation.
 *
 * @since 0.1.0
 */
import { make as makeAddress } from "@effect/cluster/EntityAddress"
import { make as makeEntityId } from "@effect/cluster/EntityId"
import * as MessageStorage from "@effect/cluster/MessageStorage"
import { Sharding } from "@effect/cluster/Sharding"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Arrival, Durable } from "../inbound/Inbox.ts"
import { monotonicMillis } from "../internal/runtime/clock.ts"
import { logEvents } from "../logEvents.ts"
import { Conversation, Deliver, entityId, primaryKey } from "./Conversation.ts"
import type * as Desks from "./Desks.ts"

interface Sent {
  readonly account: string
  readonly arrival: Arrival
  readonly answer: (isKept: boolean) => void
}

/** How many are being kept at once; those of one conversation one after the other. */
const senders = 64

/** What waits to be kept, of each sender. What finds no room is not acknowledged, and comes again. */
const capacity = 1_024

/** How often it is said at most that nothing is kept, in milliseconds. */
const tellEveryMs = 10_000

/** After this time nobody waits any more for the runner that has the conversation to hear of it, in milliseconds. */
const noticeMs = 1_000

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  desks: Desks.Desks
): Effect.Effect<Durable, never, Sharding | MessageStorage.MessageStorage | Scope.Scope> =>
  Effect.gen(function*() {
    const sharding = yield* Sharding
    const storage = yield* MessageStorage.MessageStorage
    const clientOf = yield* Conversation.client

    /** Its runner may be gone: the message is kept before it is told, and is found by whoever is next. */
    const isKept = (entity: string, primaryKey: string) => {
      const id = makeEntityId(entity)
      const address = makeAddress({
        shardId: sharding.getShardId(id, Conversation.getShardGroup(id)),
        entityId: id,
        entityType: Conversation.type
      })
      return Effect.map(
        storage.requestIdForPrimaryKey({ address, tag: Deliver._tag, id: primaryKey }),
        (found) => found._tag === "Some"
      )
    }
    let toldAt = Number.NEGATIVE_INFINITY
    const tell = (account: string, cause: Cause.Cause<unknown>) =>
      Effect.flatMap(monotonicMillis, (now) => {
        if (now - toldAt < tellEveryMs) return Effect.void
        toldAt = now
        return Effect.annotateLogs(Effect.logWarning(logEvents.notKept, cause), { account, module: "cluster" })
      })
    const send = ({ account, answer, arrival: { delivery, frame, id = frame.messageId, receivedAt } }: Sent) => {
      const entity = entityId(account, delivery.key)
      const payload = { account, id, receivedAt, frame: JSON.stringify(frame) }
      return clientOf(entity).Deliver(payload, { discard: true }).pipe(
        Effect.as(true),
        Effect.catchTag("AlreadyProcessingMessage", () => Effect.succeed(true)),
        Effect.timeoutTo({
          duration: noticeMs,
          onSuccess: Effect.succeed,
          onTimeout: () => isKept(entity, primaryKey(payload))
        }),
        Effect.flatten,
        Effect.catchAllCause((cause) => Effect.as(tell(account, cause), false)),
        Effect.flatMap((isKept) => Effect.sync(() => answer(isKept)))
      )
    }
    const queues = yield* Effect.forEach(Array.from({ length: senders }), () =>
      Effect.tap(
        Queue.bounded<Sent>(capacity),
        (queue) => Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(queue), send)))
      ))

    return {
      open: (desk) =>
        Effect.map(desks.open(desk), ({ begin, rest }) => ({
          begin,
          rest,
          offer: (arrival, answer) => {
            const account = desk.settings.id
            const queue = queues[Math.abs(Hash.string(arrival.delivery.key)) % senders]
            if (queue === undefined || !Queue.unsafeOffer(queue, { account, arrival, answer })) answer(false)
          }
        }))
    }
  })
