/**
 * What else a robot can do: take back what it said, see who read it, know its groups, send a DING.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { Account } from "./outbound/api/ApiClients.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as ConversationApi from "./outbound/robot/ConversationApi.ts"

export type { Dinged, NotRecalled, Reader, ReadStatus, Recalled, SendStatus } from "./outbound/robot/ConversationApi.ts"

const accountOf = (id: string | undefined) =>
  Effect.flatMap(DingTalkSender.DingTalkSender, (sender) => sender.account(id))

const chunksOf = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

const recallAll = (account: Account, group: string | undefined, keys: ReadonlyArray<string>) =>
  Effect.forEach(
    chunksOf(keys, ConversationApi.maxKeys),
    (some, index) =>
      ConversationApi.recall(account, group, some).pipe(
        Effect.catchIf(() => index > 0, (error): Effect.Effect<ConversationApi.Recalled> =>
          Effect.succeed({
            recalled: [],
            failed: some.map((messageId) => ({ messageId, reason: error.message }))
          }))
      )
  )

/**
 * Recalls messages by their `messageId`s (`processQueryKey`s; of a card, its `messageId`), 20 a call. DingTalk recalls
 * what is at most 24 hours old, and leaves no trace of it in the chat.
 *
 * The result says what was not recalled and why. It fails only if the first call does.
 *
 * @since 0.1.0
 * @category operations
 */
export const recall = (options: {
  /** The account that sent them. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly messageIds: ReadonlyArray<string>
  /** The `openConversationId` of the group they are in. Default: they are in direct chats. */
  readonly group?: string | undefined
}): Effect.Effect<ConversationApi.Recalled, SendError, DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const account = yield* accountOf(options.account)
    const results = yield* recallAll(account, options.group, [...new Set(options.messageIds)])
    return {
      recalled: results.flatMap(({ recalled }) => recalled),
      failed: results.flatMap(({ failed }) => failed)
    }
  }).pipe(Effect.withSpan("dingtalk.robot.recall", { captureStackTrace: false }))

/**
 * Who has read a message that was sent to people, and how far it has come.
 *
 * @since 0.1.0
 * @category operations
 */
export const readStatus = (options: {
  /** The account that sent it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly messageId: string
}): Effect.Effect<ConversationApi.ReadStatus, SendError, DingTalkSender.DingTalkSender> =>
  accountOf(options.account).pipe(
    Effect.flatMap((account) => ConversationApi.readStatus(account, options.messageId)),
    Effect.withSpan("dingtalk.robot.readStatus", { captureStackTrace: false })
  )

/** The pages of a list, one call each. */
const pages = <A extends ConversationApi.Page<string>, E>(
  get: (page: string | undefined) => Effect.Effect<A, E>
): Stream.Stream<A, E> =>
  Stream.paginateEffect<Option.Option<string>, A, E, never>(
    Option.none(),
    (page) =>
      Effect.map(get(Option.getOrUndefined(page)), (answer) => {
        const next = Option.fromNullable(answer.next)
        return [answer, Option.map(next, Option.some)]
      })
  )

/**
 * The state of a message of a group.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupMessageStatus {
  readonly status: ConversationApi.SendStatus
  /** The staff ids of those who have read it. */
  readonly readUserIds: ReadonlyArray<string>
}

/**
 * Who of a group has read a message, 200 people a call. `BadRequest` with the code `processQueryKey.expireTime` means that
 * DingTalk has not yet made the message, or has forgotten it.
 *
 * @since 0.1.0
 * @category operations
 */
export const groupMessageStatus = (options: {
  /** The account that sent it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** Its `openConversationId`. */
  readonly group: string
  readonly messageId: string
}): Effect.Effect<GroupMessageStatus, SendError, DingTalkSender.DingTalkSender> =>
  Effect.gen(function*() {
    const account = yield* accountOf(options.account)
    const { group, messageId } = options
    const answers = yield* Stream.runCollect(
      pages((page) => ConversationApi.groupMessageStatus(account, group, messageId, page))
    )
    return {
      status: Option.match(Chunk.last(answers), { onNone: () => "UNKNOWN" as const, onSome: ({ status }) => status }),
      readUserIds: [...answers].flatMap(({ items }) => items)
    }
  }).pipe(Effect.withSpan("dingtalk.robot.groupMessageStatus", { captureStackTrace: false }))

/**
 * The `openConversationId`s of the groups that the robot is in, a page of ten per call, as far as they are pulled.
 *
 * @since 0.1.0
 * @category operations
 */
export const groups = (
  /** Default: `default`, or else the first of the configuration. */
  account?: string
): Stream.Stream<string, SendError, DingTalkSender.DingTalkSender> =>
  Stream.unwrap(Effect.map(accountOf(account), (account) =>
    pages((page) => ConversationApi.groups(account, page)).pipe(
      Stream.mapConcat(({ items }) => items)
    )))

/**
 * Sends a DING, which reaches people outside the chat, too. Needs an organisation that has paid for it.
 *
 * @since 0.1.0
 * @category operations
 */
export const ding = (options: {
  /** The account that sends. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  /** Staff ids. */
  readonly userIds: readonly [string, ...ReadonlyArray<string>]
  readonly content: string
  /** Default `app`. */
  readonly by?: ConversationApi.DingBy | undefined
}): Effect.Effect<ConversationApi.Dinged, SendError, DingTalkSender.DingTalkSender> =>
  accountOf(options.account).pipe(
    Effect.flatMap((account) => {
      const { by = "app", content, userIds } = options
      return ConversationApi.ding(account, { by, content, userIds })
    }),
    Effect.withSpan("dingtalk.robot.ding", { captureStackTrace: false })
  )

/**
 * Recalls a DING.
 *
 * @since 0.1.0
 * @category operations
 */
export const recallDing = (options: {
  /** The account that sent it. Default: `default`, or else the first of the configuration. */
  readonly account?: string | undefined
  readonly dingId: string
}): Effect.Effect<void, SendError, DingTalkSender.DingTalkSender> =>
  accountOf(options.account).pipe(
    Effect.flatMap((account) => ConversationApi.recallDing(account, options.dingId)),
    Effect.withSpan("dingtalk.robot.recallDing", { captureStackTrace: false })
  )
