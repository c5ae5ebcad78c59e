/**
 * Cards: made of a template, updated in place, and written to while people watch.
 *
 * What people do with a card arrives at the handler `onCardAction`, whose result updates it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as DingTalkSender from "./DingTalkSender.ts"
import { uuid } from "./internal/uuid.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as Answer from "./outbound/card/Answer.ts"
import * as CardApi from "./outbound/card/CardApi.ts"
import { type LiveOptions, type Streamed, streamText } from "./outbound/card/streamText.ts"
import * as Target from "./outbound/message/Target.ts"
import * as Reply from "./outbound/robot/Reply.ts"

export { type Template as AskTemplate, type Texts as AskTexts, type View as AskView } from "./conversation/askCard.ts"
export { AskExpired } from "./conversation/Asking.ts"
export type { Answer, Choice, Field } from "./conversation/question.ts"
export { ask, type Asked, type AskOptions, confirm } from "./DingTalkAsk.ts"
export { ModelFailed, reasoningCharacters } from "./outbound/card/Answer.ts"
export type { Part, Progress, ToolCall } from "./outbound/card/Answer.ts"
export type { CardUpdate, Delivery, Params, Writing } from "./outbound/card/CardApi.ts"
export {
  endBoundMs,
  minCardCharacters,
  minIntervalMs,
  publicTemplateId,
  stopAction,
  stopped
} from "./outbound/card/streamText.ts"
export type { LiveOptions, Streamed } from "./outbound/card/streamText.ts"

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
  /** What chat lists and searches show of it. Default: the words of its title, or else of its text. */
  readonly preview?: string | undefined
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
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    const [first, ...rest] = typeof options.to === "string" ? [options.to] as const : options.to
    const parse = (to: string) => Target.parse(to, { account: account.settings.id, operation: "createCard" })
    const targets = [yield* parse(first), ...(yield* Effect.forEach(rest, parse))] as const
    const { params, preview, privateParams, supportForward, templateId } = options
    const outTrackId = options.outTrackId ?? (yield* uuid)
    const card: CardApi.NewCard = { templateId, outTrackId, targets, params, privateParams, supportForward, preview }
    return { outTrackId, deliveries: yield* CardApi.create(account, card) }
  }).pipe(Effect.withSpan("dingtalk.cards.create", { captureStackTrace: false }))

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
    Effect.withSpan("dingtalk.cards.update", { captureStackTrace: false })
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
    Effect.withSpan("dingtalk.cards.write", { captureStackTrace: false })
  )

/**
 * How the answer of a language model is shown while it comes.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelOptions extends LiveOptions, Answer.Progress {}

/**
 * To whom a card is shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface Recipient {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** `user:<staff id>`, `chat:<openConversationId>`, or bare: `cid…` is a group, everything else a person. */
  readonly to: string
}

/** What a model's failing is becomes a failure, where it can be seen. */
const orFailed = <E, R>(
  tokens: Stream.Stream<Answer.Token, E, R>
): Stream.Stream<Answer.Token, E | Answer.ModelFailed, R> =>
  Stream.tap(tokens, (token) => Answer.failureOf(token) ?? Effect.void)

/**
 * Shows a text in a card while it comes, such as the tokens of a language model.
 *
 * The card appears an interval after the first token and is updated at most once per interval, within the account's
 * budget; code blocks that are still open are closed for display. A text that is complete before takes one call. At the
 * end the card is marked finished; when the tokens fail or the fiber is interrupted, it is marked failed, within 10 s,
 * with the `apology` behind what came so far. A text of more than 3 000 characters goes on in the next card.
 *
 * The stream may be what `LanguageModel.streamText` of `@effect/ai` gives: the text of its parts is shown, and behind it,
 * for as long as it takes, which tool is at work. An `error` part, or the finish reasons `error` and `content-filter`, fail
 * it with `ModelFailed`.
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
export function stream<E, R>(
  options: LiveOptions & Recipient,
  tokens: Stream.Stream<string, E, R>
): Effect.Effect<Streamed, E | SendError, R | DingTalkSender.DingTalkSender>
export function stream<E, R>(
  options: ModelOptions & Recipient,
  parts: Stream.Stream<Answer.Token, E, R>
): Effect.Effect<Streamed, E | Answer.ModelFailed | SendError, R | DingTalkSender.DingTalkSender>
export function stream<E, R>(
  options: ModelOptions & Recipient,
  tokens: Stream.Stream<Answer.Token, E, R>
): Effect.Effect<Streamed, E | Answer.ModelFailed | SendError, R | DingTalkSender.DingTalkSender> {
  return Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(options.account)
    const target = yield* Target.parse(options.to, { account: account.settings.id, operation: "createCard" })
    const asMessages = (text: string) =>
      sender.send({
        account: account.settings.id,
        to: Target.format(target),
        text,
        renderMode: options.renderMode ?? "markdown"
      })
    return yield* streamText(account, target, orFailed(tokens), options, asMessages)
  }).pipe(Effect.withSpan("dingtalk.cards.stream", { captureStackTrace: false }))
}

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
export function streamReply<E, R>(
  route: DingTalkSender.ReplyRoute,
  tokens: Stream.Stream<string, E, R>,
  options?: LiveOptions
): Effect.Effect<Streamed, E | SendError, R | DingTalkSender.DingTalkSender>
export function streamReply<E, R>(
  route: DingTalkSender.ReplyRoute,
  parts: Stream.Stream<Answer.Token, E, R>,
  options?: ModelOptions
): Effect.Effect<Streamed, E | Answer.ModelFailed | SendError, R | DingTalkSender.DingTalkSender>
export function streamReply<E, R>(
  route: DingTalkSender.ReplyRoute,
  tokens: Stream.Stream<Answer.Token, E, R>,
  options: ModelOptions = {}
): Effect.Effect<Streamed, E | Answer.ModelFailed | SendError, R | DingTalkSender.DingTalkSender> {
  return Effect.gen(function*() {
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account(route.accountId)
    const target = Reply.apiTarget(route) ??
      Reply.noWayBack(account.settings.id, "a card does not reach people outside the organisation")
    return yield* streamText(
      account,
      target,
      orFailed(tokens),
      options,
      (text) => sender.reply(route, text, { renderMode: options.renderMode ?? "markdown" })
    )
  }).pipe(Effect.withSpan("dingtalk.cards.streamReply", { captureStackTrace: false }))
}
