/**
 * A question that is being asked: what those who ask it by a card and by messages have in common.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { Awaited } from "../inbound/Awaited.ts"
import type { Message } from "../inbound/message/Message.ts"
import type { Account } from "../outbound/api/ApiClients.ts"
import type { SendError } from "../outbound/api/SendError.ts"
import type * as AskCard from "./askCard.ts"
import type * as Question from "./question.ts"

/**
 * Nobody answered in time. The card says so.
 *
 * @since 0.1.0
 * @category errors
 */
export class AskExpired extends Data.TaggedError("AskExpired")<{
  readonly account: string
  readonly question: string
  /** How long was waited, in milliseconds. */
  readonly afterMs: number
}> {
  override get message(): string {
    return `nobody answered "${this.question}" within ${this.afterMs} ms (account "${this.account}")`
  }
}

/**
 * A question that is being asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Asking<A extends string> {
  readonly account: Account
  readonly awaited: Awaited
  readonly question: string
  readonly choices: ReadonlyArray<Question.Choice<A>>
  readonly fields: ReadonlyArray<Question.Field>
  readonly template: AskCard.Template
  readonly texts: AskCard.Texts
  /** Who may answer. */
  readonly of: "anyone" | ReadonlyArray<string>
  readonly afterMs: number
  /** Where it is asked. */
  readonly chatId: string
  readonly isGroup: boolean
  readonly nameOf: (by: string) => string
  /** Says something where it is asked. */
  readonly send: (text: string) => Effect.Effect<unknown, SendError>
  /** Answers a message. */
  readonly reply: (message: Message, text: string) => Effect.Effect<unknown, SendError>
  /** Says something to somebody alone, by a message; without it, the card does. */
  readonly tell: ((userId: string, text: string) => Effect.Effect<unknown, SendError>) | undefined
}

/**
 * The error of a question that nobody answered in time.
 *
 * @since 0.1.0
 * @category constructors
 */
export const expired = ({ account, afterMs, question }: Asking<string>): AskExpired =>
  new AskExpired({ account: account.settings.id, question, afterMs })

/**
 * Counts how a question ended.
 *
 * @since 0.1.0
 * @category operations
 */
export const count = (
  { client }: Account,
  outcome: "answered" | "expired" | "withdrawn" | "stuck"
): Effect.Effect<void> => Metric.increment(Metric.tagged(client.metrics.asks, "outcome", outcome))

/**
 * What an exit failed of, if it is an error.
 *
 * @since 0.1.0
 * @category getters
 */
export const failureOf = <A, E>(exit: Exit.Exit<A, E>): E | undefined =>
  Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
