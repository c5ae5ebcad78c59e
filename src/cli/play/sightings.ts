/**
 * What a robot of somebody's own did, as DingTalk sees it: there is no log of it here.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import type * as Seen from "../../testing/Seen.ts"
import { openPath } from "../../testing/server/Upgrades.ts"
import type { Fresh, Notes } from "./notes.ts"

/**
 * What has been seen of it so far.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sight {
  readonly live: ReadonlyArray<Seen.Connection>
  readonly closed: ReadonlyArray<Seen.Connection>
  readonly requests: ReadonlyArray<Seen.Request>
  readonly acks: ReadonlyArray<Seen.Ack>
}

/**
 * Before anything is seen.
 *
 * @since 0.1.0
 * @category constants
 */
export const nothing: Sight = { live: [], closed: [], requests: [], acks: [] }

/**
 * @since 0.1.0
 * @category operations
 */
export const look = (fake: Fake): Effect.Effect<Sight> =>
  Effect.all({
    live: fake.connections,
    closed: fake.closedConnections,
    requests: fake.requests(),
    acks: fake.acks
  })

/**
 * The next time that the fake sees something.
 *
 * @since 0.1.0
 * @category operations
 */
export const nextChange = (fake: Fake): Effect.Effect<void> =>
  Effect.flatMap(Ref.make(false), (isAsked) =>
    Effect.orDie(fake.until(
      "a change",
      Effect.map(Ref.getAndSet(isAsked, true), (wasAsked) => wasAsked ? Option.some(undefined) : Option.none())
    )))

/**
 * What is to be told of what was not seen before. An answer to what was delivered once is nothing special.
 *
 * @since 0.1.0
 * @category decisions
 */
export const between = (before: Sight, after: Sight): ReadonlyArray<Omit<Fresh, "at">> => {
  const known = new Set([...before.live, ...before.closed].map(({ id }) => id))
  const gone = new Set(before.closed.map(({ id }) => id))
  const ended = after.closed.filter(({ id }) => !gone.has(id)).map((connection) => ({
    level: "warn" as const,
    event: "seen.disconnected",
    fields: {
      by: connection.closedBy ?? "fake",
      durationMs: String((connection.closedAt ?? connection.openedAt) - connection.openedAt)
    }
  }))
  // Of what is over, the fake forgets the oldest: places say nothing.
  const seen = new Set(before.requests)
  const refused = after.requests.flatMap((request) => {
    const { path, status } = request
    return seen.has(request) || status === undefined || status < 400
      ? []
      : [{
        level: "bad" as const,
        event: path === openPath ? "seen.refused_opening" : "seen.refused_call",
        fields: { path, status: String(status) }
      }]
  })
  const connected = [...after.closed, ...after.live].filter(({ id }) => !known.has(id)).map(() => ({
    level: "good" as const,
    event: "dingtalk.stream.connected",
    fields: {}
  }))
  const answered = new Set(before.acks.map(({ delivery }) => delivery.messageId))
  const again = after.acks.filter(({ delivery }) => delivery.attempt > 1 && !answered.has(delivery.messageId)).map(
    ({ delivery }) => ({
      level: "good" as const,
      event: "seen.acknowledged_again",
      fields: { attempt: String(delivery.attempt) }
    })
  )
  return [...ended, ...refused, ...connected, ...again]
}

/**
 * Makes notes of what is seen, for ever.
 *
 * @since 0.1.0
 * @category operations
 */
export const noted = (fake: Fake, notes: Notes): Effect.Effect<never> =>
  Effect.flatMap(Ref.make(nothing), (seen) =>
    Effect.gen(function*() {
      const now = yield* look(fake)
      yield* Effect.forEach(between(yield* Ref.getAndSet(seen, now), now), notes.add, { discard: true })
      yield* nextChange(fake)
    }).pipe(Effect.forever))
