/**
 * Asking by a card that calls back.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Ref from "effect/Ref"
import * as Awaited from "../inbound/Awaited.ts"
import type { CardAction, CardActionResponse } from "../inbound/call/CardAction.ts"
import { CurrentHandler } from "../internal/handler/CurrentHandler.ts"
import { endWithin } from "../internal/runtime/endWithin.ts"
import { uuid } from "../internal/uuid.ts"
import type { ApiError } from "../outbound/api/ApiError.ts"
import * as CardApi from "../outbound/card/CardApi.ts"
import type * as Target from "../outbound/message/Target.ts"
import * as AskCard from "./askCard.ts"
import { type AskExpired, type Asking, count, expired, failureOf } from "./Asking.ts"
import * as Question from "./question.ts"

/** Longest for showing how a question ended, and for a word to somebody, in milliseconds. */
const boundMs = { end: 10_000, word: 3_000 } as const

const textOf = (value: unknown): string =>
  typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : ""

/**
 * Asks by a card. Fails with the error of making it where there is none, for certain.
 *
 * @since 0.1.0
 * @category operations
 */
export const byCard = <A extends string>(asking: Asking<A>, target: Target.Target) =>
  Effect.gen(function*() {
    const { account, afterMs, awaited, choices, fields, nameOf, of, question, tell, template, texts } = asking
    const outTrackId = `${Awaited.cardPrefix}${yield* uuid}`
    const state = yield* Ref.make<Question.State<A>>(Question.open)
    const done = yield* Deferred.make<Question.Answer<A>>()
    const shown = (state: Question.State<A>): CardApi.Params =>
      template.params({
        question,
        choices,
        fields,
        state,
        status: AskCard.statusOf(state, choices, texts, nameOf)
      })

    const word = (userId: string, text: string): Effect.Effect<CardActionResponse> =>
      tell === undefined
        ? Effect.succeed({ userPrivateData: template.word(text) })
        : tell(userId, text).pipe(endWithin(boundMs.word), Effect.ignore, Effect.as({}))
    const lateWord = ({ _tag }: Question.State<A>): string =>
      _tag === "Expired" ? texts.expired : _tag === "Withdrawn" ? texts.withdrawn : texts.late

    const onAction = (action: CardAction): Effect.Effect<CardActionResponse> =>
      Effect.gen(function*() {
        const said = (template.choiceOf ?? AskCard.choiceOf)(action, choices)
        const choice = choices.find(({ value }) => value === said)
        // Something else on the card.
        if (choice === undefined) return {}
        const isAsked = Question.isAsked(of, action.userId)
        const values = Object.fromEntries(fields.map(({ name }) => [name, textOf(action.params[name])]))
        const missing = fields.filter(({ name, optional }) => optional !== true && values[name] === "")
        const isOpen = (yield* Ref.get(state))._tag === "Open"
        if (isAsked && isOpen && missing.length > 0) {
          return yield* word(action.userId, texts.missing(missing.map(({ label, name }) => label ?? name)))
        }
        const answer: Question.Answer<A> = { choice: choice.value, values, by: action.userId, via: "card" }
        const [verdict, after] = yield* Ref.modify(state, (state) => {
          const heard = Question.hear(state, answer, isAsked)
          return [heard, heard[1]]
        })
        switch (verdict) {
          case "taken":
            yield* Deferred.succeed(done, answer)
            return { cardData: shown(after) }
          case "again":
            return { cardData: shown(after) }
          case "notAsked":
            return yield* word(action.userId, texts.notAsked)
          case "late":
            return { cardData: shown(after), ...(yield* word(action.userId, lateWord(after))) }
        }
      })

    /** Shows an end that no answer to an action shows. */
    const showEnd = (state: Question.State<A>, outcome: "expired" | "withdrawn") =>
      CardApi.update(account, outTrackId, { params: shown(state) }).pipe(
        endWithin(boundMs.end),
        Effect.flatten,
        Effect.matchEffect({
          onFailure: () => count(account, "stuck"),
          onSuccess: () => count(account, outcome)
        })
      )
    const openCards = (yield* CurrentHandler)?.openCards
    const noted = openCards?.note({
      outTrackId,
      streamed: undefined,
      params: shown(Question.end(Question.open, "Withdrawn"))
    }) ?? Effect.void
    const create = CardApi.create(account, {
      templateId: template.templateId,
      outTrackId,
      targets: [target],
      params: shown(Question.open),
      preview: question
    })
    // A person is waited for interruptibly wherever this runs, or the time-out could not end it.
    const answered = Effect.timeoutFail(Effect.interruptible(Deferred.await(done)), {
      duration: afterMs,
      onTimeout: () => expired(asking)
    })

    yield* awaited.awaitActions(account.settings.id, outTrackId, onAction)
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const made = yield* Effect.exit(restore(Effect.zipRight(noted, create)))
        const exit: Exit.Exit<Question.Answer<A>, ApiError | AskExpired> = Exit.isFailure(made)
          ? Exit.failCause(made.cause)
          : yield* Effect.exit(restore(answered))
        const failure = failureOf(exit)
        // There is no card, for certain.
        if (failure !== undefined && failure._tag !== "AskExpired" && failure._tag !== "Ambiguous") return yield* exit
        const how = failure?._tag === "AskExpired" ? "Expired" : "Withdrawn"
        const after = yield* Ref.updateAndGet(state, (state) => Question.end(state, how))
        if (after._tag !== "Settled") {
          yield* showEnd(after, how === "Expired" ? "expired" : "withdrawn")
          return yield* exit
        }
        yield* count(account, "answered")
        // Somebody answered in the moment in which the time was up: everybody sees that they did.
        return Exit.isInterrupted(exit) ? yield* exit : after.answer
      }).pipe(Effect.ensuring(openCards?.forget(outTrackId) ?? Effect.void))
    )
  }).pipe(Effect.scoped)
