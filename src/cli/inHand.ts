/**
 * What handlers have in hand and what waits for them, told when the process ends without waiting for them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Ids } from "../inbound/Delivery.ts"
import type { Handlers } from "../inbound/Handlers.ts"
import { cliEvents } from "./logging.ts"

type Names = Readonly<Record<string, unknown>>

/** Records of their own; of the rest there is one, with their ids. */
const recorded = 20

const records = (all: ReadonlyArray<Names>): Effect.Effect<void> => {
  const record = (names: Names) => Effect.annotateLogs(Effect.logWarning(cliEvents.abandoned), names)
  const rest = all.slice(recorded)
  return Effect.zipRight(
    Effect.forEach(all.slice(0, recorded), record, { discard: true }),
    rest.length === 0 ? Effect.void : record({
      count: rest.length,
      ids: rest.map((names) => names["messageId"] ?? names["eventId"] ?? names["outTrackId"]).join(",")
    })
  )
}

const stillWaiting = (all: ReadonlyArray<Ids>): Effect.Effect<void> =>
  all.length === 0
    ? Effect.void
    : Effect.annotateLogs(Effect.logWarning(cliEvents.abandoned), {
      count: all.length,
      ids: all.map(({ frame, messageId }) => messageId ?? frame).join(",")
    })

/**
 * The same handlers. What they have in hand when the process ends at once, by a second signal or behind its last bound, is
 * logged then, with its ids; and so is what is `waiting`.
 *
 * @since 0.1.0
 * @category operations
 */
export const tracked = <R>(
  { onCardAction, onEvent, onMessage, ...others }: Handlers<R>,
  waiting: () => ReadonlyArray<Ids> = () => []
): Effect.Effect<Handlers<R>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const inHand = new Set<Names>()
    const runtime = yield* Effect.runtime()
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        // The process's end: nothing that takes time is done any more.
        const tell = () => Runtime.runSync(runtime)(Effect.zipRight(records([...inHand]), stillWaiting(waiting())))
        process.on("exit", tell)
        return tell
      }),
      (tell) => Effect.sync(() => process.off("exit", tell))
    )
    const track = <A, B>(
      handler: ((value: A) => Effect.Effect<B, unknown, R>) | undefined,
      namesOf: (value: A) => Names
    ) =>
      handler === undefined ? undefined : (value: A) =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            const names = namesOf(value)
            inHand.add(names)
            return names
          }),
          () => handler(value),
          (names) => Effect.sync(() => inHand.delete(names))
        )
    return {
      ...others,
      onMessage: track(onMessage, ({ accountId, conversationId, messageId }) => ({
        account: accountId,
        messageId,
        conversationId
      })),
      onEvent: track(onEvent, ({ accountId, eventId }) => ({ account: accountId, eventId })),
      onCardAction: track(onCardAction, ({ accountId, outTrackId }) => ({ account: accountId, outTrackId }))
    }
  })
