/**
 * Asking by messages.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import type { SendError } from "../outbound/api/SendError.ts"
import * as AskCard from "./askCard.ts"
import { type AskExpired, type Asking, count, expired, failureOf } from "./Asking.ts"
import * as Question from "./question.ts"

/** Asks one thing by a message, until somebody who is asked says something that is an answer. */
const prompt = <A extends string, B>(
  { account, awaited, chatId, reply, send }: Asking<A>,
  of: "anyone" | ReadonlyArray<string>,
  text: string,
  read: (text: string) => B | undefined,
  again: string
) =>
  Effect.gen(function*() {
    const isOpen = MutableRef.make(true)
    const done = yield* Deferred.make<{ readonly value: B; readonly by: string }>()
    yield* awaited.awaitMessage(account.settings.id, {
      takes: (message) =>
        MutableRef.get(isOpen) && message.chatId === chatId &&
        Question.isAsked(of, message.senderStaffId, message.senderDingTalkId),
      onMessage: (message) =>
        Effect.suspend(() => {
          const value = read(message.text)
          if (value === undefined) return Effect.ignore(reply(message, again))
          MutableRef.set(isOpen, false)
          return Deferred.succeed(done, { value, by: message.senderId })
        })
    })
    yield* send(text)
    // Wherever this runs, or the time-out could not end it.
    return yield* Effect.interruptible(Deferred.await(done))
  }).pipe(Effect.scoped)

/**
 * Asks by messages: for the choice first, unless there is but one, then for each field.
 *
 * @since 0.1.0
 * @category operations
 */
export const byMessage = <A extends string>(
  asking: Asking<A>
): Effect.Effect<Question.Answer<A>, SendError | AskExpired> =>
  Effect.gen(function*() {
    const { choices, fields, isGroup, of, question, texts } = asking
    const [only, ...others] = choices
    const chosen = only !== undefined && others.length === 0 && fields.length > 0
      ? { value: only, by: undefined }
      : yield* prompt(
        asking,
        of,
        AskCard.asText(question, choices, texts, isGroup),
        (text) => Question.choiceIn(text, choices),
        texts.again(choices.length)
      )
    const start: { readonly by: string | undefined; readonly values: Readonly<Record<string, string>> } = {
      by: chosen.by,
      values: {}
    }
    const filled = yield* Effect.reduce(fields, start, ({ by, values }, { label, name, optional }, index) => {
      const request = texts.field(label ?? name, optional === true)
      const text = chosen.by === undefined && index === 0 ? `${question}\n\n${request}` : request
      const read = (said: string) => Question.valueIn(said, optional === true ? texts.nothing : undefined)
      return Effect.map(
        prompt(asking, by === undefined ? of : [by], text, read, request),
        (answer) => ({ by: answer.by, values: { ...values, [name]: answer.value } })
      )
    })
    return { choice: chosen.value.value, values: filled.values, by: filled.by ?? "", via: "message" as const }
  }).pipe(
    Effect.timeoutFail({ duration: asking.afterMs, onTimeout: () => expired(asking) }),
    Effect.onExit((exit) =>
      count(
        asking.account,
        Exit.isSuccess(exit) ? "answered" : failureOf(exit)?._tag === "AskExpired" ? "expired" : "withdrawn"
      )
    )
  )
