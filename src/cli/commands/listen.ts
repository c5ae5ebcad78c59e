/**
 * `listen`: everything that arrives, as lines of JSON on stdout.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import type { Settings } from "../../DingTalkConfig.ts"
import type { Handlers } from "../../inbound/Handlers.ts"
import * as Options from "../argv/options.ts"
import * as Lines from "../listen/lines.ts"
import { closedIsFailed, Stdout } from "../process/Stdout.ts"
import * as Running from "../running.ts"

const description = "Print every message, event and card action as one line of JSON on stdout. A reader that is slow " +
  "slows the handlers down: what then finds no room in the queue is dropped, counted and logged."

/** Each account has one worker: lines are printed in the order in which DingTalk sent what they tell. */
const inOrder = (settings: Settings): Settings => ({
  ...settings,
  accounts: new Map(Array.from(settings.accounts, ([id, account]) => [id, { ...account, dispatchWorkers: 1 }]))
})

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("listen", Running.options, (given) =>
  Effect.gen(function*() {
    const settings = yield* Running.settings(given)
    const stdout = yield* Stdout
    const handlers: Handlers = {
      onMessage: (message) => stdout.writeLine(Lines.message(message)),
      onEvent: (event) => stdout.writeLine(Lines.event(event)),
      onCardAction: (action) => stdout.writeLine(Lines.cardAction(action))
    }
    // What could not be printed is lost: whoever watches over this process has to start it again, with a reader.
    return yield* Effect.raceFirst(
      Running.run({ given, settings, adapt: inOrder, handlers: Effect.succeed(handlers) }),
      closedIsFailed(stdout.ended)
    )
  }).pipe(Effect.provide(Options.logging(given.logFormat)))).pipe(Command.withDescription(description))
