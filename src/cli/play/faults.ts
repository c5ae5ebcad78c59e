/**
 * What can be made to go wrong, and how it ends.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import { cast } from "../simulate/cast.ts"
import * as Troubles from "../simulate/troubles.ts"
import type { Fault } from "./contract.ts"

/** Those that every call meets: one at a time. */
const troubles: Partial<Readonly<Record<Fault, Troubles.Trouble>>> = {
  secret: Troubles.wrongSecret,
  outage: Troubles.outage,
  throttle: Troubles.throttled,
  quota: Troubles.quotaUsedUp,
  ban: Troubles.banned
}

/** How many messages a flood has. */
const floodSize = 1_000

/** A connection that has been told of its end goes on for so long, in milliseconds. */
const noticeMs = 3_000

/**
 * Whether a fault lasts until it is ended.
 *
 * @since 0.1.0
 * @category decisions
 */
export const lasts = (fault: Fault): boolean =>
  troubles[fault] !== undefined || fault === "freeze" || fault === "halfOpen"

/**
 * The faults that last, after one more: of those that calls meet, the last one counts.
 *
 * @since 0.1.0
 * @category decisions
 */
export const after = (active: ReadonlyArray<Fault>, fault: Fault): ReadonlyArray<Fault> =>
  lasts(fault)
    ? [
      ...active.filter((other) => other !== fault && (troubles[fault] === undefined || troubles[other] === undefined)),
      fault
    ]
    : active

/**
 * Makes it go wrong; `last` is the `msgId` of the last message.
 *
 * @since 0.1.0
 * @category operations
 */
export const begin = (fake: Fake, fault: Fault, last: string | undefined): Effect.Effect<void> => {
  const trouble = troubles[fault]
  if (trouble !== undefined) {
    const answered = Troubles.answerAll(fake, trouble)
    // What hinders a robot from connecting is not seen before it has to.
    return fault === "secret" || fault === "outage" || fault === "ban"
      ? Effect.all([answered, fake.expireTokens, fake.closeAll()], { discard: true })
      : answered
  }
  switch (fault) {
    case "freeze":
      return fake.freeze()
    case "halfOpen":
      return fake.stopAnsweringPings()
    case "notice":
      return fake.notice({ closeAfterMs: noticeMs })
    case "close":
      return fake.closeAll()
    case "redeliver":
      return last === undefined ? Effect.void : Effect.ignore(fake.redeliver(last))
    case "flood":
      return Effect.asVoid(fake.flood(floodSize, undefined, { from: cast.crowd }))
    default:
      return Effect.void
  }
}

/**
 * Ends it.
 *
 * @since 0.1.0
 * @category operations
 */
export const end = (fake: Fake, fault: Fault): Effect.Effect<void> => {
  if (troubles[fault] !== undefined) return Troubles.answerAll(fake, Troubles.none)
  return fault === "freeze" ? fake.thaw() : fault === "halfOpen" ? fake.slowPong(0) : Effect.void
}
