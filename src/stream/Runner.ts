/**
 * One account's connection life: open, serve, hand over, back off, until something permanent ends it.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as SynchronizedRef from "effect/SynchronizedRef"
import type { AccountSettings } from "../config/Settings.ts"
import { type PermanentAuth, type PermanentError, StreamStall, type Transient } from "../DingTalkError.ts"
import * as ProxyFailure from "../internal/net/proxyFailure.ts"
import { releasing } from "../internal/runtime/releasing.ts"
import { logEvents } from "../logEvents.ts"
import * as Metrics from "../metrics.ts"
import * as Backoff from "./Backoff.ts"
import type { EventLog } from "./EventLog.ts"
import type { Subscription } from "./Gateway.ts"
import type { Heartbeat } from "./Heartbeat.ts"
import * as Phase from "./Phase.ts"
import * as Session from "./Session.ts"
import * as Stall from "./Stall.ts"
import { StreamTiming, type StreamTimingValues } from "./StreamTiming.ts"
import type { Transport } from "./Transport.ts"

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
  readonly onPhase: (phase: Phase.Phase) => Effect.Effect<void>
  /** Waited for before each opening call. */
  readonly beforeOpening: Effect.Effect<void>
  readonly log: EventLog["log"]
}

/** What the account and its connections work with. */
interface Runner extends Options {
  readonly client: HttpClient.HttpClient
  readonly timing: StreamTimingValues
  readonly connections: SynchronizedRef.SynchronizedRef<Phase.Connections>
  /** The run of strikes at this moment, and how long the last of them lasted. */
  readonly strikes: Ref.Ref<{ readonly count: number; readonly lastDurationMs: number }>
  /** Where connections live. They outlast the account's loop, so that a stop can drain before it closes them. */
  readonly scope: Scope.Scope
  /** Where each connection that has got its notice is waited for; closes before the connections do. */
  readonly lingering: Scope.Scope
  /** Ends the wait of each of those connections, the oldest first. */
  readonly displacements: Ref.Ref<ReadonlyArray<Deferred.Deferred<void>>>
}

/** Why another connection is wanted: behind a notice there is no error. */
interface Outcome extends Backoff.Outcome {
  readonly error: Transient | undefined
}

/** How a connection ended; without a cause, it was we who ended it, long after its notice. */
type End = Stall.SessionEnd & { readonly cause: Transient | undefined }

/** One change at a time, so that phases are told in the order in which they came about. */
const update = (
  { connections, onPhase, settings }: Runner,
  change: (all: Phase.Connections, now: number) => Phase.Connections
): Effect.Effect<void> =>
  SynchronizedRef.updateEffect(connections, (before) =>
    Effect.gen(function*() {
      const after = change(before, yield* Clock.currentTimeMillis)
      const phase = Phase.of(after)
      const metrics = Metrics.ofConnection(settings.id)
      if (!Phase.same(phase, Phase.of(before))) yield* onPhase(phase)
      yield* Metric.set(metrics.connected, after.live > 0 ? 1 : 0)
      yield* Metric.set(metrics.connectedSince, after.live > 0 ? Math.floor(after.connectedSince / 1_000) : 0)
      return after
    }))

const weEndedIt = {
  lingered: "the server did not end the connection after its notice",
  displaced: "too many younger connections had got a notice too"
} as const

/** Counts the end of a connection by the stall rule, and tells of it. */
const conclude = ({ log, settings, strikes, timing }: Runner, end: End): Effect.Effect<void> =>
  Effect.gen(function*() {
    const metrics = Metrics.ofConnection(settings.id)
    const { count } = yield* Ref.updateAndGet(strikes, (before) => ({
      count: Stall.next(before.count, end, timing.healthyMs),
      lastDurationMs: end.durationMs
    }))
    const ours = end.by === "displaced" ? "displaced" : "lingered"
    const reason = end.cause?.reason ?? ours
    yield* Metric.set(metrics.strikes, count)
    yield* Metric.increment(Metric.tagged(metrics.reconnects, "reason", reason))
    const isExpected = end.cause === undefined || reason === "connectionClosed"
    yield* log(isExpected ? LogLevel.Info : LogLevel.Warning, logEvents.disconnected, {
      reason,
      detail: end.cause?.detail ?? weEndedIt[ours],
      durationMs: end.durationMs,
      deliveries: end.deliveries
    })
    if (Stall.isStrike(end, timing.healthyMs)) {
      yield* log(LogLevel.Warning, logEvents.strike, { strikes: count, durationMs: end.durationMs })
    }
  })

/** A scope whose close is interrupted is closed, and keeps what it has not released yet. */
const close = (connection: Scope.CloseableScope): Effect.Effect<void> =>
  Effect.uninterruptible(Scope.close(connection, Exit.void))

/** Serves a connection behind its notice until the server ends it, or its time is up, or there are too many of them. */
const linger = (
  runner: Runner,
  connection: Scope.CloseableScope,
  session: Session.Session,
  notice: Session.Notice
): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { displacements, timing } = runner
    const displaced = yield* Deferred.make<void>()
    const tooMany = yield* Ref.modify(displacements, (all) => {
      const next = [...all, displaced]
      return [next.slice(0, -timing.lingeringMost), next] as const
    })
    yield* Effect.forEach(tooMany, (oldest) => Deferred.succeed(oldest, undefined), { discard: true })
    const end = yield* Effect.as(Deferred.await(displaced), "displaced" as const).pipe(
      Effect.timeoutTo({ duration: timing.lingerMs, onTimeout: () => "server" as const, onSuccess: (by) => by }),
      Effect.flatMap((by) => Effect.map(session.soFar, (soFar): End => ({ ...soFar, by, cause: undefined }))),
      Effect.raceFirst(notice.end)
    )
    yield* Ref.update(displacements, (all) => all.filter((other) => other !== displaced))
    yield* close(connection)
    yield* conclude(runner, end)
  }).pipe(Effect.catchAllCause((cause) => Effect.logError(logEvents.died, cause)))

/** Opens a session, tells of it, and takes it off the account's connections when it is gone. */
const openSession = (runner: Runner) =>
  Effect.gen(function*() {
    const session = yield* Session.open(runner)
    yield* releasing(update(runner, Phase.connected), () => update(runner, Phase.disconnected))
    yield* runner.log(LogLevel.Info, logEvents.connected)
    return session
  })

/** The outcome of a connection that ended, or never came up. */
const ended = (runner: Runner, error: Transient, how: Stall.SessionEnd): Effect.Effect<Outcome> =>
  Effect.as(conclude(runner, { ...how, cause: error }), {
    ended: "closed",
    uptimeMs: how.durationMs,
    retryAfterMs: error.retryAfterMs ?? 0,
    error
  })

/** The outcome of a connection that has got its notice, and goes on serving. */
const noticed = (
  runner: Runner,
  connection: Scope.CloseableScope,
  session: Session.Session,
  notice: Session.Notice
): Effect.Effect<Outcome> =>
  Effect.gen(function*() {
    const soFar = yield* session.soFar
    yield* runner.log(LogLevel.Info, logEvents.notice, { ...soFar })
    yield* Effect.forkIn(linger(runner, connection, session, notice), runner.lingering)
    return { ended: "notice", uptimeMs: soFar.durationMs, retryAfterMs: 0, error: undefined }
  })

/** Ends the account when there were too many strikes in a row, those of lingering connections included. */
const unlessStalled = ({ settings, strikes, timing }: Runner): Effect.Effect<void, StreamStall> =>
  Effect.flatMap(Ref.get(strikes), ({ count, lastDurationMs }) =>
    count < timing.stallStrikes
      ? Effect.void
      : new StreamStall({ account: settings.id, strikes: count, lastDurationMs }))

/** Opens a connection in a scope of its own; fails with `Transient` when it does not come up. */
const connect = (runner: Runner) =>
  Effect.gen(function*() {
    yield* update(runner, Phase.opening)
    yield* runner.beforeOpening
    const connection = yield* Scope.fork(runner.scope, ExecutionStrategy.sequential)
    const session = yield* openSession(runner).pipe(
      Scope.extend(connection),
      Effect.tapError(() => close(connection))
    )
    return { connection, session }
  })

/** The outcome of a connection that is gone. */
const gone = (runner: Runner, connection: Scope.CloseableScope, end: Session.End): Effect.Effect<Outcome> =>
  Effect.zipRight(close(connection), ended(runner, end.cause, end))

/**
 * One connection until another one is wanted: at its end, or at its notice, behind which it goes on serving. As it may
 * wait for days, what opened it is not kept.
 */
const generation = (
  runner: Runner
): Effect.Effect<Outcome, PermanentAuth | StreamStall | Transient, Transport | Heartbeat> =>
  Effect.flatMap(
    connect(runner),
    ({ connection, session }) =>
      Effect.flatMap(session.noticeOrEnd, (moment) =>
        Effect.zipLeft(
          moment._tag === "Notice"
            ? noticed(runner, connection, session, moment)
            : gone(runner, connection, moment),
          unlessStalled(runner)
        ))
  )

/** What to do about a failure that will not pass while nobody does anything: a certificate, a proxy, a name. */
const hintFor = ({ detail }: Transient): { readonly hint?: string } => {
  const hint = ProxyFailure.remedyIn(detail)
  return hint === undefined ? {} : { hint }
}

/** The wait before the next connection, told of before it begins. */
const pace = (runner: Runner) =>
  Backoff.schedule<Outcome>(runner.timing).pipe(
    Schedule.tapOutput(({ after: { error }, waitMs }) =>
      error === undefined
        ? Effect.void
        : Effect.zipRight(
          runner.log(LogLevel.Warning, logEvents.backingOff, {
            delayMs: waitMs,
            reason: error.reason,
            ...hintFor(error)
          }),
          update(runner, Phase.backingOff(waitMs, error))
        )
    )
  )

/** Waits for the cool-down, if there is one, and gives the account one probe, for which a single strike suffices. */
const coolDown = (runner: Runner, error: StreamStall): Effect.Effect<Outcome, StreamStall> =>
  Effect.gen(function*() {
    const { settings: { stallCoolDownMs }, strikes, timing } = runner
    yield* Effect.annotateLogs(Effect.logError(logEvents.stalled), {
      error: error._tag,
      strikes: error.strikes,
      lastDurationMs: error.lastDurationMs,
      ...(stallCoolDownMs === undefined ? {} : { coolDownMs: stallCoolDownMs })
    })
    if (stallCoolDownMs === undefined) return yield* error
    yield* update(runner, Phase.backingOff(stallCoolDownMs, error))
    yield* Effect.sleep(stallCoolDownMs)
    yield* Ref.set(strikes, { count: timing.stallStrikes - 1, lastDurationMs: error.lastDurationMs })
    return { ended: "cooled", uptimeMs: 0, retryAfterMs: 0, error: undefined }
  })

/** Logs that DingTalk refuses the account, which ends it. */
const refused = (error: PermanentAuth): Effect.Effect<never, PermanentAuth> =>
  Effect.zipRight(
    Effect.annotateLogs(Effect.logError(logEvents.authFailed), {
      error: error._tag,
      code: error.code ?? "",
      status: error.status ?? 0,
      requestId: error.requestId ?? "",
      hint: error.hint
    }),
    Effect.fail(error)
  )

/** A session that did not come up: no strike, for it is a failure of the network or of ours. */
const neverUp: Stall.SessionEnd = { by: "fault", durationMs: 0, deliveries: 0 }

/**
 * Generation after generation, at the pace of the back-off. What happens on each error stands here.
 */
const untilPermanent = (runner: Runner): Effect.Effect<never, PermanentError, Transport | Heartbeat> =>
  generation(runner).pipe(
    Effect.catchTags({
      // Passes by itself: tried again, for ever.
      Transient: (error) => ended(runner, error, neverUp),
      // Stops the account, or has it wait for its cool-down.
      StreamStall: (error) => coolDown(runner, error),
      // Stops the account: a person has to act.
      PermanentAuth: refused
    }),
    Effect.repeat(pace(runner)),
    // The schedule has no end, but its type does not say so.
    Effect.zipRight(Effect.never)
  )

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
    const scope = yield* Effect.scope
    const runner: Runner = {
      ...options,
      client: yield* HttpClient.HttpClient,
      timing: yield* StreamTiming,
      connections: yield* SynchronizedRef.make(Phase.none(yield* Clock.currentTimeMillis)),
      strikes: yield* Ref.make({ count: 0, lastDurationMs: 0 }),
      scope: yield* Scope.fork(scope, ExecutionStrategy.parallel),
      lingering: yield* Scope.fork(scope, ExecutionStrategy.parallel),
      displacements: yield* Ref.make<ReadonlyArray<Deferred.Deferred<void>>>([])
    }
    return Effect.zipRight(options.log(LogLevel.Info, logEvents.starting), untilPermanent(runner))
  })
