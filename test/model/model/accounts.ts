/** The model's accounts: started, stopped, restarted and reloaded, one command at a time for each. */
import type { AccountId, Accounts, Knobs } from "../history.ts"
import { after, callOff, doubt, fate, runOf, wall, withAccount, withRun } from "./change.ts"
import { gone, hangUp, open, wind } from "./connection.ts"
import { inHand, interrupt } from "./inbound.ts"
import { type Account, type Command, type Model, promised, type Reload, type Run, type Stage } from "./state.ts"

const idle = { line: [], busy: [], ready: [] }

const isStopped = (account: Account | undefined): boolean =>
  account === undefined || account.status.startsWith("Stopped")

const newRun = (m: Model, knobs: Knobs, loop: Run["loop"]): Run => ({
  knobs,
  began: m.step,
  loop,
  phase: "",
  live: 0,
  connectedSince: 0,
  strikes: 0,
  attempt: 0,
  ending: undefined,
  messages: idle,
  calls: idle
})

/** Begins a run, unless there is one. */
const begin = (m: Model, id: AccountId): Model => {
  const account = m.accounts.get(id)
  if (account === undefined || !isStopped(account)) return m
  return open(withAccount(m, id, ({ knobs }) => ({ run: newRun(m, knobs, "opening") })), id)
}

/** An account that was cut off is run again. */
export const revive = (m: Model, id: AccountId): Model => {
  const status = m.accounts.get(id)?.status ?? ""
  const opened = open(m, id)
  // While it connects, it says what it said before it was cut off.
  return runOf(opened, id)?.loop === "opening" ? withAccount(opened, id, () => ({ status })) : opened
}

/** What is in hand is finished, or given up at the bound; then the connections are closed, side by side. */
export const drained = (m: Model, id: AccountId): Model => {
  const run = runOf(m, id)
  if (run?.ending?.stage !== "draining") return m
  const { why } = run.ending
  const off = callOff(m, (due) => due._tag === "DrainBound" && due.account === id)
  const closing = withRun(interrupt(fate(off, id, "abandoned", inHand(run)), id), id, () => ({
    ending: { stage: "closing", why },
    messages: idle,
    calls: idle
  }))
  return m.sockets.reduce((m, { account, state }, n) => {
    if (account !== id || state === "closed") return m
    const off = callOff(m, (due) => due._tag === "Linger" && due.socket === n)
    return state === "open" ? hangUp(off, n) : gone(off, n)
  }, closing)
}

const isConnected = (m: Model, id: AccountId): boolean =>
  m.sockets.some(({ account, state }) => account === id && state !== "closed")

/** Every connection is closed: the run is over. */
const over = (m: Model, id: AccountId): Model => {
  const account = m.accounts.get(id)
  const why = account?.run?.ending?.why
  if (account === undefined || why === undefined) return m
  const sockets = m.sockets.map((socket) => socket.account === id ? { ...socket, session: "over" as const } : socket)
  const quiet = withAccount({ ...m, sockets }, id, () => ({ run: undefined }))
  if (m.closed) return withAccount(quiet, id, () => ({ status: "Stopped ByRequest" }))
  if (why === "ByRequest" || account.status.startsWith("Stopping")) return quiet
  if (why !== "cutOff") return withAccount(quiet, id, () => ({ status: `Stopped ${why}` }))
  const reviving = withAccount(quiet, id, ({ knobs }) => ({ run: newRun(m, knobs, "reviving") }))
  return after(reviving, promised.revivalMs, { _tag: "Revival", account: id })
}

/** Winds up what is being wound up, as far as it goes. */
export const windUp = (m: Model, id: AccountId): Model => {
  const run = runOf(m, id)
  if (run?.ending === undefined) return m
  if (run.ending.stage === "draining") return inHand(run) === 0 ? drained(m, id) : m
  return isConnected(m, id) ? m : over(m, id)
}

const stop = (before: Model, id: AccountId): Model => {
  const run = runOf(before, id)
  const m = run?.ending === undefined && run?.began === before.step ? doubt(before, "stillborn") : before
  const stopping = withAccount(m, id, ({ status }) => ({
    status: status.startsWith("Stopping") ? status : `Stopping since ${wall(m)}`
  }))
  if (run?.loop !== "reviving") return wind(stopping, id, "ByRequest")
  const off = callOff(stopping, (due) => due._tag === "Revival" && due.account === id)
  return withAccount(off, id, () => ({ run: undefined }))
}

const finished = (m: Model, number: number): Model => ({
  ...m,
  returned: number < 0 ? m.returned : m.returned.with(number, "returned"),
  reloads: m.reloads.map((reload) => ({ ...reload, waits: reload.waits.filter((wait) => wait !== number) }))
})

/** Goes on with the first command of an account, if it can. */
export const command = (m: Model, id: AccountId): Model => {
  const account = m.accounts.get(id)
  const first = account?.commands[0]
  if (account === undefined || first === undefined) return m
  const { began, kind, number } = first
  const done = (m: Model) => finished(withAccount(m, id, ({ commands }) => ({ commands: commands.slice(1) })), number)
  if (kind === "start") return begin(done(m), id)
  if (!began && !isStopped(account)) {
    return stop(
      withAccount(m, id, ({ commands }) => ({ commands: [{ ...first, began: true }, ...commands.slice(1)] })),
      id
    )
  }
  if (began && account.run !== undefined) return m
  const ended = began ? withAccount(m, id, () => ({ status: "Stopped ByRequest" })) : m
  if (kind === "restart") return begin(done(ended), id)
  if (kind === "stop") return done(ended)
  // Whatever else was asked of an account that is gone is done.
  const gone = account.commands.reduce((m, { number }) => finished(m, number), ended)
  return { ...gone, accounts: new Map([...gone.accounts].filter(([other]) => other !== id)) }
}

const push = (m: Model, id: AccountId, kind: Command["kind"], number: number): Model =>
  withAccount(m, id, ({ commands }) => ({ commands: [...commands, { kind, number, began: false }] }))

/** The user asks for something. */
export const ask = (m: Model, id: AccountId, kind: "start" | "stop" | "restart"): Model => {
  const number = m.returned.length
  if (!m.accounts.has(id)) return { ...m, returned: [...m.returned, "failed"] }
  const asked = push({ ...m, returned: [...m.returned, "waits"] }, id, kind, number)
  return kind === "stop" ? after(asked, promised.stopReturnsMs, { _tag: "StopReturns", command: number }) : asked
}

export const stopReturns = (m: Model, number: number): Model => ({
  ...m,
  returned: m.returned.with(number, "returned")
})

/** The user asks for other settings. */
export const askReload = (m: Model, next: Accounts): Model => {
  const reload: Reload = { number: m.returned.length, next: knobsOf(next), stages: undefined, waits: [] }
  return { ...m, returned: [...m.returned, "waits"], reloads: [...m.reloads, reload] }
}

const knobsOf = ({ a, b }: Accounts): ReadonlyMap<AccountId, Knobs> =>
  new Map([...(a === undefined ? [] : [["a", a] as const]), ...(b === undefined ? [] : [["b", b] as const])])

const plan = (before: ReadonlyMap<AccountId, Knobs>, after: ReadonlyMap<AccountId, Knobs>): ReadonlyArray<Stage> => {
  const isSame = (id: AccountId) => JSON.stringify(before.get(id)) === JSON.stringify(after.get(id))
  const ask = (kind: "remove" | "restart" | "start", ids: ReadonlyArray<AccountId>) => ids.map((id) => ({ id, kind }))
  return [
    { kind: "ask", commands: ask("remove", [...before.keys()].filter((id) => !after.has(id))) },
    { kind: "put" },
    {
      kind: "ask",
      commands: [
        ...ask("restart", [...after.keys()].filter((id) => before.has(id) && !isSame(id))),
        ...ask("start", added(before, after))
      ]
    }
  ]
}

const added = (
  before: ReadonlyMap<AccountId, Knobs>,
  after: ReadonlyMap<AccountId, Knobs>
): ReadonlyArray<AccountId> => [...after.keys()].filter((id) => !before.has(id))

/** Whether a command is under way that will start it: then it is not said to be stopped. */
export const isExpected = (m: Model, id: AccountId): boolean =>
  m.accounts.get(id)?.commands.some(({ kind }) => kind === "start" || kind === "restart") === true ||
  m.reloads[0]?.stages?.some((stage) =>
      stage.kind === "ask" && stage.commands.some((it) => it.id === id && it.kind !== "remove")
    ) === true

const put = (m: Model, next: ReadonlyMap<AccountId, Knobs>): Model =>
  [...next].reduce<Model>((m, [id, knobs]) => {
    const unknown: Account = { knobs, status: "Stopped ByRequest", run: undefined, commands: [], memory: new Map() }
    return { ...m, accounts: new Map(m.accounts).set(id, { ...(m.accounts.get(id) ?? unknown), knobs }) }
  }, m)

/** Goes on with the first reload, if it can: reloads are done one after the other. */
export const reload = (m: Model): Model => {
  const [first, ...others] = m.reloads
  if (first === undefined || first.waits.length > 0) return m
  const stages = first.stages ?? plan(m.config, first.next)
  const [stage, ...rest] = stages
  // What is new is there from the beginning, and on its way.
  const isNew = first.stages === undefined
  const joined = isNew ? put(m, new Map([...first.next].filter(([id]) => added(m.config, first.next).includes(id)))) : m
  const planned: Model = { ...joined, config: first.next }
  if (stage === undefined) return finished({ ...planned, reloads: others }, first.number)
  const put1 = { ...planned, reloads: [{ ...first, stages: rest }, ...others] }
  if (stage.kind === "put") return put(put1, first.next)
  return stage.commands.reduce<Model>((m, { id, kind }) => {
    const number = -1 - m.inner
    const [reload, ...others] = m.reloads
    const waiting = reload === undefined ? [] : [{ ...reload, waits: [...reload.waits, number] }]
    return push({ ...m, inner: m.inner + 1, reloads: [...waiting, ...others] }, id, kind, number)
  }, put1)
}

/** The channel as it starts: every account is put, and begins. */
export const start = (m: Model, accounts: Accounts): Model => {
  const config = knobsOf(accounts)
  return [...config.keys()].reduce<Model>(begin, { ...put(m, config), config })
}

const end = (m: Model, id: AccountId): Model => {
  const stopped = stop(m, id)
  return runOf(stopped, id) === undefined ? withAccount(stopped, id, () => ({ status: "Stopped ByRequest" })) : stopped
}

/** The end of the program: every run is wound up, and nothing is asked any more. */
export const shutDown = (m: Model): Model =>
  [...m.accounts].filter(([, account]) => !isStopped(account)).reduce<Model>(
    (m, [id]) => end(m, id),
    {
      ...m,
      closed: true,
      reloads: [],
      accounts: new Map([...m.accounts].map(([id, it]) => [id, { ...it, commands: [] }]))
    }
  )
