/**
 * One connection's life from the ticket to its end.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { AccountSettings } from "../config/Settings.ts"
import { type PermanentAuth, Transient } from "../DingTalkError.ts"
import { scrub } from "../internal/net/scrub.ts"
import { monotonicMillis } from "../internal/runtime/clock.ts"
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
 * A session that is up. Any number of fibers may wait for each of its moments.
 *
 * @since 0.1.0
 * @category models
 */
export interface Session {
  /** Completes on DingTalk's notice that this connection is about to end, or at its end if there was no notice. */
  readonly noticeOrEnd: Effect.Effect<Notice | End>
  /** How the session would count if it ended now; for the pace after a notice. */
  readonly soFar: Effect.Effect<Pick<SessionEnd, "durationMs" | "deliveries">>
}

/**
 * The connection is about to end.
 *
 * @since 0.1.0
 * @category models
 */
export interface Notice {
  readonly _tag: "Notice"
  /** Completes when it is gone. */
  readonly end: Effect.Effect<End>
}

/**
 * The connection is gone: how it counts, and why it went.
 *
 * @since 0.1.0
 * @category models
 */
export interface End extends SessionEnd {
  readonly _tag: "End"
  readonly cause: Transient
}

/** What the server said is shown without what it was told: some repeat their request. */
const describe = (closed: Closed, secrets: ReadonlyArray<string>): string => {
  const what = closed.by === "server" ? "the server closed the connection" : `the connection failed (${closed.error})`
  const said = scrub(closed.reason, secrets)
  return said === "" ? what : `${what}: ${said}`
}

const causeOf = (account: string, closed: Closed, secrets: ReadonlyArray<string>): Transient =>
  new Transient({
    account,
    reason: closed.by === "server" ? "connectionClosed" : closed.by,
    status: closed.code,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail: describe(closed, secrets)
  })

const failure = (account: string, reason: Transient["reason"], detail: string): Transient =>
  new Transient({
    account,
    reason,
    status: undefined,
    code: undefined,
    requestId: undefined,
    retryAfterMs: undefined,
    detail
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
    // Completed by the socket's callbacks.
    const noticeOrEnd = yield* Deferred.make<Notice | End>()
    // Behind a notice only.
    let ending: Deferred.Deferred<End> | undefined
    let readyAt = 0
    let deliveries = 0

    const soFar = Effect.map(monotonicMillis, (now) => ({ durationMs: now - readyAt, deliveries }))
    const end = (exit: Exit.Exit<Pick<End, "by" | "cause">>) => {
      const gone = Effect.zipWith(exit, soFar, (how, counted): End => ({ _tag: "End", ...counted, ...how }))
      if (ending === undefined) Deferred.unsafeDone(noticeOrEnd, gone)
      else Deferred.unsafeDone(ending, gone)
    }
    const notice = () => {
      if (ending !== undefined) return
      ending = Deferred.unsafeMake<End>(FiberId.none)
      Deferred.unsafeDone(noticeOrEnd, Exit.succeed({ _tag: "Notice", end: Deferred.await(ending) }))
    }
    const url = yield* Gateway.open(client, settings, subscriptions, timing.openTimeoutMs)
    const ticket = new URL(Redacted.value(url)).searchParams.get("ticket") ?? ""
    const secrets = [ticket, Redacted.value(settings.appSecret)]
    const watched = yield* heartbeat.watch((connection) => {
      // Nobody is there to answer a close.
      connection.terminate()
      const detail = `nothing was heard for ${timing.pingIntervalMs} ms after a ping: the socket was half-open`
      end(Exit.succeed({ by: "fault", cause: failure(account, "heartbeatLost", detail) }))
    })

    const onSystem = (frame: Frame.Frame, connection: Connection) => {
      if (frame.topic === "ping") connection.send(Frame.pong(frame))
      else if (frame.topic === "disconnect") notice()
      else if (!silentTopics.has(frame.topic)) {
        onOdd("unknownTopic", `SYSTEM ${frame.topic}`)
        connection.send(Frame.notFound(frame.messageId))
      }
    }
    /** What is thrown into the socket's emitter takes the process down; this way it ends the account, unchanged. */
    const guarded = <Args extends ReadonlyArray<unknown>>(f: (...args: Args) => void) => (...args: Args): void => {
      try {
        f(...args)
      } catch (defect) {
        end(Exit.die(defect))
      }
    }
    const onFrame = (text: string, connection: Connection) => {
      watched.heard()
      const frame = Frame.decode(text)
      if (typeof frame === "string") return onOdd(frame, "")
      if (frame.type === "SYSTEM") return onSystem(frame, connection)
      deliveries += 1
      onDelivery(frame, connection.send)
    }
    const onBinary = () => {
      watched.heard()
      onOdd("binary", "")
    }
    const listener: Listener = {
      onText: guarded(onFrame),
      onBinary: guarded(onBinary),
      onPong: watched.answered,
      onClosed: (closed) =>
        end(Exit.succeed({ by: closed.by === "server" ? "server" : "fault", cause: causeOf(account, closed, secrets) }))
    }

    const connection = yield* transport.connect({ account, url, listener }).pipe(
      Effect.timeoutFail({
        duration: timing.openTimeoutMs,
        onTimeout: () => failure(account, "timeout", `no WebSocket handshake within ${timing.openTimeoutMs} ms`)
      })
    )
    readyAt = yield* monotonicMillis
    watched.attach(connection)

    return { noticeOrEnd: Deferred.await(noticeOrEnd), soFar }
  })
