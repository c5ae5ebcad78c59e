/**
 * What log records tell the console: one thing that happened, and what became of the messages that reached no handler.
 * Pure.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as HashMap from "effect/HashMap"
import type * as Logger from "effect/Logger"
import { isRecord, string } from "../internal/json.ts"
import { logEvents } from "../logEvents.ts"
import type { Note } from "./Journal.ts"
import type { Outcome } from "./Protocol.ts"

/** Longest text of a fact, in characters, and most facts of a record. */
const most = { text: 500, facts: 16 }

/** What is said elsewhere, or says nothing to people. */
const silent: ReadonlySet<string> = new Set(["account", "module", "deliveries", "ids", "summarised", "text"])

const textOf = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value) ?? String(value)).slice(0, most.text)

const eventOf = (message: unknown): string | undefined => {
  const first: unknown = Array.isArray(message) ? message[0] : message
  return typeof first === "string" && first.startsWith("dingtalk.") ? first : undefined
}

/** Why a message reached no handler, by the event that sums it up. */
const outcomes: Readonly<Record<string, Outcome>> = {
  [logEvents.refused]: "refused",
  [logEvents.dropped]: "dropped",
  [logEvents.stale]: "stale"
}

const heardOf = (event: string, account: string, at: number, deliveries: unknown): ReadonlyArray<Note> => {
  const outcome = outcomes[event]
  if (outcome === undefined || !Array.isArray(deliveries)) return []
  return deliveries.flatMap((delivery): ReadonlyArray<Note> => {
    const messageId = isRecord(delivery) ? string(delivery["messageId"]) : undefined
    if (!isRecord(delivery) || messageId === undefined) return []
    const conversationId = string(delivery["conversationId"])
    const sender = string(delivery["sender"])
    const why = string(delivery["reason"])
    return [{
      _tag: "Heard",
      at,
      account,
      messageId,
      outcome,
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(sender === undefined ? {} : { sender }),
      ...(why === undefined ? {} : { why })
    }]
  })
}

/**
 * The notes of a record; none of one that is not this library's.
 *
 * @since 0.1.0
 * @category decoding
 */
export const notesOf = (
  { annotations, cause, date, logLevel, message }: Logger.Logger.Options<unknown>
): ReadonlyArray<Note> => {
  const event = eventOf(message)
  if (event === undefined) return []
  const facts = HashMap.toEntries(annotations)
  const account = textOf(facts.find(([key]) => key === "account")?.[1] ?? "")
  const at = date.getTime()
  const told = facts
    .filter(([key]) => !silent.has(key))
    .slice(0, most.facts)
    .map(([key, value]) => [key, textOf(value)] as const)
  const failure = Cause.isEmpty(cause) ? [] : [["cause", textOf(Cause.pretty(cause).split("\n")[0])] as const]
  return [
    {
      _tag: "Incident",
      at,
      level: logLevel.label,
      event,
      facts: Object.fromEntries([...told, ...failure]),
      ...(account === "" ? {} : { account })
    },
    ...heardOf(event, account, at, facts.find(([key]) => key === "deliveries")?.[1])
  ]
}
