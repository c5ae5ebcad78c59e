/**
 * What a channel's life must be: the state of the reference model, and its time. Pure: every change gives a new state.
 *
 * It knows nothing of fibers, scopes and sockets, and takes no number from the code that it judges.
 */
import type { AccountId, History, Knobs, Plan, TicketAnswer, Weather } from "../history.ts"
import { fairWeather, leastHandlingMs } from "../history.ts"

/** The promises of the channel, in milliseconds; written out here a second time on purpose. */
export const promised = {
  backoffMs: [2_000, 5_000, 10_000, 30_000, 60_000],
  healthyMs: 30_000,
  strikes: 5,
  openMs: 10_000,
  lingerMs: 15_000,
  lingeringMost: 4,
  closeMs: 5_000,
  pingMs: 20_000,
  latePingMs: 25_000,
  stopReturnsMs: 2_000,
  revivalMs: 2_000,
  rememberMs: 600_000,
  forgetMs: 1_200_000
} as const

/** Something that will happen unless it is called off. */
export type Due =
  | { readonly _tag: "Ticket"; readonly account: AccountId; readonly answer: TicketAnswer }
  | { readonly _tag: "TicketTimeout" | "HandshakeTimeout"; readonly account: AccountId }
  | { readonly _tag: "Pace" | "CoolDown" | "Revival" | "DrainBound"; readonly account: AccountId }
  | { readonly _tag: "Handshake" | "Greeting" | "Linger" | "Farewell" | "CloseBound" | "Pong"; readonly socket: number }
  | { readonly _tag: "Handled" | "HandlerTimeout"; readonly account: AccountId; readonly frame: string }
  | { readonly _tag: "StopReturns"; readonly command: number }
  | { readonly _tag: "Tick" }

export interface Timer {
  readonly at: number
  readonly due: Due
}

/** A socket, and the session on it once it is up. */
export interface Socket {
  readonly account: AccountId
  readonly state: "connecting" | "open" | "closing" | "closed"
  /** `up` is served by the loop; `lingering` got its notice; `leaving` lingered for too long, so we close it. */
  readonly session: "none" | "up" | "lingering" | "leaving" | "over"
  readonly weather: Weather
  readonly readyAt: number
  readonly deliveries: number
  /** Whether it lingered until there were too many of its kind. */
  readonly displaced: boolean
  /** What came first, the notice or the end. */
  readonly noticeOrEnd: "noticed" | "ended" | undefined
  /** How it ended, once it did. */
  readonly end: { readonly byServer: boolean; readonly reason: string } | undefined
  /** What counts of one that we close: how it stood when we gave it up. */
  readonly left: { readonly durationMs: number; readonly deliveries: number } | undefined
  readonly unanswered: boolean
  /** Whether it said anything by itself since the last tick. */
  readonly spoke: boolean
  readonly pings: number
  readonly pongMs: number | undefined
  /** The answers to frames: frame, code, and for events the verdict. */
  readonly sent: ReadonlyArray<string>
}

/** A delivery that was taken. */
export interface Item {
  readonly frame: string
  readonly socket: number
  readonly kind: "message" | "event" | "card"
  readonly plan: Plan
  /** What tells redeliveries. */
  readonly key: string | undefined
  readonly conversation: string
  /** Set when no handler will see it. */
  readonly fate: "gated" | "undecodable" | undefined
}

export interface Pool {
  readonly line: ReadonlyArray<Item>
  readonly busy: ReadonlyArray<Item>
  /** Conversations with something to do that nobody is at, in order. */
  readonly ready: ReadonlyArray<string>
}

export type PoolName = "messages" | "calls"

/** Why a run ends; `cutOff` is none that anybody asked for. */
export type Why = "ByRequest" | "PermanentAuth" | "StreamStall" | "ByDefect" | "cutOff"

/** The status where the channel promises nothing: while a run that failed is being wound up. */
export const unsettled = "anything"

/** One run of an account. */
export interface Run {
  readonly knobs: Knobs
  /** The step in which it began. */
  readonly began: number
  readonly loop: "opening" | "serving" | "pacing" | "cooling" | "reviving" | "over"
  /** What the status says while nothing is up. */
  readonly phase: string
  readonly live: number
  readonly connectedSince: number
  readonly strikes: number
  readonly attempt: number
  /** Why it ends, and how far that is: first what is in hand is finished, then the connections are closed. */
  readonly ending: { readonly stage: "draining" | "closing"; readonly why: Why } | undefined
  readonly messages: Pool
  readonly calls: Pool
}

export interface Command {
  readonly kind: "start" | "stop" | "restart" | "remove"
  /** Under which somebody waits for it: a command of the user's, or below zero one of a reload's. */
  readonly number: number
  readonly began: boolean
}

/** Where each delivery went; every one is in exactly one of these, waits, or is at work. */
export interface Fates {
  readonly handled: number
  readonly failed: number
  readonly dropped: number
  readonly duplicate: number
  readonly gated: number
  readonly undecodable: number
  readonly abandoned: number
  /** Came while the account was being drained: not taken, and for a message not acknowledged. */
  readonly refused: number
  /** Of a topic that nobody handles. */
  readonly stranger: number
}

/** Their names. */
export const fateNames: ReadonlyArray<keyof Fates> = [
  "handled",
  "failed",
  "dropped",
  "duplicate",
  "gated",
  "undecodable",
  "abandoned",
  "refused",
  "stranger"
]

export interface Account {
  readonly knobs: Knobs
  readonly status: string
  readonly run: Run | undefined
  readonly commands: ReadonlyArray<Command>
  /** The keys of deliveries that are at work, or done. */
  readonly memory: ReadonlyMap<string, "atWork" | { readonly at: number }>
}

export interface Counted {
  /** The frames that came, of every kind: the next one's number. */
  readonly frames: number
  readonly received: number
  readonly acked: number
  readonly fates: Fates
  /** The strikes in a row as they were last told; unknown before the first end of a connection. */
  readonly strikes: number | undefined
}

export interface Reload {
  readonly number: number
  readonly next: ReadonlyMap<AccountId, Knobs>
  /** What is still to be done, once it began; the commands of a stage are waited for together. */
  readonly stages: ReadonlyArray<Stage> | undefined
  readonly waits: ReadonlyArray<number>
}

export type Stage =
  | { readonly kind: "put" }
  | {
    readonly kind: "ask"
    readonly commands: ReadonlyArray<{ readonly id: AccountId; readonly kind: "remove" | "restart" | "start" }>
  }

export interface Model {
  readonly now: number
  /** Counts what happened from outside, timers included: what follows from it follows in the same step. */
  readonly step: number
  readonly jumped: number
  readonly jitter: number
  readonly leastHandlingMs: number
  readonly timers: ReadonlyArray<Timer>
  readonly weather: Weather
  readonly lastTick: number
  readonly sockets: ReadonlyArray<Socket>
  readonly accounts: ReadonlyMap<AccountId, Account>
  readonly config: ReadonlyMap<AccountId, Knobs>
  /** Outlives accounts: counters never go back. */
  readonly counted: { readonly [Id in AccountId]: Counted }
  readonly openings: ReadonlyArray<string>
  readonly began: { readonly [Name in PoolName]: ReadonlyArray<string> }
  readonly returned: ReadonlyArray<"waits" | "returned" | "failed">
  /** How many commands reloads have given. */
  readonly inner: number
  readonly reloads: ReadonlyArray<Reload>
  readonly closed: boolean
  /** Where the model is no judge any more: from here on the history is not looked at. */
  readonly doubts: ReadonlyArray<Doubt>
}

/**
 * What the model has no answer to, because it is not promised:
 *
 * - `stillborn`: whether a run that is stopped in the step in which it began gets as far as an opening call
 * - `halfForgotten`: whether a redelivery is remembered between its shortest and its longest time
 */
export type Doubt = "stillborn" | "halfForgotten"

const nothing: Counted = {
  frames: 0,
  received: 0,
  acked: 0,
  strikes: undefined,
  fates: {
    handled: 0,
    failed: 0,
    dropped: 0,
    duplicate: 0,
    gated: 0,
    undecodable: 0,
    abandoned: 0,
    refused: 0,
    stranger: 0
  }
}

export const empty = (history: History): Model => ({
  now: 0,
  step: 0,
  jumped: 0,
  jitter: history.jitter,
  leastHandlingMs: leastHandlingMs(history),
  timers: [{ at: promised.pingMs, due: { _tag: "Tick" } }],
  weather: fairWeather,
  lastTick: 0,
  sockets: [],
  accounts: new Map(),
  config: new Map(),
  counted: { a: nothing, b: nothing },
  openings: [],
  began: { messages: [], calls: [] },
  returned: [],
  inner: 0,
  reloads: [],
  closed: false,
  doubts: []
})
