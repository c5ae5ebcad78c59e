/**
 * Where acknowledged deliveries wait: in memory, which is what happens without one, or where they outlive the process.
 *
 * It stands between the socket and the workers. An inbound side offers what arrived, which is acknowledged once it is kept,
 * and the inbox hands it back, one attempt at a time, until it is done.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import type { OpenCard, StillOpen } from "../internal/handler/OpenCards.ts"
import type { Frame } from "../stream/Frame.ts"
import type { Attempt } from "./Attempt.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import type { Delivery } from "./Delivery.ts"
import type { DeadLetter } from "./Handlers.ts"
import type { Ledger } from "./queue/QueueMemory.ts"

export { type Attempt, Outcome } from "./Attempt.ts"

/**
 * What arrived and is to be kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface Arrival {
  readonly frame: Frame
  readonly delivery: Delivery
  /** What tells redeliveries, within the account; `undefined` for what can't be told. */
  readonly id: string | undefined
  /** When it arrived, in milliseconds since 1970. */
  readonly receivedAt: number
}

/**
 * The inbound side of an account, as its inbox sees it. All of it is synchronous and never throws.
 *
 * @since 0.1.0
 * @category models
 */
export interface Desk {
  readonly settings: AccountSettings
  /** What all accounts may take together while it waits in memory. */
  readonly memory: Ledger
  /** How many of one conversation are wanted at once; each of them begins when the earlier ones are done. */
  readonly most: number
  /** Reads what was kept back. */
  readonly read: (frame: Frame, receivedAt: number) => Delivery
  /** Whether it goes before all that waits. */
  readonly isAhead: (delivery: Delivery) => boolean
  /** Takes something for an attempt at it. */
  readonly hand: (delivery: Delivery, attempt: Attempt) => void
  /** Tells of what will not be tried again. */
  readonly bury: (delivery: Delivery, deadLetter: DeadLetter) => void
  /** Tells of what was given up unhandled, for there is no more room. */
  readonly giveUp: (delivery: Delivery) => void
}

/**
 * An account's inbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface OpenInbox {
  /**
   * Takes what arrived, synchronously. `answer` is told once whether it is kept: only then may it be acknowledged. What
   * is known already is kept.
   */
  readonly offer: (arrival: Arrival, answer: (isKept: boolean) => void) => void
  /** Hands out what waits, from now on. */
  readonly begin: Effect.Effect<void>
  /** Hands out nothing more from now on; what is at work may end. Synchronous. */
  readonly rest: () => void
}

/**
 * Settles a card of an account that a crash has left open. Fails if that may go better another time; what never will is told
 * of, and over with.
 *
 * @since 0.1.0
 * @category models
 */
export type SettleCard = (account: string, card: OpenCard) => Effect.Effect<void, StillOpen>

/**
 * An inbox that outlives the process.
 *
 * @since 0.1.0
 * @category models
 */
export interface Durable {
  /**
   * Opens the inbox of an account. When the scope closes, what is at work has ended. Without `settleCard`, cards that a
   * crash has left open stay so.
   */
  readonly open: (desk: Desk, settleCard?: SettleCard) => Effect.Effect<OpenInbox, never, Scope.Scope>
  /** What it has given up, for the console; `undefined` where that can't be looked at. */
  readonly deadLetters?: DeadLetters | undefined
}

/**
 * Where acknowledged deliveries wait; `undefined`: in memory. Without it in the context, it is as with {@link layerMemory}.
 *
 * @since 0.1.0
 * @category tags
 */
export class Inbox extends Context.Tag("effect-dingtalk/inbound/Inbox")<Inbox, Durable | undefined>() {}

/**
 * In memory, which is the default: what is acknowledged and not handled is lost when the process ends.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<Inbox> = Layer.succeed(Inbox, undefined)
