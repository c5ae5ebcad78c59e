/**
 * The times and counts that govern a connection's life.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * All in milliseconds but counts.
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
  /** Old connections of one account that are served behind their notice at once; one more ends the oldest. */
  readonly lingeringMost: number
  /** Longest wait for the server's answer to our close; then the socket is terminated. */
  readonly closeTimeoutMs: number
  /**
   * Time between pings; also the deadline for the pong. A connection that spoke within this time gets no ping, so that a
   * half-open socket is found within three times this.
   */
  readonly pingIntervalMs: number
  /**
   * Opening calls a second, of all accounts of a process together; at most `openingBurst` accounts are not paced, for
   * each account paces itself.
   */
  readonly openingsPerSecond: number
  /** Opening calls that may go out at once after a quiet time. */
  readonly openingBurst: number
  /**
   * Longest wait for one address of a name that has several, before the next one is tried, for WebSocket and HTTP. Node's
   * own 250 ms never reach a host that is farther away than that.
   */
  readonly connectAttemptMs: number
}

/**
 * The defaults. Back-off 2, 5, 10, 30, 60, 60 … s, healthy from 30 s, 5 strikes, opening bounded at 10 s + 10 s,
 * linger 15 s, for at most 4 connections, close 5 s, ping every 20 s (an 8 s heartbeat was seen in the field to kill
 * healthy sockets of busy processes), 15 opening calls a second with 5 at once (so that
 * there are not more than 20, a known limit, in the first), 2 s for each address of a host (one
 * lost SYN comes again after 1 s).
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
  lingeringMost: 4,
  closeTimeoutMs: 5_000,
  pingIntervalMs: 20_000,
  openingsPerSecond: 15,
  openingBurst: 5,
  connectAttemptMs: 2_000
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
