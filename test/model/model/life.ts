/** The model in time: what is due happens in order, and behind everything that happens comes what follows from it. */
import type { Op, Which } from "../history.ts"
import * as Accounts from "./accounts.ts"
import { withSocket } from "./change.ts"
import * as Connection from "./connection.ts"
import * as Heartbeat from "./heartbeat.ts"
import * as Inbound from "./inbound.ts"
import type { Due, Model } from "./state.ts"

/** What follows by itself, until nothing does. */
const settle = (m: Model): Model => {
  const ids = [...m.accounts.keys()]
  const pumped = ids.reduce(Inbound.pump, m)
  const looked = m.sockets.reduce((m, _, n) => Connection.look(m, n), pumped)
  const settled = ids.reduce((m, id) => Accounts.command(Accounts.windUp(m, id), id), looked)
  const after = Accounts.reload(settled)
  return after === m ? m : settle(after)
}

const happens = (m: Model, due: Due): Model => {
  switch (due._tag) {
    case "Ticket":
      return Connection.ticket(m, due.account, due.answer)
    case "TicketTimeout":
    case "HandshakeTimeout":
      return Connection.openTimeout(m, due.account)
    case "Handshake":
      return Connection.shake(m, due.socket)
    case "Greeting":
      return Connection.greet(m, due.socket)
    case "Pace":
      return Connection.open(m, due.account)
    case "CoolDown":
      return Connection.probe(m, due.account)
    case "Revival":
      return Accounts.revive(m, due.account)
    case "Linger":
      return Connection.lingered(m, due.socket)
    case "Farewell":
    case "CloseBound":
      return Connection.gone(m, due.socket)
    case "Pong":
      return withSocket(m, due.socket, () => ({ unanswered: false }))
    case "DrainBound":
      return Accounts.drained(m, due.account)
    case "Handled":
      return Inbound.handled(m, due.account, due.frame, true)
    case "HandlerTimeout":
      return Inbound.handled(m, due.account, due.frame, false)
    case "StopReturns":
      return Accounts.stopReturns(m, due.command)
    case "Tick":
      return Heartbeat.tick(m)
  }
}

/** Of two for the same moment, the one that was set first comes first: in the channel as here. */
const until = (m: Model, end: number, onTime: boolean): Model => {
  const [next, ...rest] = m.timers
  if (next === undefined || next.at > end) return { ...m, now: end }
  const now = onTime ? Math.max(m.now, next.at) : m.now
  return until(settle(happens({ ...m, now, step: m.step + 1, timers: rest }, next.due)), end, onTime)
}

/** Time passes. */
export const pass = (m: Model, ms: number): Model => until(m, m.now + ms, true)

const suspend = (m: Model, ms: number): Model => until({ ...m, now: m.now + ms }, m.now + ms, false)

const pick = (m: Model, { account, nth }: Which): number | undefined => {
  const there = m.sockets.flatMap((s, n) =>
    s.account === account && (s.state === "open" || s.state === "closing") ? [n] : []
  )
  return there.length === 0 ? undefined : there[there.length - 1 - (nth % there.length)]
}

const act = (m: Model, op: Op): Model => {
  const n = "on" in op ? pick(m, op.on) : undefined
  switch (op._tag) {
    case "Weather":
      return { ...m, weather: { ...m.weather, ...op.change } }
    case "Frames":
      return n === undefined ? m : Inbound.deliver(m, n, op.frames)
    case "Close":
      return n === undefined ? m : Connection.close(m, n, op.close.by)
    case "Pongs":
      return n === undefined ? m : withSocket(m, n, () => ({ pongMs: op.ms }))
    case "Jump":
      return { ...m, jumped: m.jumped + op.ms }
    case "Suspend":
      return suspend(m, op.ms)
    case "Start":
      return Accounts.ask(m, op.account, "start")
    case "Stop":
      return Accounts.ask(m, op.account, "stop")
    case "Restart":
      return Accounts.ask(m, op.account, "restart")
    case "Reload":
      return Accounts.askReload(m, op.accounts)
  }
}

export const perform = (m: Model, op: Op): Model => pass(settle(act({ ...m, step: m.step + 1 }, op)), 0)

export const start = (m: Model, accounts: Parameters<typeof Accounts.start>[1]): Model =>
  pass(settle(Accounts.start(m, accounts)), 0)

export const shutDown = (m: Model): Model => pass(settle(Accounts.shutDown({ ...m, step: m.step + 1 })), 0)
