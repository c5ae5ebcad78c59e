/** Deliveries whose handler's outcome is the answer: events, card actions, graph calls. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Decoded, UndecodableReason } from "../../internal/decoded.ts"
import * as Frame from "../../stream/Frame.ts"
import { topics } from "../../stream/Gateway.ts"
import * as Awaited from "../Awaited.ts"
import * as CardAction from "../call/CardAction.ts"
import * as DingTalkEvent from "../call/DingTalkEvent.ts"
import * as GraphCall from "../call/GraphCall.ts"
import { type Delivery, payloadOf, payloadOrText } from "../Delivery.ts"
import type { Handlers } from "../Handlers.ts"
import type * as Handling from "../Handling.ts"

export interface Calls<R> {
  readonly handle: (delivery: Delivery) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
  /** Answers a delivery that can't be taken: an event comes back LATER, everything else failed. */
  readonly refuse: (delivery: Delivery) => void
  /** Acknowledges an event that an inbox keeps. */
  readonly accept: (delivery: Delivery) => void
}

const noAnswer = "{\"response\":null}"

export const make = <R>(
  { metrics, settings }: Handling.Options,
  handlers: Handlers<R>,
  handling: Handling.Handling,
  awaited: Awaited.Awaited | undefined,
  onFailure: ((delivery: Delivery, cause: Cause.Cause<unknown>) => void) | undefined
): Calls<R> => {
  const answer = ({ frameId, send }: Delivery, code: 200 | 400 | 500, message: string, data: string) => {
    if (send(Frame.answer(code, frameId, message, data))) metrics.acked.unsafeUpdate(1, [])
  }
  const fail = (delivery: Delivery, message: string) => answer(delivery, 500, message, noAnswer)
  const answerEvent = (delivery: Delivery, status: DingTalkEvent.AckStatus) =>
    answer(delivery, 200, "OK", status === "SUCCESS" ? DingTalkEvent.success : DingTalkEvent.later)
  const undecodable = (delivery: Delivery, reason: UndecodableReason) => {
    handling.undecodable(delivery, reason)
    // An event that can't be read now can't be read later either; LATER would bring it back for ever.
    if (delivery.type === "EVENT") answerEvent(delivery, "SUCCESS")
    else answer(delivery, 400, "the payload can't be read", noAnswer)
  }

  const onEvent: Handling.Kind<DingTalkEvent.DingTalkEvent, unknown, R> = {
    span: "dingtalk.event.handle",
    attributes: ({ eventId, eventType }) => ({ account: settings.id, eventId, eventType }),
    spanAttributes: ({ eventId, eventType }) => ({ "messaging.message.id": eventId, "dingtalk.event.type": eventType }),
    // Events share the account's memory of redeliveries with messages, under names that no message has.
    dedupKey: ({ eventId }) => `event:${eventId}`,
    handler: handlers.onEvent ?? (() => Effect.void),
    onSuccess: (_event, delivery) => answerEvent(delivery, "SUCCESS"),
    onFailure: (_event, delivery, cause) => {
      onFailure?.(delivery, cause)
      answerEvent(delivery, "LATER")
    },
    onDuplicate: (delivery, knowledge) => answerEvent(delivery, knowledge === "done" ? "SUCCESS" : "LATER")
  }
  const onCardAction: Handling.Kind<CardAction.CardAction, CardAction.CardActionResponse | void, R> = {
    span: "dingtalk.cardAction.handle",
    attributes: ({ outTrackId }) => ({ account: settings.id, outTrackId }),
    spanAttributes: ({ outTrackId }) => ({ "dingtalk.card.id": outTrackId }),
    dedupKey: () => undefined,
    handler: (action) => {
      const awaiting = awaited?.ofAction(settings.id, action.outTrackId)
      if (awaiting !== undefined) return awaiting(action)
      return awaited !== undefined && action.outTrackId.startsWith(Awaited.cardPrefix)
        ? Effect.succeed(Awaited.gone)
        : handlers.onCardAction?.(action) ?? Effect.void
    },
    onSuccess: (_action, delivery, response) => answer(delivery, 200, "OK", CardAction.encodeResponse(response ?? {})),
    onFailure: (_action, delivery) => fail(delivery, "the handler failed"),
    onDuplicate: () => {}
  }
  const onGraphCall: Handling.Kind<GraphCall.GraphCall, GraphCall.GraphCallResponse, R> = {
    span: "dingtalk.graphCall.handle",
    attributes: ({ method, uri }) => ({ account: settings.id, method, uri }),
    spanAttributes: ({ method, uri }) => ({ "dingtalk.graph.method": method, "dingtalk.graph.uri": uri }),
    dedupKey: () => undefined,
    handler: handlers.onGraphCall ?? (() => Effect.succeed({ status: 404, body: "" })),
    onSuccess: (_call, delivery, response) => answer(delivery, 200, "OK", GraphCall.encodeResponse(response)),
    onFailure: (_call, delivery) => fail(delivery, "the handler failed"),
    onDuplicate: () => {}
  }

  const run = <A, B>(kind: Handling.Kind<A, B, R>, decoded: Decoded<A>, delivery: Delivery) =>
    decoded._tag === "Decoded"
      ? handling.run(kind, decoded.value, delivery)
      : Effect.sync(() => undecodable(delivery, decoded.reason))

  return {
    handle: (delivery) => {
      const { attempt, headers, topic, type } = delivery
      // What is not JSON is handed over as it came: it is the handler's to judge.
      if (type === "EVENT") {
        // Kept, and read back without what says what happened.
        if (attempt !== undefined && Object.keys(headers).length === 0) {
          return Effect.sync(() => undecodable(delivery, "notAnObject"))
        }
        return run(onEvent, DingTalkEvent.decode(settings, headers, payloadOrText(delivery)), delivery)
      }
      return topic === topics.cardAction
        ? run(onCardAction, CardAction.decode(settings, payloadOf(delivery)), delivery)
        : run(onGraphCall, GraphCall.decode(settings, payloadOf(delivery)), delivery)
    },
    accept: (delivery) => answerEvent(delivery, "SUCCESS"),
    refuse: (delivery) => delivery.type === "EVENT" ? answerEvent(delivery, "LATER") : fail(delivery, "busy")
  }
}
