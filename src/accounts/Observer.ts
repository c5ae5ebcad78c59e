/**
 * Somebody who looks on: told of the channels of the process, and of what becomes of their messages.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Settings } from "../config/Settings.ts"
import type { UnknownAccount } from "../DingTalkError.ts"
import type { DeadLetters } from "../inbound/DeadLetters.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import type { Message } from "../inbound/message/Message.ts"
import type { Statuses } from "./AccountStatus.ts"

/**
 * What is seen of a channel.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observed {
  readonly settings: Effect.Effect<Settings>
  readonly statuses: Effect.Effect<Statuses>
  readonly changes: Stream.Stream<Statuses>
  readonly start: (id: string) => Effect.Effect<void, UnknownAccount>
  readonly stop: (id: string) => Effect.Effect<void, UnknownAccount>
  readonly restart: (id: string) => Effect.Effect<void, UnknownAccount>
  /** Those of its inbox, if it has one that gives up. */
  readonly deadLetters: DeadLetters | undefined
}

/**
 * The one who looks on, if anybody does.
 *
 * @since 0.1.0
 * @category tags
 */
export class Observer extends Context.Tag("effect-dingtalk/accounts/Observer")<Observer, {
  /** A channel is there until the scope closes. */
  readonly joined: (channel: Observed) => Effect.Effect<void, never, Scope.Scope>
  /** Synchronous: a handler begins with a message. What it gives is told of the end, synchronously, too. */
  readonly began: (message: Message) => (exit: Exit.Exit<unknown, unknown>) => void
}>() {}

/**
 * The handlers, of which those for messages tell the observer what they do.
 *
 * @since 0.1.0
 * @category combinators
 */
export const observed = <R>(handlers: Handlers<R>, observer: Context.Tag.Service<Observer>): Handlers<R> => {
  const { onMessage, onMessages } = handlers
  const telling = <A>(
    messages: ReadonlyArray<Message>,
    handle: () => Effect.Effect<A, unknown, R>
  ): Effect.Effect<A, unknown, R> =>
    Effect.suspend(() => {
      const ended = messages.map(observer.began)
      return Effect.onExit(Effect.suspend(handle), (exit) => {
        for (const tell of ended) tell(exit)
        return Effect.void
      })
    })
  return {
    ...handlers,
    ...(onMessage === undefined ? {} : {
      onMessage: (message: Message) => telling([message], () => onMessage(message))
    }),
    ...(onMessages === undefined ? {} : {
      onMessages: (messages: Arr.NonEmptyReadonlyArray<Message>) => telling(messages, () => onMessages(messages))
    })
  }
}
