/**
 * What a bot does: its reactions to what DingTalk delivers.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { CardAction, CardActionResponse } from "./call/CardAction.ts"
import type { DingTalkEvent } from "./call/DingTalkEvent.ts"
import type { GraphCall, GraphCallResponse } from "./call/GraphCall.ts"
import type { Message } from "./message/Message.ts"

/**
 * The handlers of a bot; each is an Effect with requirements of its own, which the channel asks for together. A topic
 * without a handler is not subscribed.
 *
 * Each delivery has a scope of its own, closed when its handler ends, however it ends: what a handler acquires with
 * `Effect.acquireRelease` is released then, and what it forks with `Effect.fork` or `Effect.forkScoped` is interrupted.
 * What shall outlive it is forked into a scope of yours (`Effect.forkIn`, a `FiberSet` of a layer), or with
 * `Effect.forkDaemon`.
 *
 * A handler that fails, dies or exceeds `handlerTimeoutMs` is counted and logged, and takes neither its worker nor
 * anything else with it.
 *
 * With `ordering: "conversation"`, the messages of a conversation are handled in order, and so are the events that are
 * about the same thing (a chat, an approval, a person), or, where nobody knows what they are about, of one subscription.
 *
 * @since 0.1.0
 * @category models
 */
export interface Handlers<R = never, RDropped = R, REvent = R, RCardAction = R, RGraphCall = R> {
  /**
   * A message that the gate admitted. DingTalk has its acknowledgement already. A redelivery of the same message is not
   * handled again while this one runs or after it succeeded; after a failure it is.
   */
  readonly onMessage?: ((message: Message) => Effect.Effect<unknown, unknown, R>) | undefined
  /**
   * A message that was dropped because the queue is full: the place to say "busy". It is itself bounded, one at a time
   * with 16 waiting, beyond which the dropped ones are only counted.
   */
  readonly onDropped?: ((message: Message) => Effect.Effect<unknown, unknown, RDropped>) | undefined
  /**
   * An event; the setting `events` must be on. It is acknowledged with SUCCESS after success, with LATER (DingTalk
   * brings it back) after a failure, on overflow or after the time-out.
   */
  readonly onEvent?: ((event: DingTalkEvent) => Effect.Effect<unknown, unknown, REvent>) | undefined
  /** Somebody used a card that was created with `callbackType: STREAM`. What is returned updates the card. */
  readonly onCardAction?:
    | ((action: CardAction) => Effect.Effect<CardActionResponse | void, unknown, RCardAction>)
    | undefined
  /** A call of an AI plugin. What is returned is the answer. */
  readonly onGraphCall?: ((call: GraphCall) => Effect.Effect<GraphCallResponse, unknown, RGraphCall>) | undefined
}
