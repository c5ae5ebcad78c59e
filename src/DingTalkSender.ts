/**
 * Sending messages to people and groups, and answering messages.
 *
 * What it promises: a result means that DingTalk took every message; an error says what did not go out and what did; and
 * a message whose outcome is unknown is never sent again.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { DingTalkConfig } from "./DingTalkConfig.ts"
import type { UnknownAccount } from "./DingTalkError.ts"
import { annotateSpan, withSpan } from "./internal/tracing.ts"
import { type Account, ApiClients, layer as apiClientsLayer } from "./outbound/api/ApiClients.ts"
import { type ApiError, BadRequest } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import {
  type CredentialsMissing,
  PartialDelivery,
  PartialSend,
  type Refused,
  type RefusedUser,
  type SendError,
  type SentBatch,
  type SentChunk,
  type Via
} from "./outbound/api/SendError.ts"
import * as Batch from "./outbound/message/Batch.ts"
import * as Reply from "./outbound/message/Reply.ts"
import * as RobotApi from "./outbound/message/RobotApi.ts"
import * as RobotMessage from "./outbound/message/RobotMessage.ts"
import * as Target from "./outbound/message/Target.ts"
import * as TextMessage from "./outbound/message/TextMessage.ts"
import * as WebhookMessage from "./outbound/message/WebhookMessage.ts"

export type { Account } from "./outbound/api/ApiClients.ts"
export type { ReplyRoute } from "./outbound/message/Reply.ts"

/**
 * A text and where it goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface SendOptions {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** `user:<staff id>`, `chat:<openConversationId>`, or bare: `cid…` is a group, everything else a person. */
  readonly to: string
  readonly text: string
  /** `plain`, in any case, or Markdown for everything else. Default: the account's `renderMode`. */
  readonly renderMode?: string | undefined
}

/**
 * How an answer is given.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplyOptions {
  /** Whom it mentions; only session webhooks can. With several chunks, the first one does. Default: nobody. */
  readonly at?: WebhookMessage.At | undefined
  /** `plain`, in any case, or Markdown for everything else. Default: the account's `renderMode`. */
  readonly renderMode?: string | undefined
}

/**
 * A message of any kind and where it goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface SendMessageOptions {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** Each as in {@link SendOptions}. More than 20 people take several calls, and each group takes one. */
  readonly to: string | readonly [string, ...ReadonlyArray<string>]
  readonly message: RobotMessage.RobotMessage
}

/**
 * A message that DingTalk took for every recipient, except for those whom it refused.
 *
 * @since 0.1.0
 * @category models
 */
export interface SentMessage {
  /** The `processQueryKey` of the first call. */
  readonly messageId: string | undefined
  /** One per call, in order. */
  readonly batches: ReadonlyArray<SentBatch>
  /** Everybody whom DingTalk will not deliver to. */
  readonly refused: ReadonlyArray<RefusedUser>
}

/**
 * An answer that went out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Replied {
  /** The `processQueryKey`, by which it can be recalled; a session webhook gives none. */
  readonly messageId: string | undefined
  /** Where it went. */
  readonly chatId: string
  readonly via: Via
}

/**
 * A text that went out whole.
 *
 * @since 0.1.0
 * @category models
 */
export interface SendResult {
  /** The `processQueryKey` of the first chunk, by which it can be recalled; a session webhook gives none. */
  readonly messageId: string | undefined
  /** Where it went: the bare target. */
  readonly chatId: string
  /** Every chunk, in order. */
  readonly chunks: ReadonlyArray<SentChunk>
  /** Recipients that DingTalk refused while it took the message for others: none as long as there is one recipient. */
  readonly refused: ReadonlyArray<RefusedUser>
}

/**
 * The sender of all accounts.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkSender extends Context.Tag("effect-dingtalk/DingTalkSender")<DingTalkSender, {
  /** See {@link send}. */
  readonly send: (options: SendOptions) => Effect.Effect<SendResult, SendError>
  /** See {@link reply}. */
  readonly reply: (
    route: Reply.ReplyRoute,
    text: string,
    options?: ReplyOptions
  ) => Effect.Effect<SendResult, SendError>
  /** See {@link sendMessage}. */
  readonly sendMessage: (options: SendMessageOptions) => Effect.Effect<SentMessage, SendError | PartialDelivery>
  /** See {@link replyMessage}. */
  readonly replyMessage: (
    route: Reply.ReplyRoute,
    message: WebhookMessage.ReplyMessage,
    options?: Pick<ReplyOptions, "at">
  ) => Effect.Effect<Replied, SendError>
  /**
   * An account's settings and its client, on which everything else that leaves this library stands: media, cards,
   * recall. Without an id: `default`, or else the first of the configuration.
   */
  readonly account: (id: string | undefined) => Effect.Effect<Account, UnknownAccount | CredentialsMissing>
}>() {}

/** Sends the chunks one after the other, and stops at the first that fails. */
const inOrder = (
  account: string,
  chatId: string,
  chunks: ReadonlyArray<string>,
  sendOne: (chunk: string, index: number) => Effect.Effect<Reply.Sent, ApiError | Refused>
): Effect.Effect<SendResult, ApiError | Refused | PartialSend> => {
  const from = (
    index: number,
    sent: ReadonlyArray<SentChunk>
  ): Effect.Effect<SendResult, ApiError | Refused | PartialSend> => {
    const chunk = chunks[index]
    return chunk === undefined
      ? Effect.succeed({ messageId: sent[0]?.messageId, chatId, chunks: sent, refused: [] })
      : Effect.matchEffect(sendOne(chunk, index), {
        onFailure: (error) =>
          Effect.fail(
            index === 0
              ? error
              : new PartialSend({ account, chatId, sent, failed: { index, error }, total: chunks.length })
          ),
        onSuccess: ({ messageId, via }) =>
          from(index + 1, [...sent, { index, via, messageId, characters: chunk.length }])
      })
  }
  return from(0, [])
}

/** Sends to one batch after the other, and stops at the first that fails; people who are refused are no failure. */
const toBatches = (
  account: Account,
  batches: ReadonlyArray<Batch.Batch>,
  message: TextMessage.Encoded
): Effect.Effect<SentMessage, ApiError | Refused | PartialDelivery> =>
  Effect.gen(function*() {
    const sent: Array<SentBatch> = []
    for (const [index, batch] of batches.entries()) {
      const one = yield* RobotApi.sendBatch(account, batch, message).pipe(
        Effect.catchIf(
          (error) => error._tag === "Refused" && batches.length > 1,
          (error) => Effect.succeed({ messageId: undefined, refused: error._tag === "Refused" ? error.users : [] })
        ),
        Effect.mapError((error) =>
          index === 0 ? error : new PartialDelivery({
            account: account.settings.id,
            sent,
            failed: { batch, error },
            rest: batches.slice(index + 1)
          })
        )
      )
      sent.push({ batch, ...one })
    }
    return { messageId: sent[0]?.messageId, batches: sent, refused: sent.flatMap(({ refused }) => refused) }
  })

const textOf = (mode: TextMessage.RenderMode, text: string): RobotMessage.RobotMessage =>
  mode === "plain" ? RobotMessage.Text({ content: text }) : RobotMessage.Markdown({ text })

const modeOf = ({ settings }: Account, mode: string | undefined): TextMessage.RenderMode =>
  mode === undefined ? settings.renderMode : TextMessage.renderMode(mode)

/** Refuses a message that DingTalk would refuse. */
const checked = (
  { settings }: Account,
  operation: string,
  message: WebhookMessage.ReplyMessage
): Effect.Effect<void, BadRequest> => {
  const field = WebhookMessage.invalidField(message)
  return field === undefined
    ? Effect.void
    : new BadRequest({ ...unsent(settings.id, operation, `a ${message._tag} message`, hints.field), field })
}

/** Counts how sending ended. */
const counted =
  (account: Account) =>
  <A, E extends ApiError | Refused | PartialSend | PartialDelivery, R>(self: Effect.Effect<A, E, R>) => {
    const { countSend } = account.client
    return Effect.matchEffect(self, {
      onFailure: (error) =>
        Effect.zipRight(
          countSend(error._tag === "PartialSend" || error._tag === "PartialDelivery" ? "partial" : error._tag),
          Effect.fail(error)
        ),
      onSuccess: (sent) => Effect.as(countSend("sent"), sent)
    })
  }

const make = Effect.map(ApiClients, (clients): Context.Tag.Service<DingTalkSender> => ({
  account: clients.get,

  send: (options) =>
    withSpan("DingTalkSender.send")(
      Effect.flatMap(clients.get(options.account), (account): Effect.Effect<SendResult, SendError> => {
        const target = Target.parse(options.to)
        if (Either.isLeft(target)) return Effect.fail(target.left)
        const { settings } = account
        const mode = modeOf(account, options.renderMode)
        const chunks = TextMessage.split(mode, options.text, settings.textChunkLimit)
        return inOrder(settings.id, target.right.id, chunks, (chunk) =>
          Effect.map(
            RobotApi.send(account, target.right, TextMessage.forRobot(mode, chunk)),
            (messageId): Reply.Sent => ({ via: "api", messageId })
          )).pipe(
            counted(account),
            annotateSpan(() => ({ account: settings.id, chunks: chunks.length }))
          )
      })
    ),

  reply: (route, text, options = {}) =>
    Effect.gen(function*() {
      const account = yield* clients.get(route.accountId)
      const { settings } = account
      const mode = modeOf(account, options.renderMode)
      const chunks = TextMessage.split(mode, text, settings.textChunkLimit)
      const replyWith = Reply.unsafeMake(account, route)
      return yield* inOrder(
        settings.id,
        route.chatId,
        chunks,
        (chunk, index) => replyWith(textOf(mode, chunk), index === 0 ? options.at : undefined)
      ).pipe(
        counted(account),
        annotateSpan(() => ({ account: settings.id, chunks: chunks.length }))
      )
    }).pipe(withSpan("DingTalkSender.reply")),

  sendMessage: (options) =>
    Effect.gen(function*() {
      const account = yield* clients.get(options.account)
      const targets = yield* Effect.forEach(
        typeof options.to === "string" ? [options.to] : options.to,
        (to) => Target.parse(to)
      )
      const batches = Batch.ofTargets(targets)
      return yield* checked(account, "sendMessage", options.message).pipe(
        Effect.zipRight(toBatches(account, batches, RobotMessage.encode(options.message))),
        counted(account),
        annotateSpan(() => ({ account: account.settings.id, batches: batches.length }))
      )
    }).pipe(withSpan("DingTalkSender.sendMessage")),

  replyMessage: (route, message, options = {}) =>
    Effect.gen(function*() {
      const account = yield* clients.get(route.accountId)
      return yield* checked(account, "reply", message).pipe(
        Effect.zipRight(Reply.unsafeMake(account, route)(message, options.at)),
        Effect.map((sent): Replied => ({ ...sent, chatId: route.chatId })),
        counted(account),
        annotateSpan(() => ({ account: account.settings.id }))
      )
    }).pipe(withSpan("DingTalkSender.replyMessage"))
}))

/**
 * The sender of all accounts. Which `HttpClient` it calls with is the application's choice.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<DingTalkSender, never, DingTalkConfig | HttpClient.HttpClient> = Layer.effect(
  DingTalkSender,
  make
).pipe(Layer.provide(apiClientsLayer))

/**
 * Sends a text to a person or a group.
 *
 * A text longer than the account's `textChunkLimit`, or than DingTalk takes, goes out as several messages, one after the
 * other. Each is tried up to three times, but only after failures that certainly did nothing. When a later one fails, the
 * error is `PartialSend`: it says which went out. When the only recipient is refused in a 200 answer, it is `Refused`.
 *
 * @since 0.1.0
 * @category operations
 */
export const send = (options: SendOptions): Effect.Effect<SendResult, SendError, DingTalkSender> =>
  Effect.flatMap(DingTalkSender, (sender) => sender.send(options))

/**
 * Answers a message, in its chat: through its session webhook while that is valid (until five minutes before its end),
 * and through the API after, or when the webhook refuses. Chunks and errors are as for {@link send}; an answer whose
 * outcome is unknown (`Ambiguous`) is not repeated through the API.
 *
 * @since 0.1.0
 * @category operations
 */
export const reply = (
  route: Reply.ReplyRoute,
  text: string,
  options?: ReplyOptions
): Effect.Effect<SendResult, SendError, DingTalkSender> =>
  Effect.flatMap(DingTalkSender, (sender) => sender.reply(route, text, options))

/**
 * Sends a message of any kind to people and groups, 20 people a call, one call after the other.
 *
 * People whom DingTalk refuses are in the result; where there is but one call and it refuses everybody, the error is
 * `Refused`. Fails without a call with `BadRequest` for a message with a blank required field, and with `TooLarge` for
 * more than 15 000 bytes to a group. When a later call fails, the error is `PartialDelivery`. For thousands of people
 * see `DingTalkBulk`.
 *
 * @example
 * import { DingTalkSender, RobotMessage } from "effect-dingtalk"
 *
 * const program = DingTalkSender.sendMessage({
 *   to: ["user:zhangsan", "user:lisi"],
 *   message: RobotMessage.ActionCard({
 *     title: "Release 1.2",
 *     text: "### Release 1.2\nis waiting for you",
 *     button: { title: "Have a look", url: "https://example.com/releases/1.2" }
 *   })
 * })
 *
 * @since 0.1.0
 * @category operations
 */
export const sendMessage = (
  options: SendMessageOptions
): Effect.Effect<SentMessage, SendError | PartialDelivery, DingTalkSender> =>
  Effect.flatMap(DingTalkSender, (sender) => sender.sendMessage(options))

/**
 * Answers a message with one of any kind: as {@link reply} does, except that what a session webhook does not carry
 * (pictures, sounds, films, files) goes through the API from the start. A feed card goes through the API as Markdown.
 *
 * @since 0.1.0
 * @category operations
 */
export const replyMessage = (
  route: Reply.ReplyRoute,
  message: WebhookMessage.ReplyMessage,
  options?: Pick<ReplyOptions, "at">
): Effect.Effect<Replied, SendError, DingTalkSender> =>
  Effect.flatMap(DingTalkSender, (sender) => sender.replyMessage(route, message, options))
