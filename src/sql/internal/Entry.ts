/** What stands in an inbox, as people look at it. */

export type State = "waiting" | "done" | "dead" | "dropped"

export interface Entry {
  readonly account: string
  /**
   * Which one it is of the account's: those that arrived later have higher numbers. `undefined` of what waits in a cluster:
   * its id names it.
   */
  readonly number: number | undefined
  /** DingTalk's `msgId`, or `event:` and the `eventId`; `undefined` if it sent none. */
  readonly id: string | undefined
  /** The conversation, or what an event is about. */
  readonly line: string
  readonly type: "CALLBACK" | "EVENT"
  readonly topic: string
  readonly state: State
  /** How often its handler was begun. */
  readonly attempts: number
  /** When it arrived, and when it was handled or given up, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly endedAt: number | undefined
  /** What the last attempt failed of. */
  readonly cause: string | undefined
}

export interface Content extends Entry {
  /** As DingTalk sent it: a text of JSON, with the credential by which it may be answered. `""` if it was handled. */
  readonly payload: string
}
