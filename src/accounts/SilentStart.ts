/**
 * What starts without an error and does less than somebody expects: a sentence each.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { globalValue } from "effect/GlobalValue"
import type * as Scope from "effect/Scope"
import type { Settings } from "../config/Settings.ts"
import type { Handlers } from "../inbound/Handlers.ts"

/**
 * Whether the handlers are for accounts of whatever settings: a handler that an account has no use for is then no mistake.
 * The command line's are. Default false.
 *
 * @since 0.1.0
 * @category references
 */
export class ForAnyAccount extends Context.Reference<ForAnyAccount>()("effect-dingtalk/accounts/ForAnyAccount", {
  defaultValue: (): boolean => false
}) {}

/**
 * Handlers that will never be called, and settings that nobody heeds. Pure.
 *
 * @since 0.1.0
 * @category decisions
 */
export const warnings = <R>(
  { accounts }: Settings,
  handlers: Handlers<R>,
  forAnyAccount: boolean
): ReadonlyArray<string> => {
  const { onCardAction, onEvent, onGraphCall, onMessage, onMessages, onStale } = handlers
  if ([onMessage, onMessages, onEvent, onCardAction, onGraphCall].every((handler) => handler === undefined)) {
    return ["There is no handler (onMessage, onEvent, onCardAction, onGraphCall): nothing that arrives is handled."]
  }
  return [...accounts.values()].flatMap(({ events, id, staleAfterMs }) => [
    ...events === (onEvent !== undefined) || (!events && forAnyAccount) ? [] : [
      events
        ? `The account ${id} has \`events\` on, but there is no onEvent: no event is subscribed.`
        : `There is an onEvent, but the account ${id} has \`events\` off: no event will arrive. Set \`events: true\`.`
    ],
    ...onStale === undefined || staleAfterMs !== undefined ? [] : [
      `There is an onStale, but the account ${id} has no \`staleAfterMs\`: nothing is ever too old. Set it.`
    ]
  ])
}

/**
 * The applications that channels of this process run, and how many channels. It is the process's own: two layers that run
 * the same application have nothing else in common.
 */
const running = globalValue("effect-dingtalk/accounts/SilentStart/running", () => new Map<string, number>())

/**
 * Claims the applications of a configuration for a channel, until the scope closes, and gives a sentence for each that
 * another channel of this process runs as well. A channel may claim again, with another configuration.
 *
 * @since 0.1.0
 * @category constructors
 */
export const claims: Effect.Effect<(settings: Settings) => ReadonlyArray<string>, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new Set<string>()),
    (mine) =>
      Effect.sync(() => {
        for (const appKey of mine) {
          const others = (running.get(appKey) ?? 1) - 1
          if (others === 0) running.delete(appKey)
          else running.set(appKey, others)
        }
      })
  ),
  (mine) => ({ accounts }) =>
    [...accounts.values()].flatMap(({ appKey, id }) => {
      if (mine.has(appKey)) return []
      const others = running.get(appKey) ?? 0
      mine.add(appKey)
      running.set(appKey, others + 1)
      return others === 0 ? [] : [
        `The application of the account ${id} (${appKey}) is run by another DingTalkChannel of this process too: ` +
        "DingTalk gives each message to one of them only. Build the layer once, and provide it to all who need it."
      ]
    })
)
