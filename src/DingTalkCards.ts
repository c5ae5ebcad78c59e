/**
 * Cards: made of a template, updated in place, and written to while people watch.
 *
 * What people do with a card arrives at the handler `onCardAction`, whose result updates it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type * as Stream from "effect/Stream"
import * as DingTalkSender from "./DingTalkSender.ts"
import { withSpan } from "./internal/tracing.ts"
import { uuid } from "./internal/uuid.ts"
import type { Account } from "./outbound/api/ApiClients.ts"
import { type ApiError, Unavailable } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as CardApi from "./outbound/card/CardApi.ts"
import { coalesce, type Whole } from "./outbound/card/coalesce.ts"
import * as LiveCard from "./outbound/card/LiveCard.ts"
import * as Reply from "./outbound/message/Reply.ts"
import * as Target from "./outbound/message/Target.ts"

export type { CardUpdate, Delivery, Params, Writing } from "./outbound/card/CardApi.ts"

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
 * Longest time for showing how a card ended, in milliseconds: 10 s after a failure or an interruption, which somebody
 * waits for, and 30 s after success.
 *
 * @since 0.1.0
 * @category constants
 */
export const endBoundMs = { failed: 10_000, finished: 30_000 } as const

/**
 * A card to be made and shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateOptions {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** Each is `user:<staff id>`, `chat:<openConversationId>`, or bare: `cid…` is a group, everything else a person. */
  readonly to: string | readonly [string, ...ReadonlyArray<string>]
  /** Of the card builder on open-dev.dingtalk.com. */
  readonly templateId: string
  readonly params: CardApi.Params
  /** What only one person sees, by staff id. */
  readonly privateParams?: Readonly<Record<string, CardApi.Params>> | undefined
  /** The card's id, unique for ever. Default: a new one. */
  readonly outTrackId?: string | undefined
  /** Whether people may forward it. Default false. */
  readonly supportForward?: boolean | undefined
}

/**
 * A card that is shown somewhere.
 *
 * @since 0.1.0
 * @category models
 */
export interface Created {
  /** By this it is updated, and actions name it. */
  readonly outTrackId: string
  /** Where it is shown, and where not although it should be; empty if DingTalk did not say. */
  readonly deliveries: ReadonlyArray<CardApi.Delivery>
}

/**
 * Makes a card and shows it to people and groups, by one call. It calls back through Stream.
 *
 * Fails with `BadRequest` (field `openSpaceId`) when DingTalk shows it nowhere; where it is shown to some, the result
 * says to whom not.
 *
 * @since 0.1.0
 * @category operations
 */
export const create = (
  options: CreateOptions
): Effect.Effect<Created, SendError, DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const { account } = yield* DingTalkSender.DingTalkSender
    const [first, ...rest] = typeof options.to === "string" ? [options.to] as const : options.to
    const targets = [yield* Target.parse(first), ...(yield* Effect.forEach(rest, (to) => Target.parse(to)))] as const
    const { params, privateParams, supportForward, templateId } = options
    const outTrackId = options.outTrackId ?? (yield* uuid)
    const card: CardApi.NewCard = { templateId, outTrackId, targets, params, privateParams, supportForward }
    return { outTrackId, deliveries: yield* CardApi.create(yield* account(options.account), card) }
  }).pipe(withSpan("DingTalkCards.create"))

/**
 * Which card of which account.
 *
 * @since 0.1.0
 * @category models
 */
export interface Which {
  /** The account that made it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly outTrackId: string
}

/**
 * Updates what a card shows, to everybody or to some.
 *
 * @since 0.1.0
 * @category operations
 */
export const update = (
  { account, outTrackId, ...change }: Which & CardApi.CardUpdate
): Effect.Effect<void, SendError, DingTalkSender.DingTalkSender> =>
  DingTalkSender.DingTalkSender.pipe(
    Effect.flatMap((sender) => sender.account(account)),
    Effect.flatMap((account) => CardApi.update(account, outTrackId, change)),
    withSpan("DingTalkCards.update")
  )

/**
 * Writes one state of a card's text: the primitive under {@link stream}. An AI template also wants its `flowStatus` set
 * by {@link update}, to 2 before and to 3 (or 5: failed) after.
 *
 * @since 0.1.0
 * @category operations
 */
export const write = (
  { account, outTrackId, ...writing }: Which & CardApi.Writing
): Effect.Effect<void, SendError, DingTalkSender.DingTalkSender> =>
  DingTalkSender.DingTalkSender.pipe(
    Effect.flatMap((sender) => sender.account(account)),
    Effect.flatMap((account) => CardApi.write(account, outTrackId, writing)),
    withSpan("DingTalkCards.write")
  )

/**
 * How a text is shown while it comes.
 *
 * @since 0.1.0
 * @category models
 */
export interface LiveOptions {
  /** An AI template, with a variable `flowStatus`. Default {@link publicTemplateId}. */
  readonly templateId?: string | undefined
  /** The template's variable that holds the text. Default `msgContent`. */
  readonly contentKey?: string | undefined
  /** The template's other variables. Default none. */
  readonly params?: CardApi.Params | undefined
  /** The least time between two updates, in milliseconds. Default 1 000, at least {@link minIntervalMs}. */
  readonly intervalMs?: number | undefined
  /** Beyond this many characters no more tokens are taken. Default 100 000. */
  readonly maxCharacters?: number | undefined
}

/**
 * A text that was shown while it came.
 *
 * @since 0.1.0
 * @category models
 */
export interface Streamed extends Whole {
  /** The card; `undefined` if there is none. */
  readonly outTrackId: string | undefined
  /** By which the card can be recalled; `undefined` if DingTalk did not say. */
  readonly messageId: string | undefined
  /** How many states of the text the card showed, the last one included. */
  readonly updates: number
  /** Why the text went out (also) as ordinary messages; `undefined` if the card shows all of it. */
  readonly degraded: ApiError | undefined
  /** Those messages. */
  readonly messages: DingTalkSender.SendResult | undefined
}

/** Ends a card within a bound, also in a fiber that was interrupted. */
const bounded = <A, R>(
  effect: Effect.Effect<A, ApiError, R>,
  ms: number,
  account: Account
): Effect.Effect<A, ApiError, R> =>
  // Inside the time-out, or a call that is never answered would be waited for.
  Effect.interruptible(effect).pipe(
    Effect.timeoutFail({
      duration: ms,
      onTimeout: () =>
        new Unavailable(unsent(account.settings.id, "updateCard", `no answer within ${ms} ms`, hints.unavailable))
    })
  )

const live = <E, R>(
  account: Account,
  target: Target.Target | ApiError,
  tokens: Stream.Stream<string, E, R>,
  options: LiveOptions,
  asMessages: (text: string) => Effect.Effect<DingTalkSender.SendResult, SendError>
): Effect.Effect<Streamed, E | SendError, R> =>
  Effect.gen(function*() {
    const outTrackId = yield* uuid
    const card = target._tag === "User" || target._tag === "Group"
      ? yield* LiveCard.make(account, target, {
        templateId: options.templateId ?? publicTemplateId,
        outTrackId,
        contentKey: options.contentKey ?? "msgContent",
        params: options.params ?? {}
      })
      : LiveCard.impossible(target)
    const count = (outcome: string) => Metric.increment(Metric.tagged(account.client.metrics.cards, "outcome", outcome))

    /** A card that may or may not be there is not followed by messages: people would see the text twice. */
    const surelyThereOrNot = Effect.flatMap(card.state, ({ broken }) =>
      broken?._tag === "Ambiguous" ? Effect.fail(broken) : Effect.void)

    const write = coalesce(
      tokens,
      {
        intervalMs: Math.max(minIntervalMs, options.intervalMs ?? 1_000),
        maxCharacters: options.maxCharacters ?? 100_000
      },
      (text) =>
        Effect.zipRight(card.show(text), surelyThereOrNot)
    )

    const markFailed = Effect.flatMap(card.state, ({ phase }) =>
      phase === "none" ? Effect.void : bounded(card.fail, endBoundMs.failed, account).pipe(
        Effect.matchEffect({
          onFailure: () =>
            count("stuck"),
          onSuccess: () =>
            count("failed")
        })
      ))

    const finish = (
      { text, truncated }: Whole,
      restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    ): Effect.Effect<Streamed, SendError> =>
      Effect.gen(function*() {
        const { broken, phase } = yield* card.state
        const ended = text === "" && phase === "none"
          ? undefined
          : broken !== undefined && phase === "none"
          ? broken
          : yield* bounded(card.finish(text), endBoundMs.finished, account).pipe(
            Effect.match({
              onFailure: (error) =>
                error,
              onSuccess: () => undefined
            })
          )
        if (ended?._tag === "Ambiguous") return yield* ended
        const state = yield* card.state
        if (state.phase !== "none" || ended !== undefined) yield* count(ended === undefined ? "finished" : "degraded")
        return {
          text,
          truncated,
          outTrackId: state.phase === "none" ? undefined : outTrackId,
          messageId: state.messageId,
          updates: state.updates,
          degraded: ended,
          messages: ended === undefined ? undefined : yield* restore(asMessages(text))
        }
      })

    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.exit(restore(write)), (exit): Effect.Effect<Streamed, E | SendError> =>
        Exit.isSuccess(exit)
          ? finish(exit.value, restore)
          : Effect.zipRight(markFailed, Effect.failCause(exit.cause)))
    )
  })

/**
 * Shows a text in a card while it comes, such as the tokens of a language model.
 *
 * The card appears an interval after the first token and is updated at most once per interval, within the account's
 * budget; code blocks that are still open are closed for display. A text that is complete before takes one call. At the
 * end the card is marked finished; when the tokens fail or the fiber is interrupted, it is marked failed, within 10 s.
 *
 * Where cards are throttled, not permitted, out of quota or broken, the whole text goes out at its end as ordinary
 * Markdown messages, and `degraded` says why. Fails as the tokens do; with `Ambiguous` when it is not known whether the
 * card is shown; and like `DingTalkSender.send` when the messages fail, too.
 *
 * @example
 * import { DingTalkCards } from "effect-dingtalk"
 * import { Stream } from "effect"
 *
 * const program = DingTalkCards.stream({ to: "user:zhangsan" }, Stream.make("Hello", ", ", "world"))
 *
 * @since 0.1.0
 * @category operations
 */
export const stream = <E, R>(
  options: LiveOptions & {
    /** The account that sends. Default: `default`, or else the first of the configuration. */
    readonly account?: string | undefined
    /** `user:<staff id>`, `chat:<openConversationId>`, or bare: `cid…` is a group, everything else a person. */
    readonly to: string
  },
  tokens: Stream.Stream<string, E, R>
): Effect.Effect<Streamed, E | SendError, R | DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    const target = yield* Target.parse(options.to)
    const asMessages = (text: string) =>
      sender.send({ account: account.settings.id, to: Target.format(target), text, renderMode: "markdown" })
    return yield* live(account, target, tokens, options, asMessages)
  }).pipe(withSpan("DingTalkCards.stream"))

/**
 * Answers a message with a text that is shown while it comes: {@link stream}, into the chat of the message. Somebody
 * outside the organisation, whom no card reaches, gets ordinary messages.
 *
 * @example
 * import { DingTalkCards, DingTalkChannel } from "effect-dingtalk"
 * import { Stream } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: (message) => DingTalkCards.streamReply(message, Stream.fromIterable(message.text.split(" ")))
 * })
 *
 * @since 0.1.0
 * @category operations
 */
export const streamReply = <E, R>(
  route: DingTalkSender.ReplyRoute,
  tokens: Stream.Stream<string, E, R>,
  options: LiveOptions = {}
): Effect.Effect<Streamed, E | SendError, R | DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(route.accountId)
    const target = Reply.apiTarget(route) ??
      Reply.noWayBack(account.settings.id, "a card does not reach people outside the organisation")
    return yield* live(
      account,
      target,
      tokens,
      options,
      (text) => sender.reply(route, text, { renderMode: "markdown" })
    )
  }).pipe(withSpan("DingTalkCards.streamReply"))
