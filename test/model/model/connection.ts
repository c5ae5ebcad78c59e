/** The model's connections: opened, served, handed over, paced, struck off. */
import { type AccountId, type TicketAnswer, ticketAnswers } from "../history.ts"
import { after, callOff, count, runOf, wall, withAccount, withRun, withSocket } from "./change.ts"
import { deliver, inHand } from "./inbound.ts"
import { type Due, type Model, promised, type Socket, unsettled, type Why } from "./state.ts"

interface End {
  readonly byServer: boolean
  readonly durationMs: number
  readonly deliveries: number
  readonly reason: string
  readonly retryAfterMs: number
}

const belongs = (due: Due, id: AccountId): boolean => "account" in due && due.account === id

/** The status follows the run, unless it is being stopped. */
const tell = (m: Model, id: AccountId): Model => {
  const run = runOf(m, id)
  if (run === undefined || run.ending !== undefined) return m
  return withAccount(m, id, () => ({ status: run.live > 0 ? `Connected since ${run.connectedSince}` : run.phase }))
}

/** Asks for a ticket. */
export const open = (m: Model, id: AccountId): Model => {
  const secret = runOf(m, id)?.knobs.secret
  const phase = `Connecting since ${wall(m)}`
  const asked = tell(withRun(m, id, () => ({ loop: "opening", phase })), id)
  const noted: Model = { ...asked, openings: [...asked.openings, `${id} at ${m.now} with secret${secret}`] }
  const { afterMs, answer } = m.weather.ticket
  const coming = afterMs === undefined ? noted : after(noted, afterMs, { _tag: "Ticket", account: id, answer })
  return after(coming, promised.openMs, { _tag: "TicketTimeout", account: id })
}

/** The answer to the opening call. */
export const ticket = (m: Model, id: AccountId, answer: TicketAnswer): Model => {
  const off = callOff(m, (due) => due._tag === "TicketTimeout" && due.account === id)
  const known = ticketAnswers[answer]
  if (!("means" in known)) return dial(off, id)
  if (known.means === "refused") return wind(off, id, "PermanentAuth")
  const [reason, retryAfterMs] = known.means
  return neverUp(off, id, reason, retryAfterMs)
}

const dial = (m: Model, id: AccountId): Model => {
  const { afterMs, answer } = m.weather.handshake
  if (answer === "defect") return wind(m, id, "ByDefect")
  if (answer === "cutOff") return wind(m, id, "cutOff")
  const socket: Socket = {
    account: id,
    state: "connecting",
    session: "none",
    weather: m.weather,
    readyAt: 0,
    deliveries: 0,
    displaced: false,
    noticeOrEnd: undefined,
    end: undefined,
    left: undefined,
    unanswered: false,
    spoke: false,
    pings: 0,
    pongMs: m.weather.pongMs,
    sent: []
  }
  const n = m.sockets.length
  const dialled: Model = { ...m, sockets: [...m.sockets, socket] }
  if (afterMs === 0) return shake(dialled, n)
  const coming = afterMs === undefined ? dialled : after(dialled, afterMs, { _tag: "Handshake", socket: n })
  return after(coming, promised.openMs, { _tag: "HandshakeTimeout", account: id })
}

/** The server's answer to a handshake; it may come when nobody waits for it any more. */
export const shake = (m: Model, n: number): Model => {
  const socket = m.sockets[n]
  if (socket === undefined || socket.state !== "connecting") return m
  const { account: id, weather: { greetAfterMs, handshake } } = socket
  const off = callOff(m, (due) => due._tag === "HandshakeTimeout" && due.account === id)
  const isAwaited = runOf(m, id)?.loop === "opening"
  if (handshake.answer !== "accept") {
    const refused = gone(off, n)
    const reason = handshake.answer === "refuse" ? "handshakeRefused" : "network"
    return isAwaited ? neverUp(refused, id, reason, 0) : refused
  }
  const up = withSocket(off, n, () => ({ state: "open" }))
  const greeted = greetAfterMs === 0 ? greet(up, n) : after(up, greetAfterMs, { _tag: "Greeting", socket: n })
  if (!isAwaited) return greeted
  const ready = withSocket(greeted, n, () => ({ session: "up", readyAt: m.now }))
  return tell(
    withRun(ready, id, ({ live }) => ({ loop: "serving", live: live + 1, connectedSince: wall(m) })),
    id
  )
}

/** What this server does with every connection, be it at once or after a while. */
export const greet = (m: Model, n: number): Model => {
  const socket = m.sockets[n]
  if (socket === undefined || socket.state !== "open") return m
  const { greeting } = socket.weather
  return "by" in greeting ? close(m, n, greeting.by) : deliver(m, n, greeting)
}

/** Nobody answered in time. */
export const openTimeout = (m: Model, id: AccountId): Model => {
  const pending = m.sockets.findIndex(({ account, state }) => account === id && state === "connecting")
  const off = callOff(m, (due) => due._tag === "Ticket" && due.account === id)
  return neverUp(pending === -1 ? off : gone(off, pending), id, "timeout", 0)
}

const neverUp = (m: Model, id: AccountId, reason: string, retryAfterMs: number): Model =>
  next(m, id, { byServer: false, durationMs: 0, deliveries: 0, reason, retryAfterMs })

/** The socket is closed: nothing of it is left. */
export const gone = (m: Model, n: number): Model =>
  withSocket(
    callOff(m, (due) => "socket" in due && due.socket === n && due._tag !== "Linger"),
    n,
    () => ({ state: "closed" })
  )

/** The other side is gone: by its own will, by a failure of the network, or because it was not heard any more. */
export const close = (m: Model, n: number, by: "server" | "network" | "protocol" | "heartbeatLost"): Model => {
  const end = { byServer: by === "server", reason: by === "server" ? "connectionClosed" : by }
  const isOpen = m.sockets[n]?.state === "open"
  return withSocket(gone(m, n), n, (s) => isOpen ? { end: s.end ?? end, noticeOrEnd: s.noticeOrEnd ?? "ended" } : {})
}

/** Our own close: polite, and bounded. */
export const hangUp = (m: Model, n: number): Model => {
  const { farewellMs } = m.weather
  if (farewellMs === 0) return gone(m, n)
  const closing = withSocket(m, n, () => ({ state: "closing" }))
  const coming = farewellMs === undefined ? closing : after(closing, farewellMs, { _tag: "Farewell", socket: n })
  return after(coming, promised.closeMs, { _tag: "CloseBound", socket: n })
}

const disconnected = (m: Model, id: AccountId): Model =>
  tell(
    withRun(m, id, ({ live, phase }) => ({
      live: live - 1,
      phase: live === 1 && phase.startsWith("Connecting") ? `Connecting since ${wall(m)}` : phase
    })),
    id
  )

const struck = (m: Model, id: AccountId, { byServer, deliveries, durationMs }: End, isDisplaced = false): Model => {
  const before = runOf(m, id)?.strikes ?? 0
  const isStrike = byServer && deliveries === 0 && durationMs < promised.healthyMs
  const strikes = isDisplaced && deliveries === 0 ? before : isStrike ? before + 1 : 0
  return count(withRun(m, id, () => ({ strikes })), id, () => ({ strikes }))
}

/** The loop goes on behind the end of a connection, or of an attempt. */
const next = (m: Model, id: AccountId, end: End): Model => {
  const counted = struck(m, id, end)
  if (isStalled(counted, id)) return stall(counted, id)
  const attempt = end.durationMs >= promised.healthyMs ? 0 : runOf(m, id)?.attempt ?? 0
  const base = Math.max(promised.backoffMs[Math.min(attempt, 4)] ?? 0, end.retryAfterMs)
  const wait = Math.max(jittered(m, base), end.retryAfterMs)
  const phase = `BackingOff until ${wall(m) + wait} for ${end.reason}`
  const told = tell(withRun(counted, id, () => ({ loop: "pacing", attempt: attempt + 1, phase })), id)
  return after(told, wait, { _tag: "Pace", account: id })
}

/** The loop goes on behind a notice: at once if the connection was healthy, or is the first such one. */
const handOver = (m: Model, id: AccountId, socket: Socket): Model => {
  if (isStalled(m, id)) return stall(m, id)
  const attempt = runOf(m, id)?.attempt ?? 0
  const wasHealthy = m.now - socket.readyAt >= promised.healthyMs
  const paced = withRun(m, id, () => ({ loop: "pacing", attempt: wasHealthy ? 0 : attempt + 1 }))
  if (wasHealthy || attempt === 0) return open(paced, id)
  return after(paced, jittered(m, promised.backoffMs[Math.min(attempt - 1, 4)] ?? 0), { _tag: "Pace", account: id })
}

const jittered = (m: Model, ms: number): number => Math.round(ms * ((1.2 - 0.8) * m.jitter + 0.8))

const isStalled = (m: Model, id: AccountId): boolean => (runOf(m, id)?.strikes ?? 0) >= promised.strikes

const stall = (m: Model, id: AccountId): Model => {
  const coolDownMs = runOf(m, id)?.knobs.stallCoolDownMs
  if (coolDownMs === undefined) return wind(m, id, "StreamStall")
  const phase = `BackingOff until ${wall(m) + coolDownMs} for StreamStall`
  return after(tell(withRun(m, id, () => ({ loop: "cooling", phase })), id), coolDownMs, {
    _tag: "CoolDown",
    account: id
  })
}

/** One probe, for which a single strike suffices. */
export const probe = (m: Model, id: AccountId): Model =>
  open(withRun(m, id, () => ({ strikes: promised.strikes - 1, attempt: 0 })), id)

/** What came of the connections since somebody looked: a notice, an end. */
export const look = (m: Model, n: number): Model => {
  const socket = m.sockets[n]
  if (socket === undefined) return m
  const { account: id, deliveries, end, readyAt, session, noticeOrEnd } = socket
  const run = runOf(m, id)
  if (run === undefined || run.ending?.stage === "closing") return m
  const soFar = { deliveries, durationMs: m.now - readyAt, retryAfterMs: 0 }
  if (session === "up" && run.loop === "serving" && noticeOrEnd === "ended" && end !== undefined) {
    return next(disconnected(withSocket(m, n, () => ({ session: "over" })), id), id, { ...soFar, ...end })
  }
  if (session === "up" && run.loop === "serving" && noticeOrEnd === "noticed") {
    const lingering = after(withSocket(m, n, () => ({ session: "lingering" })), promised.lingerMs, {
      _tag: "Linger",
      socket: n
    })
    return handOver(displace(lingering, id), id, socket)
  }
  if (session === "lingering" && end !== undefined) {
    const off = callOff(m, (due) => due._tag === "Linger" && due.socket === n)
    return struck(disconnected(withSocket(off, n, () => ({ session: "over" })), id), id, { ...soFar, ...end })
  }
  if (session === "leaving" && socket.state === "closed") {
    const over = withSocket(m, n, () => ({ session: "over" }))
    return struck(over, id, { ...soFar, ...socket.left, byServer: true, reason: "lingered" }, socket.displaced)
  }
  return m
}

/** One connection too many is served behind its notice: the oldest of them is closed. */
const displace = (m: Model, id: AccountId): Model => {
  const all = m.sockets.flatMap(({ account, session }, n) => account === id && session === "lingering" ? [n] : [])
  const oldest = all.length > promised.lingeringMost ? all[0] : undefined
  return oldest === undefined
    ? m
    : lingered(
      callOff(
        withSocket(m, oldest, () => ({ displaced: true })),
        (due) => due._tag === "Linger" && due.socket === oldest
      ),
      oldest
    )
}

/** A connection was served behind its notice for long enough. */
export const lingered = (m: Model, n: number): Model => {
  const socket = m.sockets[n]
  if (socket === undefined || socket.session !== "lingering") return m
  const left = { durationMs: m.now - socket.readyAt, deliveries: socket.deliveries }
  const leaving = withSocket(m, n, () => ({ session: "leaving", left }))
  return hangUp(disconnected(leaving, socket.account), n)
}

/** Ends a run: nothing new is begun, nothing more is taken, and what is in hand is finished within the bound. */
export const wind = (m: Model, id: AccountId, why: Why): Model => {
  const run = runOf(m, id)
  if (run === undefined || run.ending !== undefined) return m
  const kept = ["Handled", "HandlerTimeout"]
  const off = callOff(m, (due) => belongs(due, id) && !kept.includes(due._tag))
  const ending = withRun(off, id, () => ({ loop: "over", ending: { stage: "draining", why } }))
  const told = why === "ByRequest" ? ending : withAccount(ending, id, () => ({ status: unsettled }))
  return inHand(run) === 0 ? told : after(told, run.knobs.drainTimeoutMs, { _tag: "DrainBound", account: id })
}
