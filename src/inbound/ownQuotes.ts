/**
 * Quotes of what the robot itself has said: DingTalk names it, and the memory of what was sent has the words.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SentMessages } from "../SentMessages.ts"
import type { DeadLetter, Handlers } from "./Handlers.ts"
import type { Message } from "./message/Message.ts"
import type { Quote } from "./message/Quote.ts"

const withText = (quote: Quote, text: string): Quote => ({
  ...quote,
  _tag: "Content",
  text,
  media: [],
  title: undefined,
  url: undefined
})

const resolved = (message: Message, sent: Context.Tag.Service<SentMessages>): Effect.Effect<Message> => {
  const { quote } = message
  if (quote?._tag !== "Reference") return Effect.succeed(message)
  return Effect.map(
    sent.find(message.accountId, [quote.processQueryKey, quote.messageId, quote.outTrackId]),
    Option.match({ onNone: () => message, onSome: (text) => ({ ...message, quote: withText(quote, text) }) })
  )
}

/**
 * The handlers, of which those for messages are told what a quote that only names the robot's own words says.
 *
 * @since 0.1.0
 * @category combinators
 */
export const knowing = <R>(handlers: Handlers<R>, sent: Context.Tag.Service<SentMessages>): Handlers<R> => {
  const { onDeadLetter, onDropped, onGated, onMessage, onMessages, onStale } = handlers
  return {
    ...handlers,
    ...(onMessage === undefined ? {} : {
      onMessage: (message: Message) =>
        message.quote?._tag === "Reference" ? Effect.flatMap(resolved(message, sent), onMessage) : onMessage(message)
    }),
    ...(onDropped === undefined ? {} : {
      onDropped: (message: Message) => Effect.flatMap(resolved(message, sent), onDropped)
    }),
    ...(onDeadLetter === undefined ? {} : {
      onDeadLetter: (message: Message, deadLetter: DeadLetter) =>
        Effect.flatMap(resolved(message, sent), (message) => onDeadLetter(message, deadLetter))
    }),
    ...(onMessages === undefined ? {} : {
      onMessages: (messages: Arr.NonEmptyReadonlyArray<Message>) =>
        Effect.flatMap(
          Effect.forEach(messages, (message) => resolved(message, sent)),
          (messages) => Arr.isNonEmptyReadonlyArray(messages) ? onMessages(messages) : Effect.void
        )
    }),
    ...(onStale === undefined ? {} : {
      onStale: (message: Message) => Effect.flatMap(resolved(message, sent), onStale)
    }),
    ...(onGated === undefined ? {} : {
      onGated: (message: Message, reason: Parameters<typeof onGated>[1]) =>
        Effect.flatMap(resolved(message, sent), (message) => onGated(message, reason))
    })
  }
}
