/** Where the channel differs from the model, in words. */
import type { AccountId } from "./history.ts"
import { isExpected } from "./model/accounts.ts"
import { runOf } from "./model/change.ts"
import { inHand } from "./model/inbound.ts"
import { fateNames, type Model, unsettled } from "./model/state.ts"
import { counters, type World } from "./world/world.ts"

const accounts: ReadonlyArray<AccountId> = ["a", "b"]

const expectedCounts = (m: Model, id: AccountId): ReadonlyArray<number> => {
  const { acked, fates, received } = m.counted[id]
  const { abandoned, dropped, duplicate, failed, gated, handled, undecodable } = fates
  const by = { received, acked, handled, failed, dropped, duplicate, gated, undecodable, abandoned }
  return counters.map((name) => by[name])
}

/** The heartbeat's ticker, and the report on accounts that are stopped, live as long as the channel. */
const tickersOnly = 2

/** And what fills up the bucket of opening calls, which has no timer while that is full. */
const standingFibers = tickersOnly + 1

const isConnected = (m: Model, id: AccountId): boolean => {
  const run = runOf(m, id)
  return run !== undefined && run.ending?.stage !== "closing" && run.live > 0
}

const isQuiet = (m: Model): boolean =>
  !m.closed && m.reloads.length === 0 &&
  [...m.accounts.values()].every(({ commands, status }) => status.startsWith("Stopped") && commands.length === 0)

/** The differences that are looked for at every step. */
export const differences = (m: Model, world: World): ReadonlyArray<string> => {
  const found: Array<string> = []
  const same = (what: string, is: unknown, must: unknown) => {
    if (is !== must) found.push(`${what} is ${is}, and must be ${must}`)
  }
  same("the time", world.time.now(), m.now)
  const statuses = world.statuses()
  const there = accounts.filter((id) => m.config.has(id) || m.accounts.has(id) || m.counted[id].frames > 0)
  same("the number of accounts", statuses.size, m.closed ? statuses.size : m.accounts.size)
  for (const id of there) {
    const status = m.accounts.get(id)?.status
    // How far a reload gets that meets the end of the program is not promised: it adds and removes accounts.
    const isCutShort = m.closed && (status === undefined || !statuses.has(id))
    if (status?.startsWith("Stopped") === true && isExpected(m, id)) {
      same(`the status of ${id}, which is about to be started,`, statuses.get(id)?.split(" ")[0], "Connecting")
    } else if (status !== unsettled && !isCutShort) same(`the status of ${id}`, statuses.get(id), status)
    const { connected, strikes } = world.gauges(id)
    same(`the gauge of ${id}'s connections`, connected, isConnected(m, id) ? 1 : 0)
    same(`the gauge of ${id}'s strikes`, strikes, m.counted[id].strikes ?? strikes)
    const counted = world.counted(id)
    expectedCounts(m, id).forEach((n, i) => same(`${counters[i]} of ${id}`, counted[i], n))
  }
  for (const id of there) {
    const sockets = m.sockets.filter(({ account }) => account === id)
    const real = world.wire.sockets.filter(({ account }) => account === id)
    same(`the number of ${id}'s sockets`, real.length, sockets.length)
    real.forEach((socket, n) => {
      same(`${id}'s socket ${n}`, socket.state(), sockets[n]?.state)
      same(`the number of answers on ${id}'s socket ${n}`, socket.sent.length, sockets[n]?.sent.length)
      same(`the number of pings on ${id}'s socket ${n}`, socket.pings(), sockets[n]?.pings)
      same(`pings after the end of ${id}'s socket ${n}`, socket.strayPings(), 0)
    })
  }
  same("the number of opening calls", world.wire.openings.length, m.openings.length)
  same("the number of handlers begun", world.began.messages.length, m.began.messages.length)
  same("the number of calls begun", world.began.calls.length, m.began.calls.length)
  if (isQuiet(m)) {
    same("the number of fibers while all is stopped", world.fibers(), standingFibers)
    same("the number of timers while all is stopped", world.time.sleepers(), tickersOnly)
  }
  if (!m.closed) m.returned.forEach((answer, n) => same(`the user's command ${n}`, world.returned[n], answer))
  return found
}

/** What must be true of the model itself, or it is a bad judge. */
export const invariants = (m: Model): ReadonlyArray<string> =>
  accounts.flatMap((id) => {
    const { fates, received } = m.counted[id]
    const run = runOf(m, id)
    const accounted = fateNames.reduce(
      (sum, name) => sum + fates[name],
      run === undefined || run.ending?.stage === "closing" ? 0 : inHand(run)
    )
    const unnoticed = m.sockets.filter(({ account, end, session, state }) =>
      account === id && state === "open" && session === "up" && end === undefined
    )
    const isStopped = m.accounts.get(id)?.status.startsWith("Stopped") === true
    return [
      ...(isStopped && m.sockets.some(({ account, state }) => account === id && state !== "closed")
        ? [`${id} is stopped and connected`]
        : []),
      ...(accounted === received ? [] : [`${id} received ${received} and accounts for ${accounted}`]),
      ...(unnoticed.length <= 1 ? [] : [`${id} has ${unnoticed.length} connections without a notice`])
    ]
  })

const answerOf = (text: string): string => {
  const { code, data, headers } = JSON.parse(text)
  return `${headers.messageId} ${code} ${data}`
}

/** The differences that are looked for once, at the end of a history: every answer on its own socket, in order. */
export const lastDifferences = (m: Model, world: World): ReadonlyArray<string> => {
  const found: Array<string> = []
  const same = (what: string, is: ReadonlyArray<string>, must: ReadonlyArray<string> | undefined) => {
    if (is.join("\n") !== must?.join("\n")) {
      found.push(`${what} are\n  ${is.join("\n  ")}\nand must be\n  ${must?.join("\n  ")}`)
    }
  }
  for (const id of accounts) {
    const ofIt = (lines: ReadonlyArray<string>) => lines.filter((line) => line.startsWith(`${id} `))
    same(`${id}'s opening calls`, ofIt(world.wire.openings), ofIt(m.openings))
    same(`${id}'s handlers`, ofIt(world.began.messages), ofIt(m.began.messages))
    same(`${id}'s calls`, ofIt(world.began.calls), ofIt(m.began.calls))
    const sockets = m.sockets.filter(({ account }) => account === id)
    world.wire.sockets.filter(({ account }) => account === id).forEach(({ sent }, n) =>
      same(`the answers on ${id}'s socket ${n}`, sent.map(answerOf), sockets[n]?.sent)
    )
  }
  return found
}
