/**
 * The cards that a persistent program is writing.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as DingTalkCards from "../../../DingTalkCards.ts"
import type * as DingTalkSender from "../../../DingTalkSender.ts"
import type { SendError } from "../../../outbound/api/SendError.ts"
import * as Book from "./Book.ts"
import type * as Command from "./Command.ts"
import type { Route } from "./perform.ts"

/**
 * The program will not go on with a card.
 *
 * @since 0.1.0
 * @category errors
 */
export class CardGivenUp extends Data.TaggedError("CardGivenUp")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

type Ended = Exit.Exit<DingTalkCards.Streamed, SendError | CardGivenUp>

interface Writer {
  readonly pieces: Mailbox.Mailbox<string, CardGivenUp>
  readonly ended: Deferred.Deferred<Ended>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Writers {
  /** Makes room for the pieces of a card. Gives what shows them as they come, to the card's end. */
  readonly open: (
    command: Command.Of<"card.create">,
    route: Route | undefined
  ) => Effect.Effect<Effect.Effect<void, never, DingTalkSender.DingTalkSender>>
  /** Adds to a card's text. */
  readonly append: (name: string, piece: string) => Effect.Effect<void>
  /** Ends a card well, and waits until that is shown. Fails if it is not. */
  readonly finish: (name: string) => Effect.Effect<DingTalkCards.Streamed, SendError | CardGivenUp>
  /** Ends a card as failed, and waits until that is shown, as far as can be. */
  readonly fail: (name: string, reason: string) => Effect.Effect<void>
}

/**
 * Makes the cards' writers: of what is not ended, nothing is shown as ended.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Writers> = Effect.sync(() => {
  const writers = new Map<string, Writer>()
  const of = (name: string) => Option.fromNullable(writers.get(name))
  const take = (name: string) =>
    Effect.sync(() => {
      const writer = of(name)
      writers.delete(name)
      return writer
    })
  const noCard = new CardGivenUp({ reason: "there is no such card" })
  return {
    open: (command, route) =>
      Effect.gen(function*() {
        const pieces = yield* Mailbox.make<string, CardGivenUp>()
        const ended = yield* Deferred.make<Ended>()
        writers.set(command.card, { pieces, ended })
        const options: DingTalkCards.LiveOptions = {
          templateId: command.template,
          contentKey: command.key,
          params: command.params,
          maxCharacters: Book.maxCharacters
        }
        const tokens = Stream.concat(Stream.make(command.text ?? ""), Mailbox.toStream(pieces))
        const shown = route === undefined
          ? DingTalkCards.stream({ ...options, account: command.account, to: command.to ?? "" }, tokens)
          : DingTalkCards.streamReply(route, tokens, options)
        return Effect.asVoid(Effect.flatMap(Effect.exit(shown), (exit) => Deferred.succeed(ended, exit)))
      }),
    append: (name, piece) =>
      Option.match(of(name), { onNone: () => Effect.void, onSome: ({ pieces }) => Effect.asVoid(pieces.offer(piece)) }),
    finish: (name) =>
      Effect.flatMap(
        take(name),
        Option.match({
          onNone: () => Effect.fail(noCard),
          onSome: ({ ended, pieces }) =>
            Effect.zipRight(pieces.end, Effect.flatMap(Deferred.await(ended), (exit) => exit))
        })
      ),
    fail: (name, reason) =>
      Effect.flatMap(
        take(name),
        Option.match({
          onNone: () => Effect.void,
          onSome: ({ ended, pieces }) =>
            Effect.zipRight(
              pieces.fail(new CardGivenUp({ reason })),
              Effect.asVoid(Deferred.await(ended))
            )
        })
      )
  }
})
