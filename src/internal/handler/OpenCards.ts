/**
 * Cards that a handler writes, noted where they outlive the process: what a crash leaves open is settled at the next start.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * A card that is not settled yet, and what it is to show should its handler never come to that.
 *
 * @since 0.1.0
 * @category models
 */
export interface OpenCard {
  readonly outTrackId: string
  /** The variable that is written as its text comes, if there is one. */
  readonly streamed: string | undefined
  readonly params: Readonly<Record<string, string>>
}

/**
 * The cards of one attempt. Neither fails nor takes long: without a note a card is as good as any.
 *
 * @since 0.1.0
 * @category models
 */
export interface OpenCards {
  /** Notes a card, before it is made and as often as it changes. */
  readonly note: (card: OpenCard) => Effect.Effect<void>
  /** It is settled. */
  readonly forget: (outTrackId: string) => Effect.Effect<void>
}

/**
 * A card does not show its end yet, which may go better another time.
 *
 * @since 0.1.0
 * @category errors
 */
export class StillOpen extends Data.TaggedError("StillOpen")<{
  readonly account: string
  readonly outTrackId: string
  readonly reason: string
}> {
  override get message(): string {
    return `the card ${this.outTrackId} of the account ${this.account} is still open: ${this.reason}`
  }
}
