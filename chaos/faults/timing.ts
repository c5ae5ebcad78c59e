/** An hour in a minute: the client's times, and DingTalk's, divided by the same number. */
import { defaults, type StreamTimingValues } from "../../src/stream/StreamTiming.ts"

/** Real sockets of a busy machine need this long for a handshake, however short the hour is. */
const leastOpenTimeoutMs = 400

export const scaled = (scale: number): StreamTimingValues => {
  const [first, ...rest] = defaults.backoffMs
  const by = (ms: number) => Math.ceil(ms / scale)
  return {
    ...defaults,
    backoffMs: [by(first), ...rest.map(by)],
    healthyMs: by(defaults.healthyMs),
    openTimeoutMs: Math.max(leastOpenTimeoutMs, by(defaults.openTimeoutMs)),
    lingerMs: Math.max(by(defaults.lingerMs), 100),
    closeTimeoutMs: Math.max(by(defaults.closeTimeoutMs), 100),
    pingIntervalMs: Math.max(by(defaults.pingIntervalMs), 100)
  }
}

/**
 * The longest wait that can still lie ahead when an outage of `outageMs` ends: that of the try that the outage's end
 * falls into, with its jitter, and that try's own time-outs if everything hung.
 */
export const waitAfter = (outageMs: number, timing: StreamTimingValues, hangs: boolean): number => {
  const tryMs = hangs ? timing.openTimeoutMs : 0
  const waits = timing.backoffMs
  const waitOf = (attempt: number) => waits[Math.min(attempt, waits.length - 1)] ?? waits[0]
  let attempt = 0
  for (let elapsed = 0; attempt < 1_000; attempt++) {
    elapsed += waitOf(attempt) * 0.8 + tryMs
    if (elapsed > outageMs) break
  }
  return waitOf(attempt) * 1.2 + tryMs
}
