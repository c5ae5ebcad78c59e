/** What an account subscribes to, by the handlers that there are. Pure. */
import type { AccountSettings } from "../config/Settings.ts"
import { type Subscription, topics } from "../stream/Gateway.ts"
import type { Handlers } from "./Handlers.ts"

/** Whether there is a handler of messages. */
export const hearsMessages = <R>({ onMessage, onMessages }: Handlers<R>): boolean =>
  onMessage !== undefined || onMessages !== undefined

/** Whether there is a handler of card actions, or one that waits for them. */
export const hearsActions = <R>({ asks, onCardAction }: Handlers<R>): boolean =>
  onCardAction !== undefined || asks === true

/** What to subscribe to: the topics that have a handler, and EVENT only when the settings ask for it. */
export const subscriptions = <R>(
  settings: Pick<AccountSettings, "events">,
  handlers: Handlers<R>
): ReadonlyArray<Subscription> => {
  const callback = (topic: string): Subscription => ({ type: "CALLBACK", topic })
  return [
    ...(hearsMessages(handlers) ? [callback(topics.message)] : []),
    ...(hearsActions(handlers) ? [callback(topics.cardAction)] : []),
    ...(handlers.onGraphCall === undefined ? [] : [callback(topics.graphCall)]),
    ...(handlers.onEvent === undefined || !settings.events ? [] : [{ type: "EVENT", topic: "*" } as const])
  ]
}
