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
 * The handlers of a bot; each is an Effect with requirements of its own. A topic without a handler is not subscribed.
 *
 * A handler that fails, dies or exceeds `handlerTimeoutMs` is counted and logged, and takes neither its worker nor
 * anything else with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Handlers<R = never> {
  /**
   * A message that the gate admitted. DingTalk has its acknowledgement already. A redelivery of the same message is not
   * handled again while this one runs or after it succeeded; after a failure it is.
   */
  readonly onMessage?: ((message: Message) => Effect.Effect<unknown, unknown, R>) | undefined
  /**
   * A message that was dropped because the queue is full: the place to say "busy". It is itself bounded, one at a time
   * with 16 waiting, beyond which the dropped ones are only counted.
   */
  readonly onDropped?: ((message: Message) => Effect.Effect<unknown, unknown, R>) | undefined
  /**
   * An event; the setting `events` must be on. It is acknowledged with SUCCESS after success, with LATER (DingTalk
   * brings it back) after a failure, on overflow or after the time-out.
   */
  readonly onEvent?: ((event: DingTalkEvent) => Effect.Effect<unknown, unknown, R>) | undefined
  /** Somebody used a card that was created with `callbackType: STREAM`. What is returned updates the card. */
  readonly onCardAction?: ((action: CardAction) => Effect.Effect<CardActionResponse | void, unknown, R>) | undefined
  /** A call of an AI plugin. What is returned is the answer. */
  readonly onGraphCall?: ((call: GraphCall) => Effect.Effect<GraphCallResponse, unknown, R>) | undefined
}
