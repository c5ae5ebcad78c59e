/**
 * One connection's life from the ticket to its end.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../DingTalkConfig.ts"
import { type PermanentAuth, Transient } from "../DingTalkError.ts"
import * as Frame from "./Frame.ts"
import * as Gateway from "./Gateway.ts"
import { Heartbeat } from "./Heartbeat.ts"
import type { SessionEnd } from "./Stall.ts"
import { StreamTiming } from "./StreamTiming.ts"
import { type Closed, type Connection, type Listener, Transport } from "./Transport.ts"

/**
 * Takes a delivery and the way to answer it: the socket that brought it. Called synchronously from the socket's
 * callback, so it must not block; an answer may be sent at any later time.
 *
 * @since 0.1.0
 * @category models
 */
export type OnDelivery = (frame: Frame.Frame, send: Connection["send"]) => void

/**
 * What a session is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly settings: AccountSettings
  readonly subscriptions: ReadonlyArray<Gateway.Subscription>
  readonly client: HttpClient.HttpClient
  readonly onDelivery: OnDelivery
  /** Told, synchronously, of each frame that is not of the protocol. */
  readonly onOdd: (kind: Frame.OddFrame | "unknownTopic", detail: string) => void
}

/**
 * A session that is up.
 *
 * @since 0.1.0
 * @category models
 */
export interface Session {
  /** Completes on DingTalk's notice that this connection is about to end. */
  readonly noticed: Effect.Effect<void>
  /** Completes when the connection is gone: how it counts, and why it went. */
  readonly ended: Effect.Effect<Ended>
  /** How the session would count if it ended now; for the pace after a notice. */
  readonly soFar: Effect.Effect<Pick<SessionEnd, "durationMs" | "deliveries">>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Ended extends SessionEnd {
  readonly cause: Transient
}

/** Durations come from the monotonic clock: the wall clock may jump by hours. */
const monotonicMillis = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

const describe = (closed: Closed): string => {
  const what = closed.by === "server" ? "the server closed the connection" : `the connection failed (${closed.error})`
  return closed.reason === "" ? what : `${what}: ${closed.reason.slice(0, 120)}`
}

const causeOf = (account: string, closed: Closed): Transient =>
  new Transient({
    account,
    reason: closed.by === "server" ? "connectionClosed" : closed.by,
    status: closed.code,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: describe(closed)
  })

const heartbeatLost = (account: string, waitedMs: number): Transient =>
  new Transient({
    account,
    reason: "heartbeatLost",
    status: undefined,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: `nothing was heard for ${waitedMs} ms after a ping: the socket was half-open`
  })

const handshakeTimeout = (account: string, waitedMs: number): Transient =>
  new Transient({
    account,
    reason: "timeout",
    status: undefined,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: `no WebSocket handshake within ${waitedMs} ms`
  })

/** System topics that need no answer. They come from some gateways only, so nothing may depend on them. */
const silentTopics: ReadonlySet<string> = new Set(["CONNECTED", "REGISTERED", "KEEPALIVE"])

/**
 * Opens a session: ticket, socket, handshake. It ends with its scope: politely, and in bounded time.
 *
 * Fails with `PermanentAuth` when DingTalk refuses the account and with `Transient` when the ticket or the handshake
 * is not to be had now; each is bounded by `openTimeoutMs`.
 *
 * @since 0.1.0
 * @category operations
 */
export const open = (
  { client, onDelivery, onOdd, settings, subscriptions }: Options
): Effect.Effect<Session, PermanentAuth | Transient, Scope.Scope | Transport | Heartbeat> =>
  Effect.gen(function*() {
    const timing = yield* StreamTiming
    const transport = yield* Transport
    const heartbeat = yield* Heartbeat
    const account = settings.id
    const noticed = Deferred.unsafeMake<void>(FiberId.none)
    const broken = Deferred.unsafeMake<never>(FiberId.none)
    let deliveries = 0

    const url = yield* Gateway.open(client, settings, subscriptions, timing.openTimeoutMs)
    const watched = yield* heartbeat.watch

    const onSystem = (frame: Frame.Frame, connection: Connection) => {
      if (frame.topic === "ping") connection.send(Frame.pong(frame))
      else if (frame.topic === "disconnect") Deferred.unsafeDone(noticed, Exit.void)
      else if (!silentTopics.has(frame.topic)) {
        onOdd("unknownTopic", `SYSTEM ${frame.topic}`)
        connection.send(Frame.notFound(frame.messageId))
      }
    }
    const listener: Listener = {
      onText: (text, connection) => {
        watched.heard()
        const frame = Frame.decode(text)
        if (typeof frame === "string") return onOdd(frame, "")
        if (frame.type === "SYSTEM") return onSystem(frame, connection)
        deliveries += 1
        try {
          onDelivery(frame, connection.send)
        } catch (defect) {
          // Thrown into the socket's emitter it would take the process down; this way it ends the account, unchanged.
          Deferred.unsafeDone(broken, Exit.die(defect))
        }
      },
      onBinary: () => {
        watched.heard()
        onOdd("binary", "")
      },
      onPong: watched.heard
    }

    const connection = yield* transport.connect({ account, url, listener }).pipe(
      Effect.timeoutFail({
        duration: timing.openTimeoutMs,
        onTimeout: () => handshakeTimeout(account, timing.openTimeoutMs)
      })
    )
    const readyAt = yield* monotonicMillis
    watched.attach(connection)

    const soFar = Effect.map(monotonicMillis, (now) => ({ durationMs: now - readyAt, deliveries }))
    const ended = (byServer: boolean, cause: Transient): Effect.Effect<Ended> =>
      Effect.map(soFar, (end) => ({ ...end, byServer, cause }))

    return {
      noticed: Deferred.await(noticed),
      soFar,
      ended: Effect.raceFirst(
        Effect.flatMap(connection.closed, (closed) => ended(closed.by === "server", causeOf(account, closed))),
        Effect.flatMap(watched.lost, () => {
          // Nobody is there to answer a close.
          connection.terminate()
          return ended(false, heartbeatLost(account, timing.pingIntervalMs))
        })
      ).pipe(Effect.raceFirst(Deferred.await(broken)))
    }
  })
