/**
 * The times and counts that govern a connection's life.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * All in milliseconds but `stallStrikes`.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamTimingValues {
  /** Waits before the first, second, … try after a connection ended; the last one repeats. */
  readonly backoffMs: readonly [number, ...ReadonlyArray<number>]
  /** A session that lived this long is healthy: it resets the back-off and is no strike. */
  readonly healthyMs: number
  /** Short, silent sessions in a row that make a `StreamStall`. */
  readonly stallStrikes: number
  /** Longest wait for a ticket, and again for the WebSocket handshake. */
  readonly openTimeoutMs: number
  /** Longest time an old connection is served after its disconnect notice, if the server does not end it. */
  readonly lingerMs: number
  /** Longest wait for the server's answer to our close; then the socket is terminated. */
  readonly closeTimeoutMs: number
  /**
   * Time between pings; also the deadline for the pong. A connection that spoke within this time gets no ping, so that a
   * half-open socket is found within three times this.
   */
  readonly pingIntervalMs: number
}

/**
 * The defaults. Back-off 2, 5, 10, 30, 60, 60 … s, healthy from 30 s, 5 strikes, opening bounded at 10 s + 10 s,
 * linger 15 s, close 5 s, ping every 20 s (an 8 s heartbeat was seen in the field to kill healthy sockets of busy
 * processes).
 *
 * @since 0.1.0
 * @category constants
 */
export const defaults: StreamTimingValues = {
  backoffMs: [2_000, 5_000, 10_000, 30_000, 60_000],
  healthyMs: 30_000,
  stallStrikes: 5,
  openTimeoutMs: 10_000,
  lingerMs: 15_000,
  closeTimeoutMs: 5_000,
  pingIntervalMs: 20_000
}

/**
 * The times in force. Nobody has to provide them; tests and the demonstration do, to see an hour pass in a second.
 *
 * @since 0.1.0
 * @category references
 */
export class StreamTiming extends Context.Reference<StreamTiming>()("effect-dingtalk/stream/StreamTiming", {
  defaultValue: (): StreamTimingValues => defaults
}) {}
