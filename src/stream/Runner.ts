/**
 * One account's connection life: open, serve, hand over, back off, until something permanent ends it.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as SynchronizedRef from "effect/SynchronizedRef"
import type { AccountSettings } from "../DingTalkConfig.ts"
import { type PermanentAuth, type PermanentError, StreamStall, type Transient } from "../DingTalkError.ts"
import { logEvents } from "../logEvents.ts"
import type { AccountMetrics } from "../metrics.ts"
import * as Backoff from "./Backoff.ts"
import type { Subscription } from "./Gateway.ts"
import type { Heartbeat } from "./Heartbeat.ts"
import * as Session from "./Session.ts"
import * as Stall from "./Stall.ts"
import { StreamTiming, type StreamTimingValues } from "./StreamTiming.ts"
import type { Transport } from "./Transport.ts"

/**
 * Where a running account stands. Times are in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export type Phase = Data.TaggedEnum<{
  /** A ticket or a handshake is under way and no connection is up. */
  readonly Connecting: { readonly since: number }
  /** The upgrade succeeded: messages arrive. */
  readonly Connected: { readonly since: number }
  /** The next try comes at `until`. */
  readonly BackingOff: { readonly until: number; readonly error: Transient | StreamStall }
}>

/**
 * @since 0.1.0
 * @category constructors
 */
export const Phase = Data.taggedEnum<Phase>()

/**
 * What a runner is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly settings: AccountSettings
  readonly subscriptions: ReadonlyArray<Subscription>
  readonly metrics: AccountMetrics
  readonly onDelivery: Session.OnDelivery
  readonly onOdd: Session.Options["onOdd"]
  /** Told of every change of phase, in order. */
  readonly onPhase: (phase: Phase) => Effect.Effect<void>
}

/** What the account's loop and its connections share. */
interface Shared extends Options {
  readonly client: HttpClient.HttpClient
  readonly timing: StreamTimingValues
  readonly strikes: Ref.Ref<number>
  /** What ends the account: a permanent error, or a defect. */
  readonly fatal: Deferred.Deferred<never, PermanentError>
  readonly state: SynchronizedRef.SynchronizedRef<State>
}

interface State {
  /** Connections that are up; two during a hand-over. */
  readonly live: number
  readonly connectedSince: number
  /** Where the loop stands; the account's phase while nothing is up. */
  readonly loop: Phase
}

const phaseOf = ({ connectedSince, live, loop }: State): Phase =>
  live > 0 ? Phase.Connected({ since: connectedSince }) : loop

/** One change at a time, so that phases are told in the order in which they came about. */
const update = ({ metrics, onPhase, state }: Shared, f: (state: State, now: number) => State): Effect.Effect<void> =>
  SynchronizedRef.updateEffect(state, (before) =>
    Effect.gen(function*() {
      const after = f(before, yield* Clock.currentTimeMillis)
      const phase = phaseOf(after)
      if (!Equal.equals(phase, phaseOf(before))) yield* onPhase(phase)
      yield* Metric.set(metrics.connected, after.live > 0 ? 1 : 0)
      yield* Metric.set(metrics.connectedSince, after.live > 0 ? Math.floor(after.connectedSince / 1_000) : 0)
      return after
    }))

const connected = (state: State, now: number): State => ({ ...state, live: state.live + 1, connectedSince: now })

const disconnected = (state: State, now: number): State => ({
  ...state,
  live: state.live - 1,
  loop: state.live === 1 && state.loop._tag === "Connecting" ? Phase.Connecting({ since: now }) : state.loop
})

/** Counts a session's end by the stall rule; the strike too many ends the account. */
const countStrike = (shared: Shared, end: Stall.SessionEnd): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { fatal, metrics, settings, strikes, timing } = shared
    const count = yield* Ref.updateAndGet(strikes, (n) => Stall.next(n, end, timing.healthyMs))
    yield* Metric.set(metrics.strikes, count)
    if (count === 0) return
    yield* Effect.annotateLogs(Effect.logWarning(logEvents.strike), { strikes: count, durationMs: end.durationMs })
    if (count >= timing.stallStrikes) {
      yield* Deferred.fail(
        fatal,
        new StreamStall({ account: settings.id, strikes: count, lastDurationMs: end.durationMs })
      )
    }
  })

interface Finished {
  readonly outcome: Backoff.Outcome
  readonly cause: Transient | undefined
}

const finished = (cause: Transient, end: Stall.SessionEnd): Finished => ({
  cause,
  outcome: {
    ended: "closed",
    uptimeMs: end.durationMs,
    deliveries: end.deliveries,
    retryAfterMs: cause.retryAfterMs ?? 0
  }
})

/** A session that did not come up: no strike, for it is a failure of the network or of ours. */
const neverUp: Stall.SessionEnd = { byServer: false, durationMs: 0, deliveries: 0 }

/**
 * One connection generation, in a scope of its own, from the opening call to its very end. `next` is completed as soon
 * as another connection is wanted: at the end, or at the notice, behind which this one goes on serving until the server
 * ends it.
 */
const generation = (
  shared: Shared,
  next: Deferred.Deferred<Finished>
): Effect.Effect<void, PermanentAuth, Transport | Heartbeat> =>
  Effect.gen(function*() {
    const { metrics, timing } = shared
    const end = yield* Effect.scoped(Effect.gen(function*() {
      const session = yield* Session.open(shared)
      yield* Effect.acquireRelease(
        update(shared, connected),
        () => update(shared, disconnected)
      )
      yield* Effect.logInfo(logEvents.connected)
      const onNotice = Effect.gen(function*() {
        yield* session.noticed
        const soFar = yield* session.soFar
        yield* Effect.annotateLogs(Effect.logInfo(logEvents.notice), { ...soFar })
        yield* Deferred.succeed(next, {
          cause: undefined,
          outcome: { ended: "notice", uptimeMs: soFar.durationMs, deliveries: soFar.deliveries, retryAfterMs: 0 }
        })
        return yield* Effect.sleep(timing.lingerMs)
      })
      // After a notice the wait is bounded; the end that counts is the server's, or the one we make of it then.
      return yield* Effect.raceFirst(
        session.ended,
        Effect.zipRight(
          onNotice,
          Effect.map(session.soFar, (soFar) => ({ ...soFar, byServer: true, cause: undefined }))
        )
      )
    })).pipe(Effect.catchTag("Transient", (cause) => Effect.succeed({ ...neverUp, cause })))

    yield* countStrike(shared, end)
    const reason = end.cause?.reason ?? "lingered"
    yield* Metric.increment(Metric.tagged(metrics.reconnects, "reason", reason))
    yield* Effect.annotateLogs(Effect.logInfo(logEvents.disconnected), {
      reason,
      detail: end.cause?.detail ?? "the server did not end the connection after its notice",
      durationMs: end.durationMs,
      deliveries: end.deliveries
    })
    if (end.cause !== undefined) yield* Deferred.succeed(next, finished(end.cause, end))
  })

const loop = (
  shared: Shared,
  generations: FiberSet.FiberSet<void>
): Effect.Effect<never, never, Transport | Heartbeat> => {
  const { timing } = shared
  const one = Effect.gen(function*() {
    const next = yield* Deferred.make<Finished>()
    yield* update(shared, (state, now) => ({ ...state, loop: Phase.Connecting({ since: now }) }))
    yield* FiberSet.run(
      generations,
      Effect.catchAllCause(generation(shared, next), (cause) => Deferred.failCause(shared.fatal, cause))
    )
    return yield* Deferred.await(next)
  })
  const backOff = (waitMs: number, cause: Transient | undefined) =>
    Effect.gen(function*() {
      if (cause === undefined) return
      yield* Effect.annotateLogs(Effect.logInfo(logEvents.backingOff), { delayMs: waitMs, reason: cause.reason })
      yield* update(shared, (state, now) => ({
        ...state,
        loop: Phase.BackingOff({ until: now + waitMs, error: cause })
      }))
    })
  const pace = Backoff.schedule(timing).pipe(
    Schedule.mapInput(({ outcome }: Finished) => outcome),
    Schedule.intersect(Schedule.identity<Finished>()),
    Schedule.tapOutput(([waitMs, { cause }]) => backOff(waitMs, cause))
  )
  return Effect.zipRight(Effect.repeat(one, pace), Effect.never)
}

const untilFatal = (
  options: Options,
  strikes: number
): Effect.Effect<never, PermanentError, Transport | Heartbeat | HttpClient.HttpClient> =>
  Effect.scoped(Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const shared: Shared = {
      ...options,
      client: yield* HttpClient.HttpClient,
      timing: yield* StreamTiming,
      strikes: yield* Ref.make(strikes),
      fatal: yield* Deferred.make<never, PermanentError>(),
      state: yield* SynchronizedRef.make<State>({ live: 0, connectedSince: 0, loop: Phase.Connecting({ since: now }) })
    }
    const generations = yield* FiberSet.make<void>()
    return yield* Effect.raceFirst(loop(shared, generations), Deferred.await(shared.fatal))
  }))

/**
 * Runs one account until something permanent ends it. Never succeeds; interruption closes every connection within
 * `closeTimeoutMs`.
 *
 * Fails with `PermanentAuth` as soon as DingTalk refuses the account, and with `StreamStall` after `stallStrikes`
 * short, silent sessions in a row, unless `stallCoolDownMs` is set: then it waits that long and tries again with one
 * probe, for which a single strike suffices. `Transient` failures are retried for ever, with back-off.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = (
  options: Options
): Effect.Effect<never, PermanentError, Transport | Heartbeat | HttpClient.HttpClient> => {
  const { metrics, onPhase, settings } = options
  const attempt = (strikes: number): ReturnType<typeof untilFatal> =>
    untilFatal(options, strikes).pipe(
      Effect.catchTags({
        PermanentAuth: (error) =>
          Effect.zipRight(
            Effect.annotateLogs(Effect.logError(logEvents.authFailed), {
              code: error.code ?? "",
              status: error.status ?? 0,
              requestId: error.requestId ?? "",
              hint: error.hint
            }),
            Effect.fail(error)
          ),
        StreamStall: (error) =>
          Effect.gen(function*() {
            const coolDownMs = settings.stallCoolDownMs
            yield* Effect.annotateLogs(Effect.logError(logEvents.stalled), {
              strikes: error.strikes,
              lastDurationMs: error.lastDurationMs,
              ...(coolDownMs === undefined ? {} : { coolDownMs })
            })
            if (coolDownMs === undefined) return yield* error
            const now = yield* Clock.currentTimeMillis
            yield* onPhase(Phase.BackingOff({ until: now + coolDownMs, error }))
            yield* Effect.sleep(coolDownMs)
            return yield* attempt(error.strikes - 1)
          })
      })
    )
  return Effect.logInfo(logEvents.starting).pipe(
    Effect.zipRight(attempt(0)),
    Effect.ensuring(Effect.all([Metric.set(metrics.connected, 0), Metric.set(metrics.connectedSince, 0)])),
    Effect.annotateLogs({ account: settings.id, module: "stream" })
  )
}
