/** What an inbox keeps, in a worker's hands: the attempt begins, and how it ended is kept. */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { UndecodableReason } from "../../internal/decoded.ts"
import type { InboundMetrics } from "../../metrics.ts"
import * as Frame from "../../stream/Frame.ts"
import { type Attempt, Outcome } from "../Attempt.ts"
import { type Delivery, idsOf, partsOf } from "../Delivery.ts"
import type { OpenInbox } from "../Inbox.ts"
import type { Calls } from "./calls.ts"

/** What is kept was answered when it came. */
export const silent = () => false

/** Offers what arrived to an inbox: it is acknowledged when it is kept, and not before. */
export const receiving =
  (wallClock: () => number, metrics: Pick<InboundMetrics, "acked">, calls: Pick<Calls<never>, "accept" | "refuse">) =>
  (inbox: OpenInbox, frame: Frame.Frame, delivery: Delivery): void => {
    const { messageId } = idsOf(delivery)
    const isEvent = delivery.type === "EVENT"
    const id = messageId === undefined || !isEvent ? messageId : `event:${messageId}`
    inbox.offer({ frame, delivery, id, receivedAt: wallClock() }, (isKept) => {
      if (isEvent) (isKept ? calls.accept : calls.refuse)(delivery)
      else if (isKept && delivery.send(Frame.acknowledgement(frame.messageId))) metrics.acked.unsafeUpdate(1, [])
    })
  }

/** What is kept can't be read by this version of the library. */
class UnreadablePayload extends Data.TaggedError("UnreadablePayload")<{ readonly reason: UndecodableReason }> {
  override get message(): string {
    return `what was kept can't be read (${this.reason}): retry it with a version that can, or drop it`
  }
}

/** What is kept is of a kind that this robot does not handle, though it did when it arrived. */
class NoHandler extends Data.TaggedError("NoHandler")<Pick<Delivery, "type" | "topic">> {
  override get message(): string {
    return `there is no handler for what was kept (${this.type} ${this.topic}): retry it where there is, or drop it`
  }
}

type Handle<R> = (delivery: Delivery) => Effect.Effect<void, never, R>

export interface Keeping {
  /** Handles a delivery as an attempt, if it is one. To be run uninterruptibly. */
  readonly attempting: <R>(handle: Handle<R>) => Handle<R>
  /** Synchronous: a delivery that is at work goes back to where it is kept; false if it is not kept. */
  readonly putBack: (delivery: Delivery) => boolean
  /** Synchronous: a delivery, or a part of one, can't be read. */
  readonly unreadable: (delivery: Delivery, reason: UndecodableReason) => void
  /** Synchronous: the handler of a delivery failed. */
  readonly failed: (delivery: Delivery, cause: Cause.Cause<unknown>) => void
  /** Synchronous: the handler of a delivery is about to be interrupted because somebody wants that. */
  readonly stopped: (delivery: Delivery) => void
}

const endAll = (attempts: ReadonlyArray<Attempt>, outcome: Outcome) =>
  Effect.forEach(attempts, ({ end }) => end(outcome), { discard: true })

/** `isHandled`: whether there is a handler for such a delivery. */
export const make = (isHandled: (delivery: Delivery) => boolean): Keeping => {
  const outcomes = new Map<Delivery, Outcome>()
  const stops = new Set<Delivery>()

  const take = (delivery: Delivery): Outcome | undefined => {
    const outcome = outcomes.get(delivery)
    outcomes.delete(delivery)
    return outcome
  }
  /** Each part ends as the whole does, unless something else is known of it. */
  const endEach = (delivery: Delivery, otherwise: Outcome) => {
    const outcome = take(delivery) ?? otherwise
    return Effect.forEach(
      partsOf(delivery),
      (part) => Effect.suspend(() => part.attempt?.end(take(part) ?? outcome) ?? Effect.void),
      { discard: true }
    )
  }
  /** An attempt that did not come to its end: on request it is one, too. */
  const cutOff = (delivery: Delivery, cause: Cause.Cause<never>): Outcome => {
    const isStopped = stops.delete(delivery)
    if (!Cause.isInterrupted(cause)) return Outcome.Failed({ cause })
    return isStopped ? Outcome.Done() : Outcome.PutBack()
  }
  const givenUp = (error: UnreadablePayload | NoHandler) => Outcome.GivenUp({ cause: Cause.fail(error) })
  const run = <R>(handle: Handle<R>, delivery: Delivery) => {
    if (!isHandled(delivery)) return endEach(delivery, givenUp(new NoHandler(delivery)))
    return Effect.matchCauseEffect(handle(delivery), {
      onSuccess: () => endEach(delivery, Outcome.Done()),
      onFailure: (cause) => Effect.zipRight(endEach(delivery, cutOff(delivery, cause)), Effect.failCause(cause))
    })
  }

  return {
    attempting: (handle) => (delivery) => {
      const { attempt, parts } = delivery
      if (attempt === undefined) return handle(delivery)
      if (parts === undefined) {
        return Effect.flatMap(attempt.begin, (isBegun) => isBegun ? run(handle, delivery) : Effect.void)
      }
      const attempts = partsOf(delivery).flatMap(({ attempt }) => attempt ?? [])
      return Effect.flatMap(
        Effect.forEach(attempts, (attempt) => Effect.map(attempt.begin, (isBegun) => isBegun ? [attempt] : []), {
          concurrency: "unbounded"
        }),
        (begun) => {
          const all = begun.flat()
          // What belongs together is handled together: those that are taken back come again, and these with them.
          return all.length === attempts.length
            ? run(handle, delivery)
            : endAll(all, Outcome.PutBack())
        }
      )
    },
    putBack: (delivery) => {
      if (delivery.attempt !== undefined) outcomes.set(delivery, Outcome.PutBack())
      return delivery.attempt !== undefined
    },
    unreadable: (delivery, reason) => {
      if (delivery.attempt !== undefined) outcomes.set(delivery, givenUp(new UnreadablePayload({ reason })))
    },
    failed: (delivery, cause) => {
      if (delivery.attempt !== undefined) outcomes.set(delivery, Outcome.Failed({ cause }))
    },
    stopped: (delivery) => {
      if (delivery.attempt !== undefined) stops.add(delivery)
    }
  }
}
