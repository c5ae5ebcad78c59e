/**
 * What is done about each task of a persistent program.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { CardActionResponse } from "../../../inbound/call/CardAction.ts"
import * as Target from "../../../outbound/message/Target.ts"
import * as Perform from "./perform.ts"
import type { Task } from "./Task.ts"
import type { Writers } from "./Writers.ts"

/**
 * What was given to the program was not answered.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unanswered extends Data.TaggedError("Unanswered")<{
  readonly kind: "failed" | "lost" | "tooLate"
  readonly reason: string
}> {
  override get message(): string {
    return this.reason
  }
}

/**
 * How a delivery ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = Exit.Exit<CardActionResponse | void, Unanswered | Perform.Failed>

/**
 * A task as something to be run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  /** Tasks of one lane are run one after the other, in the order in which they were asked for; others side by side. */
  readonly lane: string | undefined
  /** It takes no time. */
  readonly isShort?: boolean
  /** Gives what the program is told of it. */
  readonly run: Effect.Effect<object, Perform.Failed, Perform.Needs>
}

/** What is said in a chat, however its id is written. */
const chat = (account: string, to: string): string => `chat ${account} ${Target.bare(to)}`

/**
 * What is done about a task. `settle` ends a delivery.
 *
 * @since 0.1.0
 * @category decisions
 */
export const plan = (
  task: Task<Perform.Route>,
  { defaultAccount, settle, writers }: {
    /** Who sends where nobody is named. */
    readonly defaultAccount: string
    readonly settle: (id: string, standing: "done", outcome: Outcome) => Effect.Effect<unknown>
    readonly writers: Writers
  }
): Plan => {
  switch (task._tag) {
    case "Reply":
      return {
        lane: chat(task.route.accountId, task.route.chatId),
        run: Effect.onExit(
          Perform.reply(task.route, task.command),
          (exit) => task.ends === undefined ? Effect.void : settle(task.ends, "done", Exit.asVoid(exit))
        )
      }
    case "Send":
      return {
        lane: typeof task.command.to === "string"
          ? chat(task.command.account ?? defaultAccount, task.command.to)
          : undefined,
        run: Perform.send(task.command)
      }
    case "End": {
      const given = task.command
      const outcome: Outcome = given.type === "failed"
        ? Exit.fail(new Unanswered({ kind: "failed", reason: given.reason ?? "the program said that it failed" }))
        : Exit.succeed(
          given.type === "done" ? undefined : {
            ...(given.params === undefined ? {} : { cardData: given.params }),
            ...(given.private === undefined ? {} : { userPrivateData: given.private })
          }
        )
      return { lane: undefined, isShort: true, run: Effect.as(settle(task.delivery, "done", outcome), {}) }
    }
    case "Nothing":
      return { lane: undefined, run: Effect.succeed({}) }
    case "OpenCard":
      return {
        lane: task.route === undefined ? undefined : chat(task.route.accountId, task.route.chatId),
        run: Effect.succeed({ card: task.command.card })
      }
    case "WriteCard":
      return {
        lane: undefined,
        isShort: true,
        run: Effect.as(writers.append(task.card, task.append), { card: task.card })
      }
    case "CloseCard": {
      const facts = { card: task.card, status: task.how }
      const reason = task.reason ?? "the program said that the card failed"
      const run = task.how === "failed"
        ? Effect.as(writers.fail(task.card, reason), facts)
        : Effect.map(
          writers.finish(task.card),
          ({ degraded, messageId, more, outTrackId, truncated, updates }) => ({
            ...facts,
            outTrackId,
            messageId,
            updates,
            truncated,
            ...(more === undefined ? {} : { more }),
            ...(degraded === undefined ? {} : { degraded: degraded.message })
          })
        )
      return {
        lane: undefined,
        run: Effect.onExit(run, (exit) =>
          task.ends === undefined
            ? Effect.void
            : settle(
              task.ends,
              "done",
              task.how === "failed" ? Exit.fail(new Unanswered({ kind: "failed", reason })) : Exit.asVoid(exit)
            ))
      }
    }
    case "SetCard":
      return { lane: `card ${task.command.outTrackId}`, run: Perform.setCard(task.command) }
    case "React":
      return { lane: chat(task.route.accountId, task.route.chatId), run: Perform.react(task.route, task.command) }
    case "Recall":
      return { lane: undefined, run: Perform.recall(task.command) }
  }
}
