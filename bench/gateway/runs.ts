/** The ways in which the gateway sends: each is one command of its process. */
import type { GatewayCommands, RunOptions, RunReport } from "../protocol.ts"
import { type Connection, type Gateway, noObserver } from "./connections.ts"
import { systemFrame, template } from "./frames.ts"
import * as Ledger from "./ledger.ts"

type Input<K extends keyof GatewayCommands> = GatewayCommands[K]["input"]

/** A run ends when no acknowledgement came for this long, in milliseconds: the rest is lost. */
const silenceMs = 3_000

/** Frames that are built at once. */
const batch = 64

const templates = { ascii: template("ascii"), chinese: template("chinese") }

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The connections of a client, one after the other. */
const roundRobin = (gateway: Gateway, group: string): () => Connection => {
  const connections = gateway.of(group)
  let count = 0
  return () => {
    const connection = connections[count % connections.length]
    if (connection === undefined) throw new Error(`${group} is not connected`)
    count += 1
    return connection
  }
}

/** Numbers, builds and writes frames. False when the socket's buffer is full. */
const write = (ledger: Ledger.Ledger, connection: Connection, count: number, options: RunOptions): boolean => {
  const frames = templates[options.script].frames(ledger.next(), count, options.conversations)
  ledger.sent(count)
  return connection.write(frames)
}

/** Until all is acknowledged, or nothing more comes. */
const settled = async (ledger: Ledger.Ledger, count: number): Promise<RunReport> => {
  let seen = -1
  let since = performance.now()
  while (ledger.ackedCount() < count) {
    if (ledger.ackedCount() !== seen || ledger.sentCount() < count) {
      seen = ledger.ackedCount()
      since = performance.now()
    } else if (performance.now() - since > silenceMs) break
    await sleep(5)
  }
  return ledger.report()
}

export const window = async (gateway: Gateway, options: Input<"window">): Promise<RunReport> => {
  const { count, outstanding } = options
  const ledger = Ledger.make(count)
  const next = roundRobin(gateway, options.group)
  const connections = gateway.of(options.group).length
  let armed = false
  const fill = () => {
    armed = false
    let room = Math.min(outstanding - (ledger.sentCount() - ledger.ackedCount()), count - ledger.sentCount())
    const share = Math.max(1, Math.ceil(room / connections))
    while (room > 0) {
      const some = Math.min(room, share)
      write(ledger, next(), some, options)
      room -= some
    }
  }
  gateway.observe({
    ...noObserver,
    // All acknowledgements of one read are answered with one write.
    onAck: (number) => {
      if (!ledger.acked(number) || armed) return
      armed = true
      process.nextTick(fill)
    }
  })
  fill()
  return settled(ledger, count)
}

export const paced = async (gateway: Gateway, options: Input<"paced">): Promise<RunReport> => {
  const { count, perSecond } = options
  const ledger = Ledger.make(count)
  const next = roundRobin(gateway, options.group)
  gateway.observe({ ...noObserver, onAck: ledger.acked })
  const startedAt = performance.now()
  const tick = () => {
    const due = Math.min(count, Math.floor((performance.now() - startedAt) * perSecond / 1_000))
    // All to one connection, so that a number of frames is the same number of reads, however many accounts there are.
    if (due > ledger.sentCount()) write(ledger, next(), due - ledger.sentCount(), options)
    if (ledger.sentCount() < count) setTimeout(tick, 1)
  }
  tick()
  return settled(ledger, count)
}

export const flood = async (gateway: Gateway, options: Input<"flood">): Promise<RunReport> => {
  const { count } = options
  const ledger = Ledger.make(count)
  const connection = roundRobin(gateway, options.group)()
  gateway.observe({ ...noObserver, onAck: ledger.acked })
  const go = () => {
    while (ledger.sentCount() < count) {
      if (!write(ledger, connection, Math.min(batch, count - ledger.sentCount()), options)) {
        connection.onceDrained(go)
        return
      }
    }
  }
  go()
  return settled(ledger, count)
}

export const keepAlive = async (gateway: Gateway, options: Input<"keepAlive">): Promise<number> => {
  const { durationMs, group, pings } = options
  const next = roundRobin(gateway, group)
  let answers = 0
  gateway.observe({
    ...noObserver,
    onAnswer: () => {
      answers += 1
    }
  })
  const startedAt = performance.now()
  let sent = 0
  while (sent < pings) {
    const due = Math.min(pings, Math.ceil((performance.now() - startedAt) / durationMs * pings))
    for (; sent < due; sent++) next().write(systemFrame("ping", `c0a815dd${sent}`, { opaque: `${sent}` }))
    await sleep(2)
  }
  await sleep(50)
  return answers
}
