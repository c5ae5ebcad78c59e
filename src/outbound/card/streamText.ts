/**
 * A text that is shown in cards while it comes.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import { CurrentHandler } from "../../internal/handler/CurrentHandler.ts"
import { endWithin } from "../../internal/runtime/endWithin.ts"
import type { Account } from "../api/ApiClients.ts"
import { type ApiError, Unavailable } from "../api/ApiError.ts"
import * as hints from "../api/internal/hints.ts"
import { unsent } from "../api/internal/unsent.ts"
import type { SendError } from "../api/SendError.ts"
import type * as Target from "../message/Target.ts"
import type { SendResult } from "../robot/TextDelivery.ts"
import * as autoText from "../text/autoText.ts"
import type * as Answer from "./Answer.ts"
import * as buttons from "./buttons.ts"
import type * as CardApi from "./CardApi.ts"
import { coalesce, type Whole } from "./coalesce.ts"
import * as LiveCard from "./LiveCard.ts"
import * as LiveCards from "./LiveCards.ts"

/**
 * A template for AI answers that DingTalk publishes for everybody (the Python SDK's default): its text is the variable
 * `msgContent`.
 *
 * @since 0.1.0
 * @category constants
 */
export const publicTemplateId = "382e4302-551d-4880-bf29-a30acfab2e71.schema"

/**
 * The least time between two updates of a card that is being written, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const minIntervalMs = 200

/**
 * The least characters of a card before the next one goes on.
 *
 * @since 0.1.0
 * @category constants
 */
export const minCardCharacters = 200

/**
 * What the `actionIds` of a press of the stop button have in them.
 *
 * @since 0.1.0
 * @category constants
 */
export const stopAction = "stop"

/**
 * What stands behind a text that was stopped on request: "stopped".
 *
 * @since 0.1.0
 * @category constants
 */
export const stopped = "（已停止）"

/**
 * Longest time for showing how a card ended, in milliseconds: 10 s after a failure or an interruption, which somebody
 * waits for, and 30 s for each card after success.
 *
 * @since 0.1.0
 * @category constants
 */
export const endBoundMs = { failed: 10_000, finished: 30_000 } as const

/**
 * How a text is shown while it comes.
 *
 * @since 0.1.0
 * @category models
 */
export interface LiveOptions {
  /** An AI template, with a variable `flowStatus`. Default `publicTemplateId`. */
  readonly templateId?: string | undefined
  /** The template's variable that holds the text. Default `msgContent`. */
  readonly contentKey?: string | undefined
  /** The template's other variables. Default none. */
  readonly params?: CardApi.Params | undefined
  /** The least time between two updates, in milliseconds. Default 1 000, at least {@link minIntervalMs}. */
  readonly intervalMs?: number | undefined
  /** Beyond this many characters no more tokens are taken. Default 100 000. */
  readonly maxCharacters?: number | undefined
  /**
   * Beyond this many characters the text goes on in the next card: some templates show nothing of a longer one. At least
   * {@link minCardCharacters}. Default 3 000.
   */
  readonly cardCharacters?: number | undefined
  /** `markdown`: the text as it is written; `auto`: with its line breaks, and columns as code. Default `markdown`. */
  readonly renderMode?: "markdown" | "auto" | undefined
  /**
   * What stands behind the text that came so far when the answer is stopped by `DingTalkChannel.interrupt`. Default
   * {@link stopped}.
   */
  readonly stopped?: string | undefined
  /**
   * What people are told when the answer does not come to its end: it failed, took longer than the handler may, the
   * program stops, or it ends without a word. It stands behind the text that came so far, on the card marked failed; where there is no card yet, it
   * is a message. Not said of an answer that `DingTalkChannel.interrupt` stops. Default: nothing, the card is marked.
   */
  readonly apology?: string | undefined
  /**
   * The text of a button on the public template, there until the answer ends: it calls `onCardAction` with the action
   * {@link stopAction}, where `DingTalkChannel.interrupt(action)` stops the answer. Default: there is none.
   */
  readonly stopButton?: string | undefined
  /** Whether people may forward the card. Default false. */
  readonly supportForward?: boolean | undefined
  /** What chat lists and searches show of the card. Default: the first words of the text, as far as they had come. */
  readonly preview?: string | undefined
}

/**
 * A text that was shown while it came.
 *
 * @since 0.1.0
 * @category models
 */
export interface Streamed extends Whole {
  /** The first card; `undefined` if there is none. */
  readonly outTrackId: string | undefined
  /** By which that card can be recalled; `undefined` if DingTalk did not say. */
  readonly messageId: string | undefined
  /** How many states of the text the cards showed, the last one included. */
  readonly updates: number
  /** The cards on which a long text went on; left out if one was enough. */
  readonly more?: ReadonlyArray<{ readonly outTrackId: string; readonly messageId: string | undefined }>
  /** Why the text went out (also) as ordinary messages; `undefined` if the cards show all of it. */
  readonly degraded: ApiError | undefined
  /** Those messages: of a text on several cards, what the finished ones do not show. */
  readonly messages: SendResult | undefined
}

/** Ends a card within a bound, also in a fiber that is interrupted, again or for the first time. */
const bounded = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  ms: number,
  account: Account
): Effect.Effect<A, E | ApiError, R> =>
  Effect.flatMap(
    endWithin(ms)(effect),
    Option.match({
      onNone: () =>
        Effect.fail(
          new Unavailable(unsent(account.settings.id, "updateCard", `no answer within ${ms} ms`, hints.unavailable))
        ),
      onSome: (value) => Effect.succeed(value)
    })
  )

/** What a text is shown as in a card, which knows nothing but Markdown. */
const formatOf = (mode: LiveOptions["renderMode"]) => mode === "auto" ? autoText.asMarkdown : (text: string) => text

/**
 * Shows a text in cards while it comes, and as messages where that can't be; the card is for nobody if there is an error
 * in place of the target. See `DingTalkCards.stream`.
 *
 * @since 0.1.0
 * @category operations
 */
export const streamText = <E, R>(
  account: Account,
  target: Target.Target | ApiError,
  tokens: Stream.Stream<Answer.Token, E, R>,
  options: LiveOptions & Answer.Progress,
  asMessages: (text: string) => Effect.Effect<SendResult, SendError>
): Effect.Effect<Streamed, E | SendError, R> =>
  Effect.gen(function*() {
    const characters = Math.max(minCardCharacters, options.cardCharacters ?? 3_000)
    const { stopButton } = options
    const withButton = stopButton === undefined
      ? undefined
      : buttons.params([{ id: stopAction, text: stopButton }])
    const endParams = withButton === undefined ? undefined : buttons.params([])
    const contentKey = options.contentKey ?? "msgContent"
    const current = yield* CurrentHandler
    const newCard = (outTrackId: string) =>
      Effect.suspend(() => {
        if (current !== undefined) current.cards = [...current.cards ?? [], outTrackId]
        return Effect.map(cardOf(outTrackId), (card) => noted(outTrackId, card))
      })
    const openCards = current?.openCards
    const stillNoted = new Set<string>()
    const forget = (outTrackId: string) =>
      Effect.suspend(() => stillNoted.delete(outTrackId) ? openCards?.forget(outTrackId) ?? Effect.void : Effect.void)
    /** Noted where it outlives the process, with what it shows should nothing be left of this fiber. */
    const noted = (outTrackId: string, card: LiveCard.LiveCard): LiveCard.LiveCard => {
      if (openCards === undefined) return card
      return {
        ...card,
        show: (text, note) =>
          Effect.zipRight(
            Effect.suspend(() => {
              stillNoted.add(outTrackId)
              return openCards.note({
                outTrackId,
                streamed: contentKey,
                params: {
                  ...endParams,
                  [contentKey]: LiveCard.behind(text, options.apology ?? "", characters),
                  flowStatus: LiveCard.flowStatus.failed
                }
              })
            }),
            card.show(text, note)
          ),
        finish: (text) => Effect.ensuring(card.finish(text), forget(outTrackId))
      }
    }
    const cardOf = (outTrackId: string) =>
      target._tag === "User" || target._tag === "Group"
        ? LiveCard.make(account, target, {
          templateId: options.templateId ?? publicTemplateId,
          outTrackId,
          contentKey,
          characters,
          params: { ...withButton, ...options.params },
          endParams,
          supportForward: options.supportForward,
          preview: options.preview
        })
        : Effect.succeed(LiveCard.impossible(target))
    const cards = yield* LiveCards.make(
      newCard,
      {
        characters,
        format: formatOf(options.renderMode)
      },
      (finishing) => bounded(finishing, endBoundMs.finished, account)
    )
    const lastState = Effect.flatMap(cards.pages, (pages) => Arr.lastNonEmpty(pages).card.state)
    const count = (outcome: string) => Metric.increment(Metric.tagged(account.client.metrics.cards, "outcome", outcome))

    /** A card that may or may not be there is not followed by messages: people would see the text twice. */
    const surelyThereOrNot = Effect.flatMap(cards.broken, (broken) =>
      broken?._tag === "Ambiguous" ? Effect.fail(broken) : Effect.void)

    const write = coalesce(
      tokens,
      {
        intervalMs: Math.max(minIntervalMs, options.intervalMs ?? 1_000),
        maxCharacters: options.maxCharacters ?? 100_000,
        progress: options
      },
      (text, note) =>
        Effect.zipRight(cards.show(text, note), surelyThereOrNot)
    )

    const shown = Effect.flatMap(
      cards.pages,
      Effect.forEach(({ card, outTrackId }) => Effect.map(card.state, (state) => ({ outTrackId, ...state })))
    ).pipe(
      Effect.map((all) => all.filter(({ phase }) => phase !== "none"))
    )

    const { apology = "" } = options
    const mark = (ending: Effect.Effect<void, ApiError>, outcome: string) =>
      Effect.matchEffect(bounded(ending, endBoundMs.failed, account), {
        onFailure: () => count("stuck"),
        onSuccess: () => count(outcome)
      })
    const markFailed = mark(cards.fail(apology), "failed")
    const markStopped = mark(cards.stop(options.stopped ?? stopped), "stopped")
    const apologise = apology === ""
      ? Effect.void
      : Effect.ignore(bounded(asMessages(apology), endBoundMs.failed, account))

    const forgetAll = Effect.suspend(() => Effect.forEach([...stillNoted], forget, { discard: true }))

    /** Settles an answer that does not come to its end: as stopped where somebody wanted that, or else as failed. */
    const settle = (cause: Cause.Cause<unknown>) =>
      Effect.gen(function*() {
        const isStopped = current?.isStopped === true && Cause.isInterruptedOnly(cause)
        const isThere = (yield* shown).length > 0
        if (isThere) yield* isStopped ? markStopped : markFailed
        else if (!isStopped) yield* apologise
      })

    /** Why the last card does not show the rest of the text, if it does not. */
    const ended = (text: string): Effect.Effect<ApiError | undefined> =>
      Effect.gen(function*() {
        const { phase } = yield* lastState
        const broken = yield* cards.broken
        if (broken !== undefined && phase === "none") return broken
        return yield* Effect.match(cards.finish(text), {
          onFailure: (error) => error,
          onSuccess: () => undefined
        })
      })

    const finish = (
      { text, truncated }: Whole,
      restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    ): Effect.Effect<Streamed, SendError> =>
      Effect.gen(function*() {
        const isEmpty = text.trim() === ""
        // Nothing but notes, or nothing at all: people would wait for ever, or see an empty card.
        if (isEmpty) yield* (yield* lastState).phase === "none" ? apologise : markFailed
        const degraded = isEmpty ? undefined : yield* ended(text)
        if (degraded?._tag === "Ambiguous") return yield* degraded
        const [first, ...more] = yield* shown
        if (!isEmpty && (first !== undefined || degraded !== undefined)) {
          yield* count(degraded === undefined ? "finished" : "degraded")
        }
        return {
          text,
          truncated,
          outTrackId: first?.outTrackId,
          messageId: first?.messageId,
          updates: more.reduce((sum, { updates }) => sum + updates, first?.updates ?? 0),
          ...(more.length === 0
            ? {}
            : { more: more.map(({ messageId, outTrackId }) => ({ outTrackId, messageId })) }),
          degraded,
          messages: degraded === undefined
            ? undefined
            : yield* restore(Effect.flatMap(cards.unshown(text), asMessages))
        }
      })

    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.exit(restore(write)), (exit): Effect.Effect<Streamed, E | SendError> =>
        Exit.isSuccess(exit)
          ? finish(exit.value, restore)
          : Effect.zipRight(settle(exit.cause), Effect.failCause(exit.cause))).pipe(Effect.ensuring(forgetAll))
    )
  })
