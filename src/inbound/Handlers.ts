/**
 * What a bot does: its reactions to what DingTalk delivers.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import type * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import type { CardAction, CardActionResponse } from "./call/CardAction.ts"
import type { DingTalkEvent } from "./call/DingTalkEvent.ts"
import type { GraphCall, GraphCallResponse } from "./call/GraphCall.ts"
import type * as Gate from "./Gate.ts"
import type { Message } from "./message/Message.ts"

/**
 * Why a message is given up.
 *
 * @since 0.1.0
 * @category models
 */
export interface DeadLetter {
  /** How often its handler was begun. */
  readonly attempts: number
  /** What the last attempt ended with. */
  readonly cause: Cause.Cause<unknown>
}

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
export interface Handlers<
  R = never,
  RDropped = R,
  REvent = R,
  RCardAction = R,
  RGraphCall = R,
  RStale = R,
  RGated = R,
  RBurst = R,
  RDead = R
> {
  /**
   * A message that the gate admitted. DingTalk has its acknowledgement already. A redelivery of the same message is not
   * handled again while this one runs or after it succeeded; after a failure it is.
   */
  readonly onMessage?: ((message: Message) => Effect.Effect<unknown, unknown, R>) | undefined
  /**
   * What one person says in one conversation within `burstMs` of each other, oldest first, each of them admitted by the
   * gate and no redelivery: at most 20 messages, for at most five times as long. They succeed and fail together. What
   * stands alone comes here, too, unless there is an `onMessage`.
   */
  readonly onMessages?:
    | ((messages: Arr.NonEmptyReadonlyArray<Message>) => Effect.Effect<unknown, unknown, RBurst>)
    | undefined
  /**
   * Which messages overtake all others: `onMessage` gets them at once, whatever waits or is at work in their conversation
   * (`/stop`). Asked of each message as it arrives, so it must be quick; one that throws says no. At most two of them are
   * at work at once, with 64 waiting. Default: none.
   */
  readonly overtakes?: ((message: Message) => boolean) | undefined
  /**
   * Whether handlers ask by `DingTalkCards.ask`: the channel then hands them what people answer, by a card or by a
   * message. Default false.
   */
  readonly asks?: boolean | undefined
  /**
   * A message that was older than `staleAfterMs` when it arrived, that the gate admitted and that is no redelivery. It is
   * not handed to `onMessage`.
   */
  readonly onStale?: ((message: Message) => Effect.Effect<unknown, unknown, RStale>) | undefined
  /**
   * A message that the gate refused, and why; not one of the robot's own, which it would answer for ever. Like
   * `onDropped` it is bounded: one at a time with 16 waiting.
   */
  readonly onGated?:
    | ((message: Message, reason: Exclude<Gate.DropReason, "self">) => Effect.Effect<unknown, unknown, RGated>)
    | undefined
  /**
   * A message that was dropped because the queue is full: the place to say "busy". It is itself bounded, one at a time
   * with 16 waiting, beyond which the dropped ones are only counted.
   */
  readonly onDropped?: ((message: Message) => Effect.Effect<unknown, unknown, RDropped>) | undefined
  /**
   * A message that an inbox gives up, for its handler failed as often as it may, or the process ended each time: the place
   * to apologise. Only an inbox that keeps what is not done has any; like `onDropped` it is bounded.
   */
  readonly onDeadLetter?:
    | ((message: Message, deadLetter: DeadLetter) => Effect.Effect<unknown, unknown, RDead>)
    | undefined
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
