/**
 * Sending text to people and groups, and answering messages.
 *
 * What it promises: a result means that DingTalk took every chunk; an error says what did not go out and what did; and a
 * message whose outcome is unknown is never sent again.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Redacted from "effect/Redacted"
import type { DingTalkConfig } from "./DingTalkConfig.ts"
import { type Account, ApiClients, layer as apiClientsLayer } from "./outbound/ApiClients.ts"
import { type ApiError, BadRequest } from "./outbound/ApiError.ts"
import * as hints from "./outbound/internal/hints.ts"
import * as RobotApi from "./outbound/RobotApi.ts"
import { PartialSend, type Refused, type RefusedUser, type SendError, type SentChunk } from "./outbound/SendError.ts"
import * as SessionWebhook from "./outbound/SessionWebhook.ts"
import * as Target from "./outbound/Target.ts"
import * as TextMessage from "./outbound/TextMessage.ts"

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
 * What of a message is needed to answer it; a `Message` has it all.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplyRoute extends SessionWebhook.Webhook {
  /** The account that received the message. */
  readonly accountId: string
  readonly chatType: "direct" | "group"
  /** Where the answer goes, as the result will name it. */
  readonly chatId: string
  readonly conversationId: string
  /** Needed to answer in a direct chat once the webhook is gone. */
  readonly senderStaffId?: string | undefined
  /** A credential. */
  readonly sessionWebhook: Redacted.Redacted<string> | undefined
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
  readonly reply: (route: ReplyRoute, text: string) => Effect.Effect<SendResult, SendError>
}>() {}

/** How a chunk went out. */
type Sent = Pick<SentChunk, "via" | "messageId">

/** Sends the chunks one after the other, and stops at the first that fails. */
const inOrder = (
  account: string,
  chatId: string,
  chunks: ReadonlyArray<string>,
  sendOne: (chunk: string) => Effect.Effect<Sent, ApiError | Refused>
): Effect.Effect<SendResult, ApiError | Refused | PartialSend> =>
  Effect.gen(function*() {
    const sent: Array<SentChunk> = []
    for (const [index, chunk] of chunks.entries()) {
      const { messageId, via } = yield* Effect.mapError(sendOne(chunk), (error) =>
        index === 0
          ? error
          : new PartialSend({ account, chatId, sent, failed: { index, error }, total: chunks.length }))
      sent.push({ index, via, messageId, characters: chunk.length })
    }
    return { messageId: sent[0]?.messageId, chatId, chunks: sent, refused: [] }
  })

/** Where the API reaches the chat of a message; `undefined` if it does not. */
const apiTarget = (route: ReplyRoute): Target.Target | undefined => {
  if (route.chatType === "group") return Target.Group({ id: route.conversationId })
  return route.senderStaffId === undefined ? undefined : Target.User({ id: route.senderStaffId })
}

const viaApi = (account: Account, target: Target.Target, message: TextMessage.RobotMessage) =>
  Effect.map(RobotApi.send(account, target, message), (messageId): Sent => ({ via: "api", messageId }))

/** Answers chunk by chunk, through the webhook until it is gone or refuses one, then through the API. */
const replier = (account: Account, route: ReplyRoute) => {
  const { settings } = account
  const mode = settings.renderMode
  const target = apiTarget(route)
  let webhookWorks = true

  return (chunk: string): Effect.Effect<Sent, ApiError | Refused> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const url = webhookWorks ? SessionWebhook.usable(route, settings, now) : undefined
      const byApi = target === undefined ? undefined : viaApi(account, target, TextMessage.forRobot(mode, chunk))
      if (url === undefined) {
        return byApi ?? new BadRequest({
          account: settings.id,
          operation: "reply",
          status: undefined,
          code: undefined,
          requestId: undefined,
          detail: "the session webhook cannot be used, and the message has no staff id",
          hint: hints.noWayBack,
          field: "senderStaffId"
        })
      }
      return SessionWebhook.post(account, url, TextMessage.forWebhook(mode, chunk)).pipe(
        Effect.as<Sent>({ via: "webhook", messageId: undefined }),
        Effect.catchAll((error) => {
          if (error._tag === "Ambiguous" || byApi === undefined) return Effect.fail(error)
          webhookWorks = false
          return byApi
        })
      )
    })
}

/** Counts how sending a text ended. */
const counted = (account: Account) => <A, R>(self: Effect.Effect<A, ApiError | Refused | PartialSend, R>) => {
  const count = (outcome: string) => Metric.increment(Metric.tagged(account.client.metrics.sends, "outcome", outcome))
  return Effect.tapBoth(self, {
    onFailure: (error) => count(error._tag === "PartialSend" ? "partial" : error._tag),
    onSuccess: () => count("sent")
  })
}

const make = Effect.map(ApiClients, (clients): Context.Tag.Service<DingTalkSender> => ({
  send: (options) =>
    Effect.gen(function*() {
      const account = yield* clients.get(options.account)
      const target = yield* Target.parse(options.to)
      const { settings } = account
      const mode = options.renderMode === undefined ? settings.renderMode : TextMessage.renderMode(options.renderMode)
      const chunks = TextMessage.split(mode, options.text, settings.textChunkLimit)
      yield* Effect.annotateCurrentSpan({ account: settings.id, chunks: chunks.length })
      return yield* inOrder(
        settings.id,
        target.id,
        chunks,
        (chunk) => viaApi(account, target, TextMessage.forRobot(mode, chunk))
      ).pipe(counted(account))
    }).pipe(Effect.withSpan("DingTalkSender.send", { captureStackTrace: false })),

  reply: (route, text) =>
    Effect.gen(function*() {
      const account = yield* clients.get(route.accountId)
      const { settings } = account
      const chunks = TextMessage.split(settings.renderMode, text, settings.textChunkLimit)
      yield* Effect.annotateCurrentSpan({ account: settings.id, chunks: chunks.length })
      return yield* inOrder(settings.id, route.chatId, chunks, replier(account, route)).pipe(counted(account))
    }).pipe(Effect.withSpan("DingTalkSender.reply", { captureStackTrace: false }))
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
export const reply = (route: ReplyRoute, text: string): Effect.Effect<SendResult, SendError, DingTalkSender> =>
  Effect.flatMap(DingTalkSender, (sender) => sender.reply(route, text))
