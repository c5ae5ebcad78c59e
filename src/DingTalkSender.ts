/**
 * Sending messages to people and groups, and answering messages.
 *
 * What it promises: a result means that DingTalk took every message; an error says what did not go out and what did; and
 * a message whose outcome is unknown is never sent again.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import type { DingTalkConfig } from "./DingTalkConfig.ts"
import type { UnknownAccount } from "./DingTalkError.ts"
import { isLogged } from "./internal/runtime/logLevels.ts"
import { whenTraced } from "./internal/runtime/tracing.ts"
import { logEvents } from "./logEvents.ts"
import { type Account, ApiClients, layer as apiClientsLayer } from "./outbound/api/ApiClients.ts"
import { type ApiError, BadRequest } from "./outbound/api/ApiError.ts"
import * as hints from "./outbound/api/internal/hints.ts"
import { unsent } from "./outbound/api/internal/unsent.ts"
import type {
  CredentialsMissing,
  PartialDelivery,
  PartialSend,
  Refused,
  SendError,
  Via
} from "./outbound/api/SendError.ts"
import { type SentMessage, toBatches } from "./outbound/bulk/BatchDelivery.ts"
import * as Batch from "./outbound/message/Batch.ts"
import * as RobotMessage from "./outbound/message/RobotMessage.ts"
import * as Target from "./outbound/message/Target.ts"
import * as TextMessage from "./outbound/message/TextMessage.ts"
import * as WebhookMessage from "./outbound/message/WebhookMessage.ts"
import * as Reply from "./outbound/robot/Reply.ts"
import * as RobotApi from "./outbound/robot/RobotApi.ts"
import { inOrder, type SendResult } from "./outbound/robot/TextDelivery.ts"
import type { Format } from "./outbound/text/autoText.ts"

export type { Account } from "./outbound/api/ApiClients.ts"
export type { SentMessage } from "./outbound/bulk/BatchDelivery.ts"
export type { ReplyRoute } from "./outbound/robot/Reply.ts"
export type { SendResult } from "./outbound/robot/TextDelivery.ts"

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
  /**
   * `plain` or `markdown`, in any case: the text as it is written. Everything else is `auto`: Markdown with its line
   * breaks, columns as a code block, and other text so that it looks as it was written. Default: the account's
   * `renderMode`.
   */
  readonly renderMode?: string | undefined
}

/**
 * How an answer is given.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplyOptions {
  /**
   * Whom it mentions; only session webhooks can, else the names stand in the text. With several chunks, the first one
   * does. Default: nobody.
   */
  readonly at?: WebhookMessage.At | undefined
  /** As in {@link SendOptions}. */
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
  /** Who was to be mentioned and is not: as in {@link SendResult}. */
  readonly notMentioned?: ReadonlyArray<string>
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

const messageOf = (format: Format, text: string): RobotMessage.RobotMessage =>
  format === "plain" ? RobotMessage.Text({ content: text }) : RobotMessage.Markdown({ text })

const formatted = ({ settings }: Account, mode: string | undefined, text: string) =>
  TextMessage.formatted(mode === undefined ? settings.renderMode : TextMessage.renderMode(mode), text)

/** As many bytes as names take that are put behind a text. */
const bytesOf = (at: WebhookMessage.At | undefined, route: Reply.ReplyRoute): number =>
  at === undefined ? 0 : 2 * Buffer.byteLength(WebhookMessage.withNames("", Reply.named(route, at)))

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

const outcomeOf = ({ _tag }: ApiError | Refused | PartialSend | PartialDelivery): string =>
  _tag === "PartialSend" || _tag === "PartialDelivery" ? "partial" : _tag

/** What is being sent, as a log record says it. */
interface Sending {
  readonly operation: string
  readonly to: string
  readonly text?: string
}

/** Counts how sending so many messages ended, tells the span around whose they were, and the log at DEBUG. */
const counted =
  (account: Account, messages: number, sending: Sending) =>
  <A, E extends ApiError | Refused | PartialSend | PartialDelivery, R>(self: Effect.Effect<A, E, R>) => {
    const { countSend } = account.client
    const { text, ...facts } = sending
    const record = (outcome: string, sinceMs: number) =>
      Effect.gen(function*() {
        const said = text !== undefined && (yield* isLogged(LogLevel.Trace)) ? { text } : {}
        const durationMs = (yield* Clock.currentTimeMillis) - sinceMs
        const { id } = account.settings
        yield* Effect.annotateLogs(Effect.logDebug(logEvents.sent), {
          account: id,
          module: "sender",
          ...facts,
          messages,
          outcome,
          durationMs,
          ...said
        })
      })
    const told = (outcome: string, sinceMs: number) =>
      Effect.flatMap(isLogged(LogLevel.Debug), (isWanted) => isWanted ? record(outcome, sinceMs) : Effect.void)
    const ended = (outcome: string, sinceMs: number) => Effect.zipRight(countSend(outcome), told(outcome, sinceMs))
    const sent = Effect.flatMap(Clock.currentTimeMillis, (sinceMs) =>
      Effect.tapBoth(self, {
        onFailure: (error) => ended(outcomeOf(error), sinceMs),
        onSuccess: () => ended("sent", sinceMs)
      }))
    const attributes = {
      "messaging.system": "dingtalk",
      "messaging.operation.type": "send",
      "messaging.batch.message_count": messages,
      "dingtalk.account": account.settings.id
    }
    return whenTraced(() => Effect.zipRight(Effect.annotateCurrentSpan(attributes), sent), sent)
  }

const withSpan = (name: string) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  whenTraced(() => Effect.withSpan(self, name, { captureStackTrace: false }), self)

const make = Effect.map(ApiClients, (clients): Context.Tag.Service<DingTalkSender> => ({
  account: clients.get,

  send: (options) =>
    Effect.gen(function*() {
      const account = yield* clients.get(options.account)
      const target = yield* Target.parse(options.to, { account: account.settings.id, operation: "send" })
      const { settings } = account
      const { format, text } = formatted(account, options.renderMode, options.text)
      const chunks = TextMessage.split(format, text, settings.textChunkLimit)
      return yield* inOrder(settings.id, target.id, chunks, (chunk) =>
        Effect.map(
          RobotApi.send(account, target, TextMessage.forRobot(format, chunk)),
          (messageId): Reply.Sent => ({ via: "api", messageId })
        )).pipe(
          counted(account, chunks.length, { operation: "send", to: target.id, text: options.text })
        )
    }).pipe(withSpan("dingtalk.sender.send")),

  reply: (route, written, options = {}) =>
    Effect.gen(function*() {
      const account = yield* clients.get(route.accountId)
      const { settings } = account
      const { format, text } = formatted(account, options.renderMode, written)
      const chunks = TextMessage.split(format, text, settings.textChunkLimit, bytesOf(options.at, route))
      const answer = yield* Reply.make(account, route)
      return yield* inOrder(
        settings.id,
        route.chatId,
        chunks,
        (chunk, index) => answer(messageOf(format, chunk), index === 0 ? options.at : undefined)
      ).pipe(
        counted(account, chunks.length, { operation: "reply", to: route.chatId, text: written })
      )
    }).pipe(withSpan("dingtalk.sender.reply")),

  sendMessage: (options) =>
    Effect.gen(function*() {
      const account = yield* clients.get(options.account)
      const targets = yield* Effect.forEach(
        typeof options.to === "string" ? [options.to] : options.to,
        (to) => Target.parse(to, { account: account.settings.id, operation: "sendMessage" })
      )
      const batches = Batch.ofTargets(targets)
      return yield* checked(account, "sendMessage", options.message).pipe(
        Effect.zipRight(toBatches(account, batches, RobotMessage.encode(options.message))),
        counted(account, batches.length, { operation: "sendMessage", to: targets.map(({ id }) => id).join(",") })
      )
    }).pipe(withSpan("dingtalk.sender.sendMessage")),

  replyMessage: (route, message, options = {}) =>
    Effect.gen(function*() {
      const account = yield* clients.get(route.accountId)
      return yield* checked(account, "reply", message).pipe(
        Effect.zipRight(Reply.make(account, route)),
        Effect.flatMap((answer) => answer(message, options.at)),
        Effect.map((sent): Replied => ({ ...sent, chatId: route.chatId })),
        counted(account, 1, { operation: "replyMessage", to: route.chatId })
      )
    }).pipe(withSpan("dingtalk.sender.replyMessage"))
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
