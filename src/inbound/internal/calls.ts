/** Deliveries whose handler's outcome is the answer: events, card actions, graph calls. */
import * as Effect from "effect/Effect"
import type { InboundMetrics } from "../../metrics.ts"
import * as Frame from "../../stream/Frame.ts"
import { topics } from "../../stream/Gateway.ts"
import * as CardAction from "../CardAction.ts"
import * as DingTalkEvent from "../DingTalkEvent.ts"
import * as GraphCall from "../GraphCall.ts"
import type { Options } from "../Inbound.ts"
import { type Delivery, payloadOf } from "./delivery.ts"
import type * as Handling from "./handling.ts"

export interface Calls<R> {
  readonly handle: (delivery: Delivery) => Effect.Effect<void, never, R>
  /** Answers a delivery that can't be taken: an event comes back LATER, everything else failed. */
  readonly refuse: (delivery: Delivery) => void
  readonly onInterrupted: (delivery: Delivery) => void
}

/** Events share the account's memory of redeliveries with messages, under names that no message has. */
const eventKey = (eventId: string) => `event:${eventId}`

export const unsafeMake = <R>(
  { dedup, handlers, metrics, settings }: Options<R> & { readonly metrics: InboundMetrics },
  handling: Handling.Handling,
  { now }: Handling.Surroundings
): Calls<R> => {
  const keys = new WeakMap<Delivery, string>()
  const answer = ({ frame, send }: Delivery, code: 200 | 400 | 500, message: string, data: string) => {
    if (send(Frame.answer(code, frame.messageId, message, data))) metrics.acked.unsafeUpdate(1, [])
  }
  const fail = (delivery: Delivery, message: string) => answer(delivery, 500, message, "{\"response\":null}")
  const undecodable = (delivery: Delivery) =>
    Effect.sync(() => {
      handling.undecodable()
      // An event that can't be read now can't be read later either; LATER would bring it back for ever.
      if (delivery.frame.type === "EVENT") answer(delivery, 200, "OK", DingTalkEvent.success)
      else answer(delivery, 400, "the payload can't be read", "{\"response\":null}")
    })

  const onEvent = (delivery: Delivery): Effect.Effect<void, never, R> => {
    const handler = handlers.onEvent
    if (handler === undefined) return Effect.void
    const decoded = DingTalkEvent.decode(settings, delivery.frame.headers, payloadOf(delivery))
    if (decoded._tag === "Undecodable") return undecodable(delivery)
    const event = decoded.value
    const key = eventKey(event.eventId)
    const known = dedup.begin(key, now())
    if (known !== "fresh") {
      metrics.duplicate.unsafeUpdate(1, [])
      answer(delivery, 200, "OK", known === "done" ? DingTalkEvent.success : DingTalkEvent.later)
      return Effect.void
    }
    keys.set(delivery, key)
    return handling.run(
      "DingTalkEvent.handle",
      () => ({ account: settings.id, eventId: event.eventId, eventType: event.eventType }),
      () => handler(event),
      () => {
        dedup.succeed(key, now())
        answer(delivery, 200, "OK", DingTalkEvent.success)
      },
      () => {
        dedup.fail(key)
        answer(delivery, 200, "OK", DingTalkEvent.later)
      }
    )
  }
  const onCardAction = (delivery: Delivery): Effect.Effect<void, never, R> => {
    const handler = handlers.onCardAction
    if (handler === undefined) return Effect.void
    const decoded = CardAction.decode(settings, payloadOf(delivery))
    if (decoded._tag === "Undecodable") return undecodable(delivery)
    const action = decoded.value
    return handling.run(
      "CardAction.handle",
      () => ({ account: settings.id, outTrackId: action.outTrackId }),
      () => handler(action),
      (response) => answer(delivery, 200, "OK", CardAction.encodeResponse(response ?? {})),
      () => fail(delivery, "the handler failed")
    )
  }
  const onGraphCall = (delivery: Delivery): Effect.Effect<void, never, R> => {
    const handler = handlers.onGraphCall
    if (handler === undefined) return Effect.void
    const decoded = GraphCall.decode(settings, payloadOf(delivery))
    if (decoded._tag === "Undecodable") return undecodable(delivery)
    const call = decoded.value
    return handling.run(
      "GraphCall.handle",
      () => ({ account: settings.id, method: call.method, uri: call.uri }),
      () => handler(call),
      (response) => answer(delivery, 200, "OK", GraphCall.encodeResponse(response)),
      () => fail(delivery, "the handler failed")
    )
  }

  return {
    handle: (delivery) =>
      Effect.suspend(() =>
        delivery.frame.type === "EVENT"
          ? onEvent(delivery)
          : delivery.frame.topic === topics.cardAction
          ? onCardAction(delivery)
          : onGraphCall(delivery)
      ),
    refuse: (delivery) => {
      if (delivery.frame.type === "EVENT") answer(delivery, 200, "OK", DingTalkEvent.later)
      else fail(delivery, "busy")
    },
    onInterrupted: (delivery) => {
      const key = keys.get(delivery)
      if (key !== undefined) dedup.fail(key)
    }
  }
}
