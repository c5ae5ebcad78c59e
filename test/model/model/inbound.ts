/** The model's deliveries: taken or not, waiting, at work, and where each of them went. */
import type { AccountId, Frame, Knobs } from "../history.ts"
import { after, callOff, count, doubt, fate, runOf, send, withAccount, withRun, withSocket } from "./change.ts"
import { type Doubt, type Item, type Model, type Pool, type PoolName, promised, type Run } from "./state.ts"

const success = "200 {\"status\":\"SUCCESS\"}"
const later = "200 {\"status\":\"LATER\"}"
const failure = "500 {\"response\":null}"

const poolOf = ({ kind }: Item): PoolName => kind === "message" ? "messages" : "calls"

const isOrdered = (run: Run): boolean => run.knobs.ordering === "conversation"

const withPool = (m: Model, id: AccountId, name: PoolName, change: (pool: Pool, run: Run) => Pool): Model =>
  withRun(m, id, (run) => ({ [name]: change(run[name], run) }))

/** A conversation with something to do, and, where order is kept, nobody at it, is ready behind the others. */
const queued = (pool: Pool, conversation: string, ordered: boolean): Pool =>
  pool.ready.includes(conversation) ||
    (ordered && pool.busy.some((item) => item.conversation === conversation)) ||
    !pool.line.some((item) => item.conversation === conversation)
    ? pool
    : { ...pool, ready: [...pool.ready, conversation] }

/** What gives way: the newest, or the oldest, of the conversation that holds most. */
const victimOf = (line: ReadonlyArray<Item>, overflow: Knobs["overflow"]): Item | undefined => {
  const held = ({ conversation }: Item) => line.filter((other) => other.conversation === conversation).length
  const most = Math.max(...line.map(held))
  const candidates = line.filter((item) => held(item) === most)
  return overflow === "dropNewest" ? candidates.at(-1) : candidates[0]
}

const without = (pool: Pool, victim: Item): Pool => {
  const line = pool.line.filter((item) => item !== victim)
  const isLast = !line.some(({ conversation }) => conversation === victim.conversation)
  return { ...pool, line, ready: isLast ? pool.ready.filter((other) => other !== victim.conversation) : pool.ready }
}

const refuse = (m: Model, { frame, kind, socket }: Item): Model =>
  kind === "message" ? m : send(m, socket, `${frame} ${kind === "event" ? later : failure}`, true)

const offer = (m: Model, id: AccountId, item: Item): Model => {
  const run = runOf(m, id)
  if (run === undefined) return m
  const name = poolOf(item)
  const { overflow, queue } = run.knobs
  const line = [...run[name].line, item]
  const victim = line.length > queue ? victimOf(line, overflow) : undefined
  const room = victim === undefined ? m : refuse(fate(m, id, "dropped"), victim)
  return withPool(room, id, name, (pool) => {
    const longer = { ...pool, line }
    return queued(victim === undefined ? longer : without(longer, victim), item.conversation, isOrdered(run))
  })
}

/** A delivery, in the callback of its socket. */
const take = (m: Model, id: AccountId, item: Item): Model => {
  const accepting = runOf(m, id)?.ending === undefined
  if (!accepting) return refuse(fate(m, id, "refused"), item)
  const acked = item.kind === "message" ? send(m, item.socket, `${item.frame} 200 {"response":null}`, true) : m
  return offer(acked, id, item)
}

const itemOf = (frame: Frame, number: string, socket: number, knobs: Knobs | undefined): Item | undefined => {
  const common = { frame: number, socket, conversation: "", key: undefined, fate: undefined }
  switch (frame._tag) {
    case "Message": {
      const { conversation, id, kind, plan } = frame
      const fate = kind === "unreadable" ? "undecodable" : kind === "self" || kind === "empty" ? "gated" : undefined
      const lane = kind === "unreadable" ? `frame ${number}` : `${conversation}`
      return { ...common, kind: "message", plan, key: `message ${id}`, conversation: lane, fate }
    }
    case "Event":
      if (knobs?.events !== true) return undefined
      return {
        ...common,
        kind: "event",
        plan: frame.plan,
        key: `event ${frame.id}`,
        conversation: frame.id % 2 === 0 ? "events" : "events of the chat"
      }
    case "Card":
      return {
        ...common,
        kind: "card",
        plan: frame.plan,
        fate: frame.readable ? undefined : "undecodable",
        conversation: `frame ${number}`
      }
    default:
      return undefined
  }
}

/** What a socket brings in one read; workers come to it later. */
export const deliver = (m: Model, n: number, frames: ReadonlyArray<Frame>): Model =>
  frames.reduce((m, frame) => {
    const socket = m.sockets[n]
    if (socket === undefined) return m
    const id = socket.account
    const number = `${m.counted[id].frames}`
    const heard = withSocket(
      count(m, id, ({ frames }) => ({ frames: frames + 1 })),
      n,
      () => ({ unanswered: false, spoke: true })
    )
    if (frame._tag === "Junk") return heard
    if (frame._tag === "System") {
      if (frame.topic === "disconnect") {
        return withSocket(heard, n, ({ noticeOrEnd }) => ({ noticeOrEnd: noticeOrEnd ?? "noticed" }))
      }
      if (frame.topic === "ping") {
        return send(heard, n, `${number} 200 {"opaque":${number}}`, false)
      }
      return frame.topic === "dance" ? send(heard, n, `${number} 404 {}`, false) : heard
    }
    const received = withSocket(
      count(heard, id, ({ received }) => ({ received: received + 1 })),
      n,
      ({ deliveries }) => ({ deliveries: deliveries + 1 })
    )
    const item = itemOf(frame, number, n, runOf(m, id)?.knobs)
    return item === undefined
      ? send(fate(received, id, "stranger"), n, `${number} 404 {}`, false)
      : take(received, id, item)
  }, m)

const leave = (m: Model, id: AccountId, item: Item): Model =>
  withPool(m, id, poolOf(item), (pool, run) => {
    const rest = { ...pool, busy: pool.busy.filter((other) => other !== item) }
    return queued(rest, item.conversation, isOrdered(run))
  })

const remember = (m: Model, id: AccountId, { key }: Item, what: "atWork" | "done" | "nothing"): Model =>
  key === undefined ? m : withAccount(m, id, (account) => {
    const memory = new Map(account.memory)
    if (what === "nothing") memory.delete(key)
    else memory.set(key, what === "atWork" ? what : { at: m.now })
    return { memory }
  })

/** What is known of a delivery when it comes to a worker. */
const knowledge = (m: Model, id: AccountId, { key }: Item): "fresh" | "atWork" | "done" | Doubt => {
  const known = key === undefined ? undefined : m.accounts.get(id)?.memory.get(key)
  if (known === undefined) return "fresh"
  if (known === "atWork") return "atWork"
  const age = m.now - known.at
  return age < promised.rememberMs ? "done" : age < promised.forgetMs ? "halfForgotten" : "fresh"
}

const finish = (m: Model, id: AccountId, item: Item, isOk: boolean): Model => {
  const { frame, kind, socket } = item
  const off = callOff(m, (due) => "frame" in due && due.account === id && due.frame === frame)
  const known = remember(fate(off, id, isOk ? "handled" : "failed"), id, item, isOk ? "done" : "nothing")
  const text = kind === "event" ? (isOk ? success : later) : isOk ? "200 {\"response\":{}}" : failure
  return leave(kind === "message" ? known : send(known, socket, `${frame} ${text}`, true), id, item)
}

/** A worker takes an item: most often a handler begins. */
const work = (m: Model, id: AccountId, item: Item): Model => {
  const { fate: doomed, frame, kind, plan, socket } = item
  if (doomed !== undefined) {
    const counted = fate(m, id, doomed)
    if (kind === "message") return leave(counted, id, item)
    return leave(
      send(counted, socket, `${frame} 400 {"response":null}`, true),
      id,
      item
    )
  }
  const known = knowledge(m, id, item)
  if (known === "atWork" || known === "done") {
    const counted = fate(m, id, "duplicate")
    if (kind === "message") return leave(counted, id, item)
    return leave(send(counted, socket, `${frame} ${known === "done" ? success : later}`, true), id, item)
  }
  if (known !== "fresh") return doubt(leave(m, id, item), known)
  const name = poolOf(item)
  const begun = remember(
    { ...m, began: { ...m.began, [name]: [...m.began[name], `${id} ${frame}`] } },
    id,
    item,
    "atWork"
  )
  const ms = plan.ms === undefined ? undefined : Math.max(plan.ms, m.leastHandlingMs)
  if (ms === 0) return finish(begun, id, item, plan.outcome === "ok")
  const timed = ms === undefined ? begun : after(begun, ms, { _tag: "Handled", account: id, frame })
  const bound = runOf(m, id)?.knobs.handlerTimeoutMs
  return bound === undefined ? timed : after(timed, bound, { _tag: "HandlerTimeout", account: id, frame })
}

const nextOf = (run: Run, name: PoolName): Item | undefined => {
  const { busy, line, ready } = run[name]
  if (busy.length >= run.knobs.workers) return undefined
  return line.find(({ conversation }) => conversation === ready[0])
}

/** Lets the workers of an account take what they can. */
export const pump = (m: Model, id: AccountId): Model => {
  for (const name of ["messages", "calls"] as const) {
    const run = runOf(m, id)
    const item = run === undefined ? undefined : nextOf(run, name)
    if (item === undefined) continue
    const taken = withPool(m, id, name, ({ busy, line, ready }, run) =>
      queued(
        { line: line.filter((other) => other !== item), busy: [...busy, item], ready: ready.slice(1) },
        item.conversation,
        isOrdered(run)
      ))
    return pump(work(taken, id, item), id)
  }
  return m
}

/** A handler is done, or out of time. */
export const handled = (m: Model, id: AccountId, frame: string, inTime: boolean): Model => {
  const run = runOf(m, id)
  const item = [...(run?.messages.busy ?? []), ...(run?.calls.busy ?? [])].find((item) => item.frame === frame)
  return item === undefined ? m : finish(m, id, item, inTime && item.plan.outcome === "ok")
}

/** How many deliveries wait or are at work. */
export const inHand = ({ calls, messages }: Run): number =>
  messages.line.length + messages.busy.length + calls.line.length + calls.busy.length

/** The end of the inbound side: what is still at work is interrupted, and forgotten, so that it may come again. */
export const interrupt = (m: Model, id: AccountId): Model => {
  const run = runOf(m, id)
  const items = [...(run?.messages.busy ?? []), ...(run?.calls.busy ?? [])]
  return callOff(
    items.reduce((m, item) => remember(m, id, item, "nothing"), m),
    (due) => "frame" in due && due.account === id
  )
}
