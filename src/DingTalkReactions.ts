/**
 * Reactions: the small texts under a message. DingTalk has no "typing…"; a reaction is how a robot shows that it is at
 * work.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as DingTalkSender from "./DingTalkSender.ts"
import { endWithin } from "./internal/runtime/endWithin.ts"
import { CallPriority } from "./outbound/api/Scheduler.ts"
import type { SendError } from "./outbound/api/SendError.ts"
import * as ReactionApi from "./outbound/robot/ReactionApi.ts"

export type { Reactable } from "./outbound/robot/ReactionApi.ts"

/**
 * The text of {@link withThinking}: "thinking".
 *
 * @since 0.1.0
 * @category constants
 */
export const thinking = "🤔思考中"

/**
 * Longest time that taking the reaction away may keep a handler from ending, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const removeBoundMs = 5_000

/**
 * Puts a reaction on a message. It is optional to the scheduler: while the account is throttled or out of quota it fails
 * at once.
 *
 * @since 0.1.0
 * @category operations
 */
export const add = (
  message: ReactionApi.Reactable,
  text: string
): Effect.Effect<void, SendError, DingTalkSender.DingTalkSender> =>
  DingTalkSender.DingTalkSender.pipe(
    Effect.flatMap((sender) => sender.account(message.accountId)),
    Effect.flatMap((account) => ReactionApi.add(account, message, text)),
    Effect.provideService(CallPriority, "optional")
  )

/**
 * Takes a reaction away that {@link add} put there, of the same text.
 *
 * @since 0.1.0
 * @category operations
 */
export const remove = (
  message: ReactionApi.Reactable,
  text: string
): Effect.Effect<void, SendError, DingTalkSender.DingTalkSender> =>
  DingTalkSender.DingTalkSender.pipe(
    Effect.flatMap((sender) => sender.account(message.accountId)),
    Effect.flatMap((account) => ReactionApi.remove(account, message, text))
  )

/**
 * Shows a reaction on the message while its handler runs. The handler does not wait for it, nor does it fail with it:
 * whether the reaction comes and goes is of no consequence to the answer. It is taken away however the handler ends,
 * which takes up to {@link removeBoundMs}.
 *
 * @example
 * import { DingTalkChannel, DingTalkReactions, DingTalkSender } from "effect-dingtalk"
 * import { Effect } from "effect"
 *
 * const Bot = DingTalkChannel.layer({
 *   onMessage: DingTalkReactions.withThinking((message) =>
 *     Effect.delay(DingTalkSender.reply(message, `你说：${message.text}`), "3 seconds")
 *   )
 * })
 *
 * @since 0.1.0
 * @category combinators
 */
export const withThinking = <M extends ReactionApi.Reactable, A, E, R>(
  handler: (message: M) => Effect.Effect<A, E, R>,
  /** Default {@link thinking}. */
  text: string = thinking
) =>
(message: M): Effect.Effect<A, E, R | DingTalkSender.DingTalkSender> =>
  Effect.acquireUseRelease(
    // No child of the handler's fiber, which would take it along when it is interrupted, its call on its way.
    Effect.forkDaemon(Effect.interruptible(Effect.isSuccess(add(message, text)))),
    () => handler(message),
    (adding) =>
      // One that is still on its way is waited for, or it would come after it was taken away.
      Fiber.join(adding).pipe(
        Effect.flatMap((there) => there ? remove(message, text) : Effect.void),
        endWithin(removeBoundMs),
        Effect.ignore,
        Effect.zipRight(Fiber.interruptFork(adding))
      )
  )
