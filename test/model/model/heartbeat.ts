/** The model's heartbeat: one ticker for all connections. */
import { after, withSocket } from "./change.ts"
import { close } from "./connection.ts"
import { type Model, promised } from "./state.ts"

/**
 * Every ping interval: who left the last ping unanswered is gone, unless we are late ourselves, and who spoke is not
 * asked.
 */
export const tick = (m: Model): Model => {
  const isLate = m.now - m.lastTick > promised.latePingMs
  const watched = m.sockets.flatMap(({ session, state }, n) =>
    session !== "none" && (state === "open" || state === "closing") ? [n] : []
  )
  const set = after({ ...m, lastTick: m.now }, promised.pingMs, { _tag: "Tick" })
  return watched.reduce((m, n) => {
    const socket = m.sockets[n]
    if (socket === undefined) return m
    if (socket.unanswered && !isLate) return close(m, n, "heartbeatLost")
    if (socket.spoke) return withSocket(m, n, () => ({ spoke: false }))
    if (socket.state !== "open") return withSocket(m, n, () => ({ unanswered: true }))
    const asked = withSocket(m, n, ({ pings, pongMs }) => ({ unanswered: pongMs !== 0, pings: pings + 1 }))
    return socket.pongMs === undefined || socket.pongMs === 0
      ? asked
      : after(asked, socket.pongMs, { _tag: "Pong", socket: n })
  }, set)
}
