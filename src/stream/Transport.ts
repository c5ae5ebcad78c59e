/**
 * The socket, as the rest of the library sees it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Transient } from "../DingTalkError.ts"

/**
 * How a connection ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Closed {
  /** The WebSocket close code; 1006 when the peer sent none. */
  readonly code: number
  readonly reason: string
  /** `server`: it closed. `network`: the socket failed. `protocol`: it sent what no WebSocket peer may send. */
  readonly by: "server" | "network" | "protocol"
  /** The name of the failure, such as `ECONNRESET`; empty for a close by the server. */
  readonly error: string
}

/**
 * A live connection. All methods are synchronous and none throws: they are called from the socket's callbacks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Connection {
  /** Sends a text frame; false when the connection is no longer open. Frames sent in one tick leave in one write. */
  readonly send: (text: string) => boolean
  readonly ping: () => void
  /** Ends the connection at once, without a closing handshake. */
  readonly terminate: () => void
}

/**
 * What a connection reports, synchronously, from its first byte on: a server may speak right behind the handshake.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listener {
  readonly onText: (text: string, connection: Connection) => void
  readonly onBinary: (connection: Connection) => void
  readonly onPong: () => void
  /** The connection is gone, for whatever reason. Told once, and only of a connection that had been open. */
  readonly onClosed: (closed: Closed) => void
}

/**
 * Opens connections.
 *
 * `connect` fails with `Transient` (`handshakeRefused`, `network`). The connection is scoped: its release closes
 * politely, waits for the server at most `closeTimeoutMs` of `StreamTiming`, then terminates the socket.
 *
 * @since 0.1.0
 * @category tags
 */
export class Transport extends Context.Tag("effect-dingtalk/stream/Transport")<Transport, {
  readonly connect: (options: {
    readonly account: string
    /** Contains the ticket, hence redacted. */
    readonly url: Redacted.Redacted<string>
    readonly listener: Listener
  }) => Effect.Effect<Connection, Transient, Scope.Scope>
}>() {}
