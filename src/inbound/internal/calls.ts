/** Deliveries whose handler's outcome is the answer: events, card actions, graph calls. */
import * as Effect from "effect/Effect"
import * as Frame from "../../stream/Frame.ts"
import { topics } from "../../stream/Gateway.ts"
import * as CardAction from "../call/CardAction.ts"
import * as DingTalkEvent from "../call/DingTalkEvent.ts"
import * as GraphCall from "../call/GraphCall.ts"
import type { Known } from "../Inbound.ts"
import type * as Message from "../message/Message.ts"
import { type Delivery, payloadOf } from "./delivery.ts"
import type * as Handling from "./handling.ts"
import type { Tally } from "./tally.ts"

export interface Calls<R> {
  readonly handle: (delivery: Delivery, nowMs: number) => Effect.Effect<void, never, R>
  /** Answers a delivery that can't be taken: an event comes back LATER, everything else failed. */
  readonly refuse: (delivery: Delivery) => void
  readonly onInterrupted: (delivery: Delivery) => void
}

/** Events share the account's memory of redeliveries with messages, under names that no message has. */
const eventKey = (eventId: string) => `event:${eventId}`

export const unsafeMake = <R>(
  { dedup, handlers, metrics, settings }: Known<R>,
  handling: Handling.Handling,
  tally: Tally
): Calls<R> => {
  const answer = ({ frame, send }: Delivery, code: 200 | 400 | 500, message: string, data: string) => {
    if (!send(Frame.answer(code, frame.messageId, message, data))) return
    tally.acked += 1
    tally.touch()
  }
  const fail = (delivery: Delivery, message: string) => answer(delivery, 500, message, "{\"response\":null}")
  const undecodable = (delivery: Delivery) =>
    Effect.sync(() => {
      handling.undecodable()
      // An event that can't be read now can't be read later either; LATER would bring it back for ever.
      if (delivery.frame.type === "EVENT") answer(delivery, 200, "OK", DingTalkEvent.success)
      else answer(delivery, 400, "the payload can't be read", "{\"response\":null}")
    })

  const onEvent: Handling.Kind<DingTalkEvent.DingTalkEvent, unknown, R> = {
    span: "DingTalkEvent.handle",
    attributes: ({ eventId, eventType }) => ({ account: settings.id, eventId, eventType }),
    handler: handlers.onEvent ?? (() => Effect.void),
    onSuccess: ({ eventId }, delivery, _result, nowMs) => {
      delivery.dedupKey = undefined
      dedup.succeed(eventKey(eventId), nowMs)
      answer(delivery, 200, "OK", DingTalkEvent.success)
    },
    onFailure: ({ eventId }, delivery) => {
      delivery.dedupKey = undefined
      dedup.fail(eventKey(eventId))
      answer(delivery, 200, "OK", DingTalkEvent.later)
    }
  }
  const onCardAction: Handling.Kind<CardAction.CardAction, CardAction.CardActionResponse | void, R> = {
    span: "CardAction.handle",
    attributes: ({ outTrackId }) => ({ account: settings.id, outTrackId }),
    handler: handlers.onCardAction ?? (() => Effect.void),
    onSuccess: (_action, delivery, response) => answer(delivery, 200, "OK", CardAction.encodeResponse(response ?? {})),
    onFailure: (_action, delivery) => fail(delivery, "the handler failed")
  }
  const onGraphCall: Handling.Kind<GraphCall.GraphCall, GraphCall.GraphCallResponse, R> = {
    span: "GraphCall.handle",
    attributes: ({ method, uri }) => ({ account: settings.id, method, uri }),
    handler: handlers.onGraphCall ?? (() => Effect.succeed({ status: 404, body: "" })),
    onSuccess: (_call, delivery, response) => answer(delivery, 200, "OK", GraphCall.encodeResponse(response)),
    onFailure: (_call, delivery) => fail(delivery, "the handler failed")
  }

  const handleEvent = (delivery: Delivery, nowMs: number): Effect.Effect<void, never, R> => {
    // What is not JSON is handed over as it came: it is the handler's to judge.
    const payload = payloadOf(delivery)
    const decoded = DingTalkEvent.decode(
      settings,
      delivery.frame.headers,
      payload === undefined ? delivery.frame.data : payload
    )
    if (decoded._tag === "Undecodable") return undecodable(delivery)
    const key = eventKey(decoded.value.eventId)
    const known = dedup.begin(key, nowMs)
    if (known === "fresh") {
      delivery.dedupKey = key
      return handling.run(onEvent, decoded.value, delivery, nowMs)
    }
    metrics.duplicate.unsafeUpdate(1, [])
    answer(delivery, 200, "OK", known === "done" ? DingTalkEvent.success : DingTalkEvent.later)
    return Effect.void
  }
  const handleCall = <A, B>(
    delivery: Delivery,
    decoded: Message.Decoded<A>,
    kind: Handling.Kind<A, B, R>,
    nowMs: number
  ): Effect.Effect<void, never, R> =>
    decoded._tag === "Undecodable" ? undecodable(delivery) : handling.run(kind, decoded.value, delivery, nowMs)

  return {
    handle: (delivery, nowMs) =>
      delivery.frame.type === "EVENT"
        ? handleEvent(delivery, nowMs)
        : delivery.frame.topic === topics.cardAction
        ? handleCall(delivery, CardAction.decode(settings, payloadOf(delivery)), onCardAction, nowMs)
        : handleCall(delivery, GraphCall.decode(settings, payloadOf(delivery)), onGraphCall, nowMs),
    refuse: (delivery) => {
      if (delivery.frame.type === "EVENT") answer(delivery, 200, "OK", DingTalkEvent.later)
      else fail(delivery, "busy")
    },
    onInterrupted: (delivery) => {
      if (delivery.dedupKey !== undefined) dedup.fail(delivery.dedupKey)
    }
  }
}
