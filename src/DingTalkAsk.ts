/**
 * Asking people, and waiting for what they answer. Part of `DingTalkCards`.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { byCard } from "./conversation/askByCard.ts"
import { byMessage } from "./conversation/askByMessage.ts"
import * as AskCard from "./conversation/askCard.ts"
import type { AskExpired, Asking } from "./conversation/Asking.ts"
import type * as Question from "./conversation/question.ts"
import { DingTalkChannel } from "./DingTalkChannel.ts"
import * as DingTalkSender from "./DingTalkSender.ts"
import type { Message } from "./inbound/message/Message.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as Target from "./outbound/message/Target.ts"
import * as Reply from "./outbound/robot/Reply.ts"

/**
 * Whom and where: the one who sent a message, in its chat, or whoever is named.
 *
 * @since 0.1.0
 * @category models
 */
export type Asked =
  | (Reply.ReplyRoute & Pick<Message, "senderId">)
  | {
    /** The account that asks. Default: `default`, or else the first of the configuration. */
    readonly account?: string | undefined
    /** `user:<staff id>`, `chat:<openConversationId>`, or bare: `cid…` is a group, everything else a person. */
    readonly to: string
  }

/**
 * How a question is asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface AskOptions<A extends string> {
  /** Markdown. */
  readonly question: string
  readonly choices: Arr.NonEmptyReadonlyArray<A | Question.Choice<A>>
  /** What is to be filled in besides. The public template has no form: without a `template` it is asked for by messages. */
  readonly fields?: ReadonlyArray<Question.Field> | undefined
  /** Who may answer, by staff id. Default: who sent the message, the person in `to`, or anyone in that group. */
  readonly of?: "anyone" | ReadonlyArray<string> | undefined
  /** Default 10 minutes. */
  readonly expireAfter?: Duration.DurationInput | undefined
  /** Default: DingTalk's public one. */
  readonly template?: AskCard.Template | undefined
  readonly texts?: Partial<AskCard.Texts> | undefined
  /**
   * Where somebody gets the word that they are not asked, or too late: on the card, where nobody else sees it, or as a
   * direct message. Default `card`.
   */
  readonly word?: "card" | "message" | undefined
}

const unheeded = "DingTalkCards.ask needs the channel to hear its answers: put `asks: true` among its handlers"

/** Where the question goes, and what is known of who is asked. */
const addressOf = (account: DingTalkSender.Account, asked: Asked, sender: DingTalkSender.DingTalkSender["Type"]) =>
  Effect.gen(function*() {
    const { id } = account.settings
    if ("to" in asked) {
      const target = yield* Target.parse(asked.to, { account: id, operation: "createCard" })
      const to = Target.format(target)
      return {
        target,
        chatId: target.id,
        isGroup: target._tag === "Group",
        of: target._tag === "User" ? [target.id] : "anyone" as const,
        nameOf: (by: string) => by,
        send: (text: string) => sender.send({ account: id, to, text, renderMode: "markdown" })
      }
    }
    const { chatId, chatType, senderId, senderName = senderId } = asked
    const at = chatType === "group" && asked.senderStaffId !== undefined ? { at: { userIds: [senderId] } } : {}
    return {
      target: Reply.apiTarget(asked),
      chatId,
      isGroup: chatType === "group",
      of: [senderId],
      nameOf: (by: string) => by === senderId ? senderName : by,
      send: (text: string) => sender.reply(asked, text, { renderMode: "markdown", ...at })
    }
  })

/**
 * Asks somebody something, and waits for the answer: a card with a button for each choice, or, where cards can't be had, a
 * message with numbered choices, to which the next message of that person in that chat is the answer; no handler gets it.
 * An answer that is no choice is asked for again.
 *
 * It is settled once, by the first of those who are asked, and then the card says by whom and has no buttons any more. To
 * others it says that they are not asked. Fails with `AskExpired` when nobody answers in time, and the card says so. When
 * who asks is interrupted, it is shown as withdrawn, within 10 s. Fails like `DingTalkSender.reply` where a message can't
 * be had either, and with `Ambiguous` when it is not known whether the card is there.
 *
 * The channel must have `asks: true` among its handlers: dies if it has not. A handler that waits keeps its worker
 * (`dispatchWorkers`) and its time (`handlerTimeoutMs`), and with `ordering: "conversation"` its conversation.
 *
 * @example
 * import { DingTalkCards, DingTalkChannel, DingTalkSender } from "effect-dingtalk"
 * import { Effect } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   asks: true,
 *   onMessage: (message) =>
 *     Effect.gen(function*() {
 *       const { choice } = yield* DingTalkCards.ask(message, { question: "部署到哪里？", choices: ["测试", "生产"] })
 *       yield* DingTalkSender.reply(message, `好的，${choice}`)
 *     })
 * })
 *
 * @since 0.1.0
 * @category operations
 */
export const ask = <const A extends string>(
  asked: Asked,
  options: AskOptions<A>
): Effect.Effect<
  Question.Answer<A>,
  AskExpired | SendError,
  DingTalkSender.DingTalkSender | DingTalkChannel
> =>
  Effect.gen(function*() {
    const { awaited } = yield* DingTalkChannel
    if (!awaited.isHeeded) return yield* Effect.dieMessage(unheeded)
    const sender = yield* DingTalkSender.DingTalkSender
    const account = yield* sender.account("to" in asked ? asked.account : asked.accountId)
    const { target, ...address } = yield* addressOf(account, asked, sender)
    const tell = (userId: string, text: string) =>
      sender.send({ account: account.settings.id, to: `user:${userId}`, text })
    const asking: Asking<A> = {
      account,
      awaited,
      question: options.question,
      template: options.template ?? AskCard.template,
      tell: options.word === "message" ? tell : undefined,
      reply: sender.reply,
      choices: options.choices.map((choice) => typeof choice === "string" ? { value: choice } : choice),
      fields: options.fields ?? [],
      texts: { ...AskCard.texts, ...options.texts },
      afterMs: Duration.toMillis(options.expireAfter ?? "10 minutes"),
      ...address,
      of: options.of ?? address.of
    }
    const isFormless = asking.fields.length > 0 && options.template === undefined
    if (target === undefined || isFormless) return yield* byMessage(asking)
    return yield* Effect.catchIf(
      byCard(asking, target),
      Predicate.not(Predicate.or(Predicate.isTagged("AskExpired"), Predicate.isTagged("Ambiguous"))),
      () => byMessage(asking)
    )
  }).pipe(Effect.withSpan("dingtalk.cards.ask", { captureStackTrace: false }))

/**
 * Asks for a yes or a no: {@link ask} with two choices.
 *
 * @example
 * import { DingTalkCards } from "effect-dingtalk"
 *
 * const approved = DingTalkCards.confirm({ to: "user:boss" }, "张三请假一天，同意吗？", { yes: "同意", no: "拒绝" })
 *
 * @since 0.1.0
 * @category operations
 */
export const confirm = (
  asked: Asked,
  question: string,
  { no = "取消", yes = "确认", ...options }: Omit<AskOptions<"yes" | "no">, "question" | "choices" | "fields"> & {
    /** Default `确认`. */
    readonly yes?: string | undefined
    /** Default `取消`. */
    readonly no?: string | undefined
  } = {}
): Effect.Effect<boolean, AskExpired | SendError, DingTalkSender.DingTalkSender | DingTalkChannel> =>
  Effect.map(
    ask(asked, {
      ...options,
      question,
      choices: [{ value: "yes", label: yes }, { value: "no", label: no }]
    }),
    ({ choice }) => choice === "yes"
  )
