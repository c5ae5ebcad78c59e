/** A history as a story, for whoever has to find out what went wrong. */
import type { Accounts, Close, Frame, History, Knobs, Op, Plan, Weather, Which } from "./history.ts"
import { promised } from "./model/state.ts"

const duration = (ms: number): string => Math.abs(ms) < 1_000 ? `${ms} ms` : `${ms / 1_000} s`

const delay = (ms: number | undefined): string =>
  ms === undefined ? "never" : ms === 0 ? "at once" : `after ${duration(ms)}`

const doing = ({ ms, outcome }: Plan): string => {
  const end = { ok: "succeeds", fail: "fails", die: "dies", interrupt: "interrupts itself" }[outcome]
  return ms === undefined ? "whose handler hangs" : `whose handler ${end} ${delay(ms)}`
}

const frame = (it: Frame): string => {
  switch (it._tag) {
    case "Message": {
      const kind = it.kind === "plain" ? "message" : `${it.kind} message`
      return `${kind} m${it.id} in conversation ${it.conversation} ${doing(it.plan)}`
    }
    case "Event":
      return `event e${it.id} ${doing(it.plan)}`
    case "Card":
      return `${it.readable ? "" : "unreadable "}card action ${doing(it.plan)}`
    case "Stranger":
      return "delivery of an unknown topic"
    case "System":
      return it.topic === "disconnect" ? "disconnect notice" : `SYSTEM ${it.topic}`
    case "Junk":
      return it.text === undefined ? "binary frame" : `frame ${it.text}`
  }
}

const frames = (all: ReadonlyArray<Frame>): string => all.map((it) => `a ${frame(it)}`).join(", ")

const close = ({ by, code }: Close): string =>
  by === "server" ? `the server closes with ${code}` : by === "network" ? "the network fails" : "the protocol is broken"

const weather = (change: Partial<Weather>): string => {
  const { farewellMs, greetAfterMs, greeting, handshake, pongMs, ticket } = change
  return [
    ticket && `opening calls are answered ${ticket.answer} ${delay(ticket.afterMs)}`,
    handshake && `handshakes are answered ${handshake.answer} ${delay(handshake.afterMs)}`,
    greeting &&
    `behind each handshake ${
      "by" in greeting ? close(greeting) : greeting.length === 0 ? "comes nothing" : `comes ${frames(greeting)}`
    }`,
    greetAfterMs !== undefined && `what comes behind each handshake comes ${delay(greetAfterMs)}`,
    "farewellMs" in change && `a close of ours is answered ${delay(farewellMs)}`,
    "pongMs" in change && `new connections answer pings ${delay(pongMs)}`
  ].filter((it) => typeof it === "string").join("; ")
}

const ordinal = ["youngest", "second youngest", "third youngest"]

const where = ({ account, nth }: Which): string => `on ${account}'s ${ordinal[nth]} connection`

const knobs = (
  { drainTimeoutMs, events, handlerTimeoutMs, ordering, overflow, queue, secret, stallCoolDownMs, workers }: Knobs
) =>
  [
    `secret${secret}`,
    `${workers} workers`,
    `a queue of ${queue} that does ${overflow}`,
    ordering,
    `${duration(drainTimeoutMs)} to drain`,
    ...(events ? [] : ["no events"]),
    ...(handlerTimeoutMs === undefined ? [] : [`handlers bounded to ${duration(handlerTimeoutMs)}`]),
    ...(stallCoolDownMs === undefined ? [] : [`a cool-down of ${duration(stallCoolDownMs)}`])
  ].join(", ")

const settings = ({ a, b }: Accounts): string =>
  [...(a === undefined ? [] : [`a (${knobs(a)})`]), ...(b === undefined ? [] : [`b (${knobs(b)})`])].join(" and ")

const op = (it: Op): string => {
  switch (it._tag) {
    case "Weather":
      return `from now on ${weather(it.change)}`
    case "Frames":
      return `${where(it.on)} comes ${frames(it.frames)}`
    case "Close":
      return `${where(it.on)} ${close(it.close)}`
    case "Pongs":
      return `${where(it.on)} pings are from now on answered ${delay(it.ms)}`
    case "Jump":
      return `the wall clock jumps by ${duration(it.ms)}`
    case "Suspend":
      return `the process is suspended for ${duration(it.ms)}`
    case "Start":
    case "Stop":
    case "Restart":
      return `the user asks ${it.account} to ${it._tag.toLowerCase()}`
    case "Reload":
      return `the user reloads with ${settings(it.accounts)}`
  }
}

/** A time of a history. */
export const clock = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`

/** The story of the first `told` steps, or of all. */
export const tell = (history: History, told: number = history.steps.length): string => {
  let now = 0
  const lines = history.steps.slice(0, told).map((step) => {
    now += step.after
    const line = `at ${clock(now)} ${op(step.op)}`
    if (step.op._tag === "Suspend") now += step.op.ms
    return line
  })
  const factor = ((1.2 - 0.8) * history.jitter + 0.8).toFixed(2)
  const start = `at ${clock(0)} the channel starts with ${settings(history.accounts)}; waits are jittered by ${factor}`
  return [start, ...lines].join("\n")
}

/** How long it may take until nothing is left, once the program ends: drain, then close, and an iteration of the event loop. */
export const windUpMs = ({ accounts: { a, b }, steps }: History): number => {
  const all = steps.flatMap(({ op }) => op._tag === "Reload" ? [op.accounts.a, op.accounts.b] : [])
  return Math.max(...[a, b, ...all].map((knobs) => knobs?.drainTimeoutMs ?? 0)) + promised.closeMs
}
