/**
 * One attempt at handling what an inbox keeps, and how it ended.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { OpenCards } from "../internal/handler/OpenCards.ts"

/**
 * How an attempt ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = Data.TaggedEnum<{
  /** It was handled, or there is nothing to be done about it. */
  readonly Done: {}
  /** The handler failed, died or exceeded its time. */
  readonly Failed: { readonly cause: Cause.Cause<unknown> }
  /** No other attempt would do better here: it can't be read, or there is no handler for it. */
  readonly GivenUp: { readonly cause: Cause.Cause<unknown> }
  /** It was cut off, and is no more to blame for that than if it had not begun: the account stops. */
  readonly PutBack: {}
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const Outcome = Data.taggedEnum<Outcome>()

/**
 * One attempt at something that is kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface Attempt {
  /** 1 for the first. Of a later one, the handler may have begun before. */
  readonly number: number
  /**
   * Takes note that the handler is about to begin. False: it must not, for the inbox has taken it back, and no
   * {@link Attempt.end} follows.
   */
  readonly begin: Effect.Effect<boolean>
  /**
   * Takes note of how it ended. Unless it is done, what comes behind it in its conversation begins when that is kept, and not
   * before.
   */
  readonly end: (outcome: Outcome) => Effect.Effect<void>
  /** Where the cards that its handler writes are noted. Default: nowhere. */
  readonly openCards?: OpenCards | undefined
  /** It will not begin, for want of room. Synchronous. */
  readonly decline: () => void
}
