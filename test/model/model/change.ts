/** Small changes of the model, of which all others are made. */
import type { AccountId } from "../history.ts"
import type { Account, Counted, Doubt, Due, Fates, Model, Run, Socket } from "./state.ts"

export const doubt = (m: Model, why: Doubt): Model => ({ ...m, doubts: [...m.doubts, why] })

export const wall = (m: Model): number => m.now + m.jumped

/** Sets a timer; of two for the same moment, the one that was set first comes first. */
export const after = (m: Model, ms: number, due: Due): Model => {
  const at = m.now + ms
  const behind = m.timers.findIndex((timer) => timer.at > at)
  return { ...m, timers: m.timers.toSpliced(behind === -1 ? m.timers.length : behind, 0, { at, due }) }
}

export const callOff = (m: Model, which: (due: Due) => boolean): Model =>
  m.timers.some(({ due }) => which(due)) ? { ...m, timers: m.timers.filter(({ due }) => !which(due)) } : m

export const withSocket = (m: Model, n: number, change: (socket: Socket) => Partial<Socket>): Model => ({
  ...m,
  sockets: m.sockets.map((socket, i) => i === n ? { ...socket, ...change(socket) } : socket)
})

export const withAccount = (m: Model, id: AccountId, change: (account: Account) => Partial<Account>): Model => {
  const account = m.accounts.get(id)
  return account === undefined
    ? m
    : { ...m, accounts: new Map(m.accounts).set(id, { ...account, ...change(account) }) }
}

export const withRun = (m: Model, id: AccountId, change: (run: Run) => Partial<Run>): Model =>
  withAccount(m, id, ({ run }) => run === undefined ? {} : { run: { ...run, ...change(run) } })

export const runOf = (m: Model, id: AccountId): Run | undefined => m.accounts.get(id)?.run

export const count = (m: Model, id: AccountId, change: (counted: Counted) => Partial<Counted>): Model => ({
  ...m,
  counted: { ...m.counted, [id]: { ...m.counted[id], ...change(m.counted[id]) } }
})

export const fate = (m: Model, id: AccountId, name: keyof Fates, n: number = 1): Model =>
  count(m, id, ({ fates }) => ({ fates: { ...fates, [name]: fates[name] + n } }))

/** An answer over a socket; what can't be sent any more is not. `acks`: it counts as an acknowledgement. */
export const send = (m: Model, n: number, text: string, acks: boolean): Model => {
  const socket = m.sockets[n]
  if (socket === undefined || socket.state !== "open") return m
  const sent = withSocket(m, n, (s) => ({ sent: [...s.sent, text] }))
  return acks ? count(sent, socket.account, ({ acked }) => ({ acked: acked + 1 })) : sent
}
