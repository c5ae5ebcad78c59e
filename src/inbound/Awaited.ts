/**
 * What somebody waits for: the answer to a question, by a card or by a message. Such a delivery goes to who waits and not
 * to the handlers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CardAction, CardActionResponse } from "./call/CardAction.ts"
import type { Message } from "./message/Message.ts"

/**
 * What an action on a card leads to.
 *
 * @since 0.1.0
 * @category models
 */
export type OnAction = (action: CardAction) => Effect.Effect<CardActionResponse>

/**
 * Somebody who waits for a message.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listener {
  /** Whether a message is what is waited for; it must be quick. */
  readonly takes: (message: Message) => boolean
  readonly onMessage: (message: Message) => Effect.Effect<unknown>
}

/**
 * Who waits for what.
 *
 * @since 0.1.0
 * @category models
 */
export interface Awaited {
  /** Whether the channel hands anything to who waits. */
  readonly isHeeded: boolean
  /** Waits for actions on a card. Those that come after the scope's end are answered still, as long as there is room. */
  readonly awaitActions: (account: string, outTrackId: string, on: OnAction) => Effect.Effect<void, never, Scope.Scope>
  /** Waits for a message that came to an account. Of several who take it, the one that has waited longest gets it. */
  readonly awaitMessage: (account: string, listener: Listener) => Effect.Effect<void, never, Scope.Scope>
  /** Synchronous: what an action on this card leads to; `undefined` if it is nobody's. */
  readonly ofAction: (account: string, outTrackId: string) => OnAction | undefined
  /** Synchronous: who waits for this message; `undefined` if it is nobody. */
  readonly ofMessage: (message: Message) => Listener | undefined
  /** Synchronous: whether anybody waits for a message that comes to this account. */
  readonly awaitsMessage: (account: string) => boolean
}

/**
 * What the ids of cards begin with whose actions are awaited: those of a process that is gone are known by it.
 *
 * @since 0.1.0
 * @category constants
 */
export const cardPrefix = "ask-"

/**
 * What somebody sees who uses such a card: of a process that is gone, or of another one.
 *
 * @since 0.1.0
 * @category constants
 */
export const gone: CardActionResponse = { userPrivateData: { msgTitle: "这个问题已经失效，请重新发起" } }

/** Cards that are remembered after nobody waits for them any more. */
const mostEnded = 1_000

/**
 * Makes one where nobody waits for anything.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (isHeeded: boolean): Effect.Effect<Awaited> =>
  Effect.sync(() => {
    const cards = new Map<string, OnAction>()
    const ended = new Map<string, OnAction>()
    const listeners = new Map<string, ReadonlyArray<Listener>>()
    const cardKey = (account: string, outTrackId: string) => `${account} ${outTrackId}`
    const forget = (key: string, on: OnAction) => {
      cards.delete(key)
      ended.set(key, on)
      for (const [oldest] of ended) {
        if (ended.size <= mostEnded) break
        ended.delete(oldest)
      }
    }
    const leave = (account: string, listener: Listener) => {
      const others = (listeners.get(account) ?? []).filter((other) => other !== listener)
      if (others.length === 0) listeners.delete(account)
      else listeners.set(account, others)
    }
    return {
      isHeeded,
      awaitActions: (account, outTrackId, on) => {
        const key = cardKey(account, outTrackId)
        return Effect.asVoid(
          Effect.acquireRelease(Effect.sync(() => cards.set(key, on)), () => Effect.sync(() => forget(key, on)))
        )
      },
      awaitMessage: (account, listener) =>
        Effect.asVoid(Effect.acquireRelease(
          Effect.sync(() => listeners.set(account, [...listeners.get(account) ?? [], listener])),
          () => Effect.sync(() => leave(account, listener))
        )),
      ofAction: (account, outTrackId) => {
        const key = cardKey(account, outTrackId)
        return cards.get(key) ?? ended.get(key)
      },
      ofMessage: (message) => listeners.get(message.accountId)?.find((listener) => listener.takes(message)),
      awaitsMessage: (account) => listeners.has(account)
    }
  })
