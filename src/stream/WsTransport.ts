/**
 * The {@link Transport} on the `ws` package.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Http from "node:http"
import type { Socket } from "node:net"
import { WebSocket } from "ws"
import { Transient } from "../DingTalkError.ts"
import { nameOf } from "../internal/net/errorCode.ts"
import * as ProxyFailure from "../internal/net/proxyFailure.ts"
import { releasing } from "../internal/runtime/releasing.ts"
import { StreamTiming } from "./StreamTiming.ts"
import { type Closed, type Connection, type Listener, Transport } from "./Transport.ts"

/**
 * Options of the transport.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The agent to use for a URL: this is how a proxy comes in. Default: none, a direct connection. */
  readonly agent?: ((url: URL) => Http.Agent | undefined) | undefined
  /** The host of the proxy that a URL is reached through, for errors. Default: none. */
  readonly proxy?: ((url: URL) => string | undefined) | undefined
  /** Largest message accepted, in bytes; a larger one ends the connection. Default 8 MiB. */
  readonly maxPayloadBytes?: number | undefined
}

interface Opened {
  readonly socket: WebSocket
  readonly connection: Connection
}

interface Failure {
  readonly reason: "handshakeRefused" | "network"
  readonly status: number | undefined
  readonly detail: string
}

/**
 * Constructs the socket and attaches every listener in one synchronous step: frames sent right behind the handshake
 * are lost when a listener comes later, and a socket that fails without an `error` listener takes the process down.
 *
 * `onHandshake` is told once how the handshake ended.
 */
const open = (
  url: string,
  listener: Listener,
  options: WebSocket.ClientOptions,
  proxy: string | undefined,
  onHandshake: (exit: Exit.Exit<void, Failure>) => void
): Opened => {
  // Forgotten when it has been told: the listeners below stay for as long as the connection does.
  let waiting: typeof onHandshake | undefined = onHandshake
  const shaken = (exit: Exit.Exit<void, Failure>) => {
    waiting?.(exit)
    waiting = undefined
  }
  let wasOpen = false
  const socket = new WebSocket(url, options)
  let tcp: Socket | undefined
  let corked = false
  let failure: { readonly by: "network" | "protocol"; readonly error: string } | undefined
  const fail = (reason: Failure["reason"], status: number | undefined, detail: string) =>
    shaken(Exit.fail({ reason, status, detail }))

  // All answers to the frames of one read leave in one write, which is the largest single gain on this path. The
  // callbacks of `nextTick` run right behind the read's own, before any fiber runs.
  const uncork = () => {
    corked = false
    tcp?.uncork()
  }
  const connection: Connection = {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return false
      if (!corked && tcp !== undefined) {
        corked = true
        tcp.cork()
        process.nextTick(uncork)
      }
      socket.send(text)
      return true
    },
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
    terminate: () => socket.terminate()
  }

  socket.on("upgrade", (response) => {
    tcp = response.socket
    tcp.on("error", (error) => {
      failure ??= { by: "network", error: nameOf(error) }
    })
  })
  socket.on("open", () => {
    wasOpen = true
    shaken(Exit.void)
  })
  socket.on("message", (data, isBinary) => {
    if (isBinary) listener.onBinary(connection)
    // `binaryType` is `nodebuffer`, so a text message is one Buffer. `String` of it takes half as long again.
    else listener.onText(data.toString(), connection)
  })
  socket.on("pong", listener.onPong)
  socket.on("unexpected-response", (_request, response) => {
    // A proxy that refuses a tunnel answers in the server's place, and can't be told from it, save for this status.
    const answer = `HTTP ${response.statusCode}`
    const detail = proxy !== undefined && response.statusCode === 407
      ? ProxyFailure.describe(proxy, answer)
      : `the upgrade was answered with ${answer}${proxy === undefined ? "" : `, through the proxy ${proxy}`}`
    fail("handshakeRefused", response.statusCode, detail)
    socket.terminate()
  })
  socket.on("error", (error) => {
    const name = nameOf(error)
    failure ??= { by: name.startsWith("WS_ERR") ? "protocol" : "network", error: name }
    fail("network", undefined, ProxyFailure.descriptionOf(ProxyFailure.marked(error, proxy)) ?? name)
  })
  socket.on("close", (code, reason) => {
    fail("network", undefined, "closed during the handshake")
    if (wasOpen) {
      const by: Closed["by"] = failure?.by ?? "server"
      listener.onClosed({ code, reason: reason.toString(), by, error: failure?.error ?? "" })
    }
  })
  return { socket, connection }
}

/**
 * Closes politely, waits for the other side within the bound, then terminates.
 *
 * `interruptible` sits inside the timeout: in a finalizer a timeout can't interrupt an uninterruptible wait, and a close
 * that nobody answers would then last for the 30 s of `ws`'s own timer.
 */
const closeWithin = (closeTimeoutMs: number) => ({ connection, socket }: Opened): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (socket.readyState === WebSocket.CLOSED) return Effect.void
    if (socket.readyState === WebSocket.CONNECTING) return Effect.sync(connection.terminate)
    const closed = Effect.async<void>((resume) => {
      socket.once("close", () => resume(Effect.void))
    })
    socket.close(1000)
    return closed.pipe(
      Effect.interruptible,
      Effect.timeoutOption(closeTimeoutMs),
      Effect.ensuring(Effect.sync(connection.terminate))
    )
  })

/**
 * Makes a transport on `ws`: no compression, no redirects, TLS verified.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Transport["Type"] => ({
  connect: ({ account, listener, url }) =>
    Effect.gen(function*() {
      const timing = yield* StreamTiming
      const handshake = yield* Deferred.make<void, Failure>()
      const opened = yield* releasing(
        Effect.try({
          try: () => {
            const target = Redacted.value(url)
            // Of ws's own types those of `net` are no part.
            const attempts = { autoSelectFamilyAttemptTimeout: timing.connectAttemptMs }
            return open(
              target,
              listener,
              {
                ...attempts,
                perMessageDeflate: false,
                followRedirects: false,
                // Said outright, so that no variable of the environment switches verification off.
                rejectUnauthorized: true,
                maxPayload: options.maxPayloadBytes ?? 8 * 1024 * 1024,
                agent: options.agent?.(new URL(target))
              },
              options.proxy?.(new URL(target)),
              (exit) => Deferred.unsafeDone(handshake, exit)
            )
          },
          // The constructor throws for a URL that it cannot use; its message would show the ticket.
          catch: (): Failure => ({ reason: "network", status: undefined, detail: "the endpoint is not a usable URL" })
        }),
        closeWithin(timing.closeTimeoutMs)
      )
      yield* Deferred.await(handshake)
      return opened.connection
    }).pipe(
      Effect.mapError(({ detail, reason, status }) =>
        new Transient({
          account,
          reason,
          status,
          code: undefined,
          requestId: undefined,
          retryAfterMs: undefined,
          detail
        })
      )
    )
})

/**
 * The transport on `ws` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<Transport> => Layer.succeed(Transport, make(options))
