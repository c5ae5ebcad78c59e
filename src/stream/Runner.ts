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
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import { type PermanentAuth, type PermanentError, StreamStall, type Transient } from "../DingTalkError.ts"
import { acquireRelease } from "../internal/acquire.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
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
  readonly onDelivery: Session.OnDelivery
  readonly onOdd: Session.Options["onOdd"]
  /** Told of every change of phase, in order. */
  readonly onPhase: (phase: Phase) => Effect.Effect<void>
  /** Has one permit, which goes with the right to change a phase. The runners of a channel share it. */
  readonly turns: Effect.Semaphore
}

/** What the account's loop and its connections share. */
interface Shared extends Options {
  readonly client: HttpClient.HttpClient
  readonly timing: StreamTimingValues
  /** The run of strikes at this moment, and how long the last of them lasted. */
  readonly strikes: Ref.Ref<{ readonly count: number; readonly lastDurationMs: number }>
  readonly state: Ref.Ref<State>
  /** Where connections live. They outlast the loop, so that a stop can drain before it closes them. */
  readonly connections: Scope.Scope
  /** Where the waits for the end of connections that have got their notice live. */
  readonly lingering: Scope.Scope
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
const update = (
  { onPhase, settings, state, turns }: Shared,
  f: (state: State, now: number) => State
): Effect.Effect<void> =>
  turns.withPermits(1)(
    Effect.gen(function*() {
      const before = yield* Ref.get(state)
      const after = f(before, yield* Clock.currentTimeMillis)
      const phase = phaseOf(after)
      const told = phaseOf(before)
      if (phase._tag !== told._tag || !Equal.equals(phase, told)) yield* onPhase(phase)
      const metrics = Metrics.ofConnection(settings.id)
      yield* Metric.set(metrics.connected, after.live > 0 ? 1 : 0)
      yield* Metric.set(metrics.connectedSince, after.live > 0 ? Math.floor(after.connectedSince / 1_000) : 0)
      yield* Ref.set(state, after)
    })
  )

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
    const { settings, strikes, timing } = shared
    const metrics = Metrics.ofConnection(settings.id)
    // A scope whose close is interrupted is closed, and keeps what it has not released yet.
    yield* Effect.uninterruptible(Scope.close(scope, Exit.void))
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
    yield* acquireRelease(update(shared, connected), () => update(shared, disconnected))
    yield* Effect.logInfo(logEvents.connected)
    return session
  })

/** A generation that ended without a notice. */
const ended = (shared: Shared, scope: Scope.CloseableScope, end: Session.Ended): Effect.Effect<Finished> =>
  Effect.as(conclude(shared, scope, end), {
    cause: end.cause,
    outcome: {
      ended: "closed",
      uptimeMs: end.durationMs,
      deliveries: end.deliveries,
      retryAfterMs: end.cause.retryAfterMs ?? 0
    }
  })

/** A generation that has got its notice goes on serving, and another connection is wanted. */
const noticed = (shared: Shared, scope: Scope.CloseableScope, session: Session.Session): Effect.Effect<Finished> =>
  Effect.gen(function*() {
    const soFar = yield* session.soFar
    yield* Effect.annotateLogs(Effect.logInfo(logEvents.notice), { ...soFar })
    yield* Effect.forkIn(linger(shared, scope, session), shared.lingering)
    return {
      cause: undefined,
      outcome: { ended: "notice", uptimeMs: soFar.durationMs, deliveries: soFar.deliveries, retryAfterMs: 0 }
    }
  })

/**
 * One connection generation, in a scope of its own, until another connection is wanted: at its end, or at its notice,
 * behind which it goes on serving.
 *
 * An account spends its life in the wait for that. What surrounds the wait is memory of every idle account, so it is in
 * tail position, and without generators.
 */
const generation = (
  shared: Shared
): Effect.Effect<Finished, PermanentAuth, Transport | Heartbeat> =>
  update(shared, (state, now) => ({ ...state, loop: Phase.Connecting({ since: now }) })).pipe(
    Effect.zipRight(Scope.fork(shared.connections, ExecutionStrategy.sequential)),
    Effect.flatMap((scope) =>
      Effect.matchEffect(Scope.extend(openSession(shared), scope), {
        onFailure: (error) =>
          error._tag === "Transient" ? ended(shared, scope, { ...neverUp, cause: error }) : Effect.fail(error),
        onSuccess: (session) =>
          Effect.flatMap(session.turn, (turn) =>
            turn === "ended"
              ? Effect.flatMap(session.ended, (end) => ended(shared, scope, end))
              : noticed(shared, scope, session))
      })
    )
  )

/** Ends the account when there were too many strikes in a row, those of lingering connections included. */
const unlessStalled = ({ settings, strikes, timing }: Shared): Effect.Effect<void, StreamStall> =>
  Effect.flatMap(Ref.get(strikes), ({ count, lastDurationMs }) =>
    count < timing.stallStrikes
      ? Effect.void
      : new StreamStall({ account: settings.id, strikes: count, lastDurationMs }))

type Pace = Effect.Effect.Success<ReturnType<typeof paced>>

/** The wait before the next generation, told of before it begins. */
const paced = (shared: Shared) =>
  Schedule.driver(
    Backoff.schedule(shared.timing).pipe(
      Schedule.mapInput(({ outcome }: Finished) => outcome),
      Schedule.intersect(Schedule.identity<Finished>()),
      Schedule.tapOutput(([waitMs, { cause }]) =>
        Effect.gen(function*() {
          if (cause === undefined) return
          yield* Effect.annotateLogs(Effect.logWarning(logEvents.backingOff), { delayMs: waitMs, reason: cause.reason })
          yield* update(shared, (state, now) => ({
            ...state,
            loop: Phase.BackingOff({ until: now + waitMs, error: cause })
          }))
        })
      )
    )
  )

/**
 * Generation after generation, paced by the back-off. It is `Effect.repeat`, but for memory: the schedule is set up by
 * the first end of a generation, and none of its machinery surrounds a generation that is at work.
 */
const loop = (shared: Shared): Effect.Effect<never, PermanentError, Transport | Heartbeat> => {
  const once = Effect.zipLeft(Effect.suspend(() => generation(shared)), unlessStalled(shared))
  const goOn = (pace: Pace, finished: Finished): ReturnType<typeof loop> =>
    pace.next(finished).pipe(
      Effect.orDie,
      Effect.zipRight(once),
      Effect.flatMap((finished) => goOn(pace, finished))
    )
  return Effect.flatMap(once, (finished) => Effect.flatMap(paced(shared), (pace) => goOn(pace, finished)))
}

/** Logs what ends the account; or waits for the cool-down and goes on with one probe. */
const withCoolDown = (shared: Shared): ReturnType<typeof loop> => {
  const { settings, strikes, timing } = shared
  const coolDownMs = settings.stallCoolDownMs
  return Effect.catchAll(loop(shared), (error) =>
    Effect.gen(function*() {
      if (error._tag === "PermanentAuth") {
        yield* Effect.annotateLogs(Effect.logError(logEvents.authFailed), {
          code: error.code ?? "",
          status: error.status ?? 0,
          requestId: error.requestId ?? "",
          hint: error.hint
        })
        return yield* error
      }
      yield* Effect.annotateLogs(Effect.logError(logEvents.stalled), {
        strikes: error.strikes,
        lastDurationMs: error.lastDurationMs,
        ...(coolDownMs === undefined ? {} : { coolDownMs })
      })
      if (coolDownMs === undefined) return yield* error
      yield* update(shared, (state, now) => ({
        ...state,
        loop: Phase.BackingOff({ until: now + coolDownMs, error })
      }))
      yield* Effect.sleep(coolDownMs)
      yield* Ref.set(strikes, { count: timing.stallStrikes - 1, lastDurationMs: error.lastDurationMs })
      return yield* withCoolDown(shared)
    }))
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
  Effect.Effect<never, PermanentError, Transport | Heartbeat>,
  never,
  HttpClient.HttpClient | Scope.Scope
> =>
  Effect.gen(function*() {
    const { onDelivery, onOdd, onPhase, settings, subscriptions, turns } = options
    const now = yield* Clock.currentTimeMillis
    const scope = yield* Effect.scope
    // Spelled out: what is spread into an object with more properties gets a hidden class of its own, each time.
    const shared: Shared = {
      settings,
      subscriptions,
      onDelivery,
      onOdd,
      onPhase,
      client: yield* HttpClient.HttpClient,
      timing: yield* StreamTiming,
      strikes: yield* Ref.make({ count: 0, lastDurationMs: 0 }),
      turns,
      state: yield* Ref.make<State>({ live: 0, connectedSince: 0, loop: Phase.Connecting({ since: now }) }),
      connections: yield* Scope.fork(scope, ExecutionStrategy.parallel),
      lingering: yield* Scope.fork(scope, ExecutionStrategy.parallel)
    }
    return Effect.zipRight(Effect.logInfo(logEvents.starting), withCoolDown(shared))
  })
