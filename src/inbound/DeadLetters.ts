/**
 * What an inbox has given up, for those who look at it and say what becomes of it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * Something that was given up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Buried {
  readonly account: string
  /** Which one it is of the account's. */
  readonly number: number
  /** DingTalk's `msgId`, or `event:` and the `eventId`; `undefined` if it sent none. */
  readonly id: string | undefined
  /** The conversation, or what an event is about. */
  readonly line: string
  readonly topic: string
  /** How often its handler was begun. */
  readonly attempts: number
  /** When it arrived, and when it was given up, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly endedAt: number | undefined
  /** What the last attempt failed of. */
  readonly cause: string | undefined
  /** As DingTalk sent it, with the credential by which it may be answered; `undefined` unless it was asked for. */
  readonly payload: string | undefined
}

/**
 * What keeps the inbox does not answer: **try again**, and look at the database.
 *
 * @since 0.1.0
 * @category errors
 */
export class InboxUnavailable extends Data.TaggedError("InboxUnavailable")<{ readonly cause: unknown }> {
  override get message(): string {
    return "the inbox's database does not answer: try again, and look at the database"
  }
}

/**
 * The dead letters of an inbox, those of accounts that don't run here, too.
 *
 * @since 0.1.0
 * @category models
 */
export interface DeadLetters {
  /** How many there are, and those that were given up last, the last one first. */
  readonly look: (options: { readonly limit: number; readonly withPayload: boolean }) => Effect.Effect<
    { readonly count: number; readonly entries: ReadonlyArray<Buried> },
    InboxUnavailable
  >
  /** Has one handled again, with all its attempts. Tells whether it was a dead letter. */
  readonly retry: (account: string, number: number) => Effect.Effect<boolean, InboxUnavailable>
  /** Has one never handled. Tells whether it was a dead letter. */
  readonly drop: (account: string, number: number) => Effect.Effect<boolean, InboxUnavailable>
}
