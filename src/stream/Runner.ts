/**
 * One account's connection life: open, serve, hand over, back off, until something permanent ends it.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as SynchronizedRef from "effect/SynchronizedRef"
import type { AccountSettings } from "../DingTalkConfig.ts"
import { type PermanentAuth, type PermanentError, StreamStall, type Transient } from "../DingTalkError.ts"
import { logEvents } from "../logEvents.ts"
import type { ConnectionMetrics } from "../metrics.ts"
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
  readonly metrics: ConnectionMetrics
  readonly onDelivery: Session.OnDelivery
  readonly onOdd: Session.Options["onOdd"]
  /** Told of every change of phase, in order. */
  readonly onPhase: (phase: Phase) => Effect.Effect<void>
}

/** What the account's loop and its connections share. */
interface Shared extends Options {
  readonly client: HttpClient.HttpClient
  readonly timing: StreamTimingValues
  /** The run of strikes at this moment, and how long the last of them lasted. */
  readonly strikes: Ref.Ref<{ readonly count: number; readonly lastDurationMs: number }>
  readonly state: SynchronizedRef.SynchronizedRef<State>
  /** Where connections live. They outlast the loop, so that a stop can drain before it closes them. */
  readonly connections: Scope.Scope
  /** Waits for the end of connections that have got their notice. */
  readonly lingering: FiberSet.FiberSet<void>
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

interface Finished {
  readonly outcome: Backoff.Outcome
  readonly cause: Transient | undefined
}

/** How a generation ended; without a cause, it was we who ended it, long after its notice. */
type End = Stall.SessionEnd & { readonly cause: Transient | undefined }

/** A session that did not come up: no strike, for it is a failure of the network or of ours. */
const neverUp: Stall.SessionEnd = { byServer: false, durationMs: 0, deliveries: 0 }

/** Closes what is left of a generation, counts its end by the stall rule, and tells of it. */
const conclude = (shared: Shared, scope: Scope.CloseableScope, end: End): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { metrics, strikes, timing } = shared
    yield* Scope.close(scope, Exit.void)
    const { count } = yield* Ref.updateAndGet(strikes, (before) => ({
      count: Stall.next(before.count, end, timing.healthyMs),
      lastDurationMs: end.durationMs
    }))
    const reason = end.cause?.reason ?? "lingered"
    yield* Metric.set(metrics.strikes, count)
    yield* Metric.increment(Metric.tagged(metrics.reconnects, "reason", reason))
    const expected = reason === "connectionClosed" || reason === "lingered"
    const log = expected ? Effect.logInfo(logEvents.disconnected) : Effect.logWarning(logEvents.disconnected)
    yield* Effect.annotateLogs(log, {
      reason,
      detail: end.cause?.detail ?? "the server did not end the connection after its notice",
      durationMs: end.durationMs,
      deliveries: end.deliveries
    })
    if (count === 0) return
    yield* Effect.annotateLogs(Effect.logWarning(logEvents.strike), { strikes: count, durationMs: end.durationMs })
  })

/** Serves a connection behind its notice until the server ends it, or the bound is reached. */
const linger = (shared: Shared, scope: Scope.CloseableScope, session: Session.Session): Effect.Effect<void> =>
  session.ended.pipe(
    Effect.timeoutTo({
      duration: shared.timing.lingerMs,
      onSuccess: (end) => Effect.succeed<End>(end),
      onTimeout: () => Effect.map(session.soFar, (soFar): End => ({ ...soFar, byServer: true, cause: undefined }))
    }),
    Effect.flatten,
    Effect.flatMap((end) => conclude(shared, scope, end)),
    Effect.catchAllCause((cause) => Effect.logError(logEvents.died, cause))
  )

/** Opens a session, tells of it, and takes it off the account's state when it is gone. */
const openSession = (shared: Shared) =>
  Effect.gen(function*() {
    const session = yield* Session.open(shared)
    yield* Effect.acquireRelease(update(shared, connected), () => update(shared, disconnected))
    yield* Effect.logInfo(logEvents.connected)
    return session
  })

/**
 * One connection generation, in a scope of its own, until another connection is wanted: at its end, or at its notice,
 * behind which it goes on serving.
 */
const generation = (
  shared: Shared
): Effect.Effect<Finished, PermanentAuth, Transport | Heartbeat> =>
  Effect.gen(function*() {
    yield* update(shared, (state, now) => ({ ...state, loop: Phase.Connecting({ since: now }) }))
    const scope = yield* Scope.fork(shared.connections, ExecutionStrategy.sequential)
    const ended = ({ cause, ...end }: Stall.SessionEnd & { readonly cause: Transient }): Effect.Effect<Finished> =>
      Effect.as(conclude(shared, scope, { ...end, cause }), {
        cause,
        outcome: {
          ended: "closed",
          uptimeMs: end.durationMs,
          deliveries: end.deliveries,
          retryAfterMs: cause.retryAfterMs ?? 0
        }
      })
    return yield* Effect.gen(function*() {
      const session = yield* Scope.extend(openSession(shared), scope)
      if ((yield* session.turn) === "ended") return yield* ended(yield* session.ended)
      const soFar = yield* session.soFar
      yield* Effect.annotateLogs(Effect.logInfo(logEvents.notice), { ...soFar })
      yield* FiberSet.run(shared.lingering, linger(shared, scope, session))
      return {
        cause: undefined,
        outcome: { ended: "notice", uptimeMs: soFar.durationMs, deliveries: soFar.deliveries, retryAfterMs: 0 }
      } satisfies Finished
    }).pipe(Effect.catchTag("Transient", (cause) => ended({ ...neverUp, cause })))
  })

/** Ends the account when there were too many strikes in a row, those of lingering connections included. */
const unlessStalled = ({ settings, strikes, timing }: Shared): Effect.Effect<void, StreamStall> =>
  Effect.flatMap(Ref.get(strikes), ({ count, lastDurationMs }) =>
    count < timing.stallStrikes
      ? Effect.void
      : new StreamStall({ account: settings.id, strikes: count, lastDurationMs }))

/** Generation after generation, paced by the back-off. */
const loop = (shared: Shared): Effect.Effect<never, PermanentError, Transport | Heartbeat> => {
  const { timing } = shared
  const backOff = (waitMs: number, cause: Transient | undefined) =>
    Effect.gen(function*() {
      if (cause === undefined) return
      yield* Effect.annotateLogs(Effect.logWarning(logEvents.backingOff), { delayMs: waitMs, reason: cause.reason })
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
  return Effect.zipLeft(generation(shared), unlessStalled(shared)).pipe(
    Effect.repeat(pace),
    Effect.zipRight(Effect.never)
  )
}

/** Logs what ends the account; or waits for the cool-down and goes on with one probe. */
const withCoolDown = (shared: Shared): ReturnType<typeof loop> => {
  const { onPhase, settings, strikes, timing } = shared
  const coolDownMs = settings.stallCoolDownMs
  return loop(shared).pipe(
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
          yield* Effect.annotateLogs(Effect.logError(logEvents.stalled), {
            strikes: error.strikes,
            lastDurationMs: error.lastDurationMs,
            ...(coolDownMs === undefined ? {} : { coolDownMs })
          })
          if (coolDownMs === undefined) return yield* error
          const now = yield* Clock.currentTimeMillis
          yield* onPhase(Phase.BackingOff({ until: now + coolDownMs, error }))
          yield* Effect.sleep(coolDownMs)
          yield* Ref.set(strikes, { count: timing.stallStrikes - 1, lastDurationMs: error.lastDurationMs })
          return yield* withCoolDown(shared)
        })
    })
  )
}

/**
 * Makes the runner of one account. What it gives runs until something permanent ends the account, and never succeeds.
 *
 * It fails with `PermanentAuth` as soon as DingTalk refuses the account, and with `StreamStall` after `stallStrikes`
 * short, silent sessions in a row, unless `stallCoolDownMs` is set: then it waits that long and tries again with one
 * probe, for which a single strike suffices. `Transient` failures are retried for ever, with back-off.
 *
 * Its connections belong to the scope, not to the run: interrupt the run, do what must be done while they are up, then
 * close the scope, which is over within `closeTimeoutMs`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<
  Effect.Effect<never, PermanentError>,
  never,
  Transport | Heartbeat | HttpClient.HttpClient | Scope.Scope
> =>
  Effect.gen(function*() {
    const { metrics, settings } = options
    const services = yield* Effect.context<Transport | Heartbeat>()
    const now = yield* Clock.currentTimeMillis
    const shared: Shared = {
      ...options,
      client: yield* HttpClient.HttpClient,
      timing: yield* StreamTiming,
      strikes: yield* Ref.make({ count: 0, lastDurationMs: 0 }),
      state: yield* SynchronizedRef.make<State>({ live: 0, connectedSince: 0, loop: Phase.Connecting({ since: now }) }),
      connections: yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.parallel),
      lingering: yield* FiberSet.make<void>()
    }
    return Effect.logInfo(logEvents.starting).pipe(
      Effect.zipRight(withCoolDown(shared)),
      Effect.ensuring(Effect.all([Metric.set(metrics.connected, 0), Metric.set(metrics.connectedSince, 0)])),
      Effect.annotateLogs({ account: settings.id, module: "stream" }),
      Effect.provide(services)
    )
  })
