/**
 * When a call of an account may go out: one line for everything that the account says, whatever its kind.
 *
 * - A token bucket for the account (its settings) and one for each class of API ({@link maxPerApi}).
 * - What DingTalk answers to one call counts for all: after a throttle nothing goes out until its window is over, and
 *   then slowly at first; after a lock-out of the egress address no account of the process calls.
 * - Whoever is waited for goes first: see {@link CallPriority}.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type { Failure } from "./classifyAnswer.ts"
import { longestWaitMs } from "./internal/retry.ts"
import { changeEgress, changeLine } from "./internal/sharedLine.ts"
import * as RateLimit from "./RateLimit.ts"
import type { Store } from "./SharedState.ts"

/**
 * How urgent a call is.
 *
 * - `interactive`: a person waits for it.
 * - `optional`: it embellishes something: an update of a card that is being written, a reaction. It is not made at all
 *   while the account is throttled, or when the monthly quota is used up.
 * - `bulk`: one of many; goes when nobody else wants to.
 *
 * @since 0.1.0
 * @category models
 */
export type Priority = "interactive" | "optional" | "bulk"

/**
 * How urgent the calls of an effect are: `Effect.provideService(Scheduler.CallPriority, "bulk")`. Default
 * `interactive`.
 *
 * @since 0.1.0
 * @category tags
 */
export class CallPriority extends Context.Reference<CallPriority>()("effect-dingtalk/outbound/api/CallPriority", {
  defaultValue: (): Priority => "interactive"
}) {}

/**
 * The classes of API, each with its own bucket.
 *
 * @since 0.1.0
 * @category models
 */
export type ApiClass = "message" | "card" | "media" | "other"

/**
 * Calls a second that DingTalk takes of one application for one API (codes 90018 and 90019); `rateLimit` may be higher
 * without any class going faster.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxPerApi = 40

/**
 * How long optional calls are left out after a call was refused for want of quota, in milliseconds; at most until the
 * month ends. Then one is tried again: somebody may have bought more.
 *
 * @since 0.1.0
 * @category constants
 */
export const quotaHoldMs = 3_600_000

/** DingTalk counts by the calendar of Shanghai, which knows no summer time. */
const shanghaiMs = 8 * 3_600_000

/**
 * When the month after `now` begins in China, in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category decisions
 */
export const nextMonth = (now: number): number => {
  const there = new Date(now + shanghaiMs)
  return Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 1) - shanghaiMs
}

/**
 * From when until when something is not done, and the answer that is to blame.
 *
 * @since 0.1.0
 * @category models
 */
export interface Hold {
  /** When the answer came, in milliseconds since 1970; a time before it comes from a clock that was set back. */
  readonly since: number
  /** In milliseconds since 1970. */
  readonly until: number
  readonly failure: Failure
}

/**
 * What DingTalk refuses at the moment.
 *
 * @since 0.1.0
 * @category models
 */
export interface Holds {
  /** Everything. */
  readonly throttled: Hold | undefined
  /** What costs quota; only optional calls are held back by it. */
  readonly quota: Hold | undefined
}

/**
 * Nothing is refused.
 *
 * @since 0.1.0
 * @category constants
 */
export const noHolds: Holds = { throttled: undefined, quota: undefined }

/** A hold that is over, or of a later time than now, counts for nothing: better a call too early than none for a day. */
const lasting = (hold: Hold | undefined, now: number): Hold | undefined =>
  hold !== undefined && hold.since <= now && now < hold.until ? hold : undefined

const longer = (held: Hold | undefined, next: Hold): Hold => {
  const before = lasting(held, next.since)
  return before === undefined || before.until <= next.until ? next : before
}

/**
 * What is refused after a call failed at `now`. Only throttles and a used-up quota change anything.
 *
 * @since 0.1.0
 * @category decisions
 */
export const afterFailure = (holds: Holds, failure: Failure, now: number): Holds => {
  switch (failure._tag) {
    case "Throttled":
      return {
        ...holds,
        throttled: longer(holds.throttled, { since: now, until: now + failure.retryAfterMs, failure })
      }
    case "QuotaExhausted": {
      const until = Math.min(now + quotaHoldMs, nextMonth(now))
      return { ...holds, quota: longer(holds.quota, { since: now, until, failure }) }
    }
    default:
      return holds
  }
}

/**
 * What a call has to expect: to wait until a time, or to be told at once why it can't be made.
 *
 * @since 0.1.0
 * @category models
 */
export type Admission = { readonly _tag: "From"; readonly time: number } | {
  readonly _tag: "Refused"
  readonly failure: Failure
}

const remaining = ({ failure, until }: Hold, now: number): Failure =>
  failure._tag === "Throttled" ? { ...failure, retryAfterMs: until - now } : failure

/**
 * Whether a call may wait for its permit at `now`. Nobody waits longer than 30 s for the end of a hold, and optional calls
 * do not wait for it at all.
 *
 * @since 0.1.0
 * @category decisions
 */
export const admit = (holds: Holds, priority: Priority, now: number): Admission => {
  const throttled = lasting(holds.throttled, now)
  const quota = priority === "optional" ? lasting(holds.quota, now) : undefined
  if (quota !== undefined) return { _tag: "Refused", failure: remaining(quota, now) }
  if (throttled === undefined) return { _tag: "From", time: now }
  return priority === "optional" || throttled.until - now > longestWaitMs
    ? { _tag: "Refused", failure: remaining(throttled, now) }
    : { _tag: "From", time: throttled.until }
}

/**
 * Whether a failure is the lock-out of the egress address, which meets all accounts behind it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const isBan = (failure: Failure): boolean => failure._tag === "Throttled" && failure.code === "1111"

/**
 * What DingTalk refuses to everybody behind one egress address: the accounts of a process share it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Egress {
  readonly holds: Ref.Ref<Holds>
  /** Where other processes hear of it, too. */
  readonly shared: Store | undefined
}

/**
 * An address that nobody has locked out yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeEgress = (shared?: Store): Effect.Effect<Egress> =>
  Effect.map(Ref.make(noHolds), (holds) => ({ holds, shared }))

/**
 * Makes known to everybody behind an address that it is locked out, if that is what a call failed with.
 *
 * @since 0.1.0
 * @category operations
 */
export const reportBan = (egress: Egress, failure: Failure): Effect.Effect<void> =>
  isBan(failure)
    ? Effect.zipRight(
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => Ref.update(egress.holds, (holds) => afterFailure(holds, failure, now))
      ),
      egress.shared === undefined ? Effect.void : Effect.ignore(
        changeEgress(egress.shared, (holds: Holds = noHolds, now) => afterFailure(holds, failure, now))
      )
    )
    : Effect.void

/**
 * What a call waits for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Permit {
  readonly limit: RateLimit.Limit
  readonly api: ApiClass
}

/**
 * The line of an account.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scheduler {
  /**
   * Waits for a permit and takes it; returns how long that took, in milliseconds. Those of one priority go in
   * the order in which they came. One that is interrupted leaves the line and takes nothing. The limit may differ from
   * call to call: the buckets stay. Fails with what DingTalk answered to somebody else, where that rules this call out.
   */
  readonly take: (permit: Permit) => Effect.Effect<number, Failure>
  /** Makes known how a call failed. */
  readonly report: (permit: Permit, failure: Failure) => Effect.Effect<void>
}

const order = ["interactive", "optional", "bulk"] as const

interface State {
  readonly holds: Holds
  readonly bucket: RateLimit.Bucket
  readonly apiBuckets: Readonly<Partial<Record<ApiClass, RateLimit.Bucket>>>
}

const initial: State = { holds: noHolds, bucket: RateLimit.full, apiBuckets: {} }

const apiLimit = ({ burst, rate }: RateLimit.Limit): RateLimit.Limit => ({ burst, rate: Math.min(rate, maxPerApi) })

/** Both buckets of a permit, changed. */
const change = (
  state: State,
  { api, limit }: Permit,
  how: (limit: RateLimit.Limit, bucket: RateLimit.Bucket) => RateLimit.Bucket
): State => ({
  ...state,
  bucket: how(limit, state.bucket),
  apiBuckets: { ...state.apiBuckets, [api]: how(apiLimit(limit), state.apiBuckets[api] ?? RateLimit.full) }
})

/** Goes at `now` if that may be: 0. Else how long to wait, in milliseconds, or why not to. */
const tryToGo = (egress: Holds, priority: Priority, permit: Permit, now: number) =>
(
  state: State
): readonly [number | Failure, State] => {
  const byEgress = admit(egress, priority, now)
  if (byEgress._tag === "Refused") return [byEgress.failure, state]
  const byAccount = admit(state.holds, priority, now)
  if (byAccount._tag === "Refused") return [byAccount.failure, state]
  const held = Math.max(byEgress.time, byAccount.time) - now
  const next = held > 0 ? state : change(state, permit, (limit, bucket) => RateLimit.settled(limit, bucket, now))
  const { api, limit } = permit
  const wait = Math.max(
    held,
    RateLimit.waitMs(limit, next.bucket, now),
    RateLimit.waitMs(apiLimit(limit), next.apiBuckets[api] ?? RateLimit.full, now)
  )
  return wait > 0
    ? [Math.ceil(wait), next]
    : [0, change(next, permit, (limit, bucket) => RateLimit.spend(limit, bucket, now))]
}

/**
 * A line with full buckets and nobody in it. If the egress is shared, so are the buckets of those of the same account;
 * each process has its own line in front of them. Without what is shared it goes by its own ones.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (egress: Egress, account = ""): Effect.Effect<Scheduler> =>
  Effect.map(Ref.make(initial), (state) => {
    // In the order of coming. Only who is the first of all looks at the buckets; nothing is reserved for those behind.
    const lines = {
      interactive: new Set<Effect.Latch>(),
      optional: new Set<Effect.Latch>(),
      bulk: new Set<Effect.Latch>()
    }
    const first = (): Effect.Latch | undefined => {
      for (const priority of order) {
        for (const waiting of lines[priority]) return waiting
      }
      return undefined
    }
    const callFirst = Effect.suspend(() => first()?.open ?? Effect.void)
    const isAnyBefore = (priority: Priority): boolean =>
      order.slice(0, order.indexOf(priority) + 1).some((each) => lines[each].size > 0)

    const { shared } = egress
    const alone = (priority: Priority, permit: Permit, now: number) =>
      Effect.flatMap(Ref.get(egress.holds), (holds) => Ref.modify(state, tryToGo(holds, priority, permit, now)))
    const together: typeof alone = shared === undefined ? alone : (priority, permit, now) =>
      Effect.catchTag(
        changeLine(
          shared,
          account,
          (line: State = initial, holds: Holds = noHolds, there) => tryToGo(holds, priority, permit, there)(line)
        ),
        "SharedStateUnavailable",
        () => alone(priority, permit, now)
      )
    const go = (priority: Priority, permit: Permit, now: number): Effect.Effect<number, Failure> =>
      Effect.flatMap(
        together(priority, permit, now),
        (wait) => typeof wait === "number" ? Effect.succeed(wait) : Effect.fail(wait)
      )

    const pass = (me: Effect.Latch, priority: Priority, permit: Permit): Effect.Effect<number, Failure> =>
      // Closed before looking, so that a call that comes right after the look is heard.
      Effect.flatMap(Effect.zipRight(me.close, Clock.currentTimeMillis), (now) => {
        const again = Effect.suspend(() => pass(me, priority, permit))
        if (first() !== me) return Effect.zipRight(me.await, again)
        return Effect.flatMap(
          go(priority, permit, now),
          (wait) => wait === 0 ? Effect.succeed(now) : Effect.zipRight(Clock.sleep(wait), again)
        )
      })

    const join = (priority: Priority) =>
      Effect.tap(Effect.makeLatch(false), (me) => {
        lines[priority].add(me)
        return callFirst
      })
    const leave = (me: Effect.Latch, priority: Priority) =>
      Effect.suspend(() => {
        lines[priority].delete(me)
        return callFirst
      })

    return {
      take: (permit) =>
        Effect.flatMap(CallPriority, (priority) =>
          Effect.flatMap(Clock.currentTimeMillis, (came) => {
            const inLine = Effect.acquireUseRelease(
              join(priority),
              (me) => Effect.map(pass(me, priority, permit), (went) => went - came),
              (me) => leave(me, priority)
            )
            // Only who has to wait stands in line.
            return isAnyBefore(priority)
              ? inLine
              : Effect.flatMap(go(priority, permit, came), (wait) => wait === 0 ? Effect.succeed(0) : inLine)
          })),
      report: (permit, failure) => {
        // Who starts again with a burst is refused again.
        const after = (now: number) => (before: State): State => {
          const slowed = failure._tag === "Throttled"
            ? change(before, permit, (limit, bucket) => RateLimit.emptyUntil(limit, bucket, now + failure.retryAfterMs))
            : before
          return isBan(failure) ? slowed : { ...slowed, holds: afterFailure(before.holds, failure, now) }
        }
        return Effect.all([
          reportBan(egress, failure),
          Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.update(state, after(now))),
          shared === undefined ? Effect.void : Effect.ignore(
            changeLine(shared, account, (line: State = initial, _, now) => [undefined, after(now)(line)])
          )
        ], { discard: true })
      }
    }
  })
