/**
 * The dead letters of the inboxes, as the page is told of them, and what becomes of them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Buried, DeadLetters, InboxUnavailable } from "../inbound/DeadLetters.ts"
import * as Message from "../inbound/message/Message.ts"
import { parseJson } from "../internal/json.ts"
import { Refused } from "../pageServer/PageServer.ts"
import { topics } from "../stream/Gateway.ts"
import type * as Protocol from "./Protocol.ts"

/** Most that are shown, and the longest text and cause, in characters. */
const most = { entries: 100, text: 500 }

const said: ReadonlySet<string> = new Set([topics.message, topics.delegatedMessage])

const textOf = ({ account, id, payload = "", topic }: Buried): string | undefined => {
  if (!said.has(topic)) return undefined
  const message = Message.decode({ id: account, robotCode: "" }, parseJson(payload), id ?? "")
  return message._tag === "Decoded" ? message.value.text.slice(0, most.text) : undefined
}

/** What the page is told: never the payload, in which a credential is. */
const shownOf = (buried: Buried, showText: boolean): Protocol.Buried => {
  const { account, attempts, cause, endedAt, id, line, number, receivedAt, topic } = buried
  const text = showText ? textOf(buried) : undefined
  return {
    account,
    number,
    line,
    topic,
    attempts,
    receivedAt,
    ...(id === undefined ? {} : { id }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(cause === undefined ? {} : { cause: cause.slice(0, most.text) }),
    ...(text === undefined ? {} : { text })
  }
}

const unavailable = ({ message }: InboxUnavailable) => new Refused({ code: "inboxUnavailable", message, status: 503 })

/**
 * How many there are, and the last ones.
 *
 * @since 0.1.0
 * @category operations
 */
export const look = (inboxes: Effect.Effect<ReadonlyArray<DeadLetters>>, showText: boolean) =>
  inboxes.pipe(
    Effect.flatMap(Effect.forEach((inbox) => inbox.look({ limit: most.entries, withPayload: showText }))),
    Effect.map((all) => ({
      count: all.reduce((sum, { count }) => sum + count, 0),
      entries: all
        .flatMap(({ entries }) => entries)
        .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
        .slice(0, most.entries)
        .map((buried) => shownOf(buried, showText))
    })),
    Effect.mapError(unavailable)
  )

/**
 * Has one handled again, or never. Refused if it is no dead letter any more.
 *
 * @since 0.1.0
 * @category operations
 */
export const decide = (
  inboxes: Effect.Effect<ReadonlyArray<DeadLetters>>,
  { account, decision, number }: typeof Protocol.Decide.payload.Type
): Effect.Effect<void, Refused> =>
  inboxes.pipe(
    Effect.flatMap(Effect.forEach((inbox) => inbox[decision](account, number))),
    Effect.mapError(unavailable),
    Effect.filterOrFail(
      (done) => done.includes(true),
      () => new Refused({ code: "noDeadLetter", message: `entry ${number} of ${account} is no dead letter any more` })
    )
  )
