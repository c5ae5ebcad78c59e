/** What may happen to a channel: the vocabulary of a history. */

/** The answers to an opening call, each with what it must mean to the channel. */
export const ticketAnswers = {
  ticket: { status: 200, body: { endpoint: "wss://wss-open-connection.dingtalk.com:443/connect", ticket: "t" } },
  authFailed: { status: 401, body: { code: "authFailed" }, means: "refused" },
  uncoded401: { status: 401, body: "", means: "refused" },
  uncoded403: { status: 403, body: { message: "no" }, means: "refused" },
  badSecret: { status: 400, body: { code: "invalidClientIdOrSecret" }, means: "refused" },
  ipNotListed: { status: 403, body: { code: "Forbidden.AccessDenied.IpNotInWhiteList" }, means: "refused" },
  qpsLimit: { status: 403, body: { code: "Forbidden.AccessDenied.QpsLimitForApi" }, means: ["throttled", 1_000] },
  retryAfter: { status: 429, body: {}, headers: { "retry-after": "40" }, means: ["throttled", 40_000] },
  quota: { status: 403, body: { code: "Forbidden.AccessDenied.ApiCountLimitForOrg" }, means: ["quota", 60_000] },
  ipBanned: { status: 200, body: { status: 1111, wait: 2 }, means: ["ipBanned", 120_000] },
  unavailable: { status: 503, body: "upstream", means: ["serverError", 0] },
  proxyPage: { status: 502, body: "<html>bad gateway</html>", means: ["badAnswer", 0] },
  uncoded400: { status: 400, body: "", means: ["rejected", 0] },
  requestTimeout: { status: 408, body: "", means: ["timeout", 0] },
  empty: { status: 200, body: "", means: ["badAnswer", 0] },
  noTicket: { status: 200, body: { endpoint: "wss://wss.dingtalk.com/connect" }, means: ["badAnswer", 0] },
  stranger: { status: 200, body: { endpoint: "wss://evil.example/", ticket: "t" }, means: ["badAnswer", 0] },
  unreachable: { status: 0, body: "", means: ["network", 0] }
} as const

export type TicketAnswer = keyof typeof ticketAnswers

/** `defect`: the transport has a bug; `cutOff`: it is interrupted from within. */
export type HandshakeAnswer = "accept" | "refuse" | "reset" | "defect" | "cutOff"

/** What the server's next answers are like. An answer without a time never comes. */
export interface Weather {
  /** Takes 1 ms at least: of what happens in no time at all, nobody can say what comes first. */
  readonly ticket: { readonly answer: TicketAnswer; readonly afterMs: number | undefined }
  readonly handshake: { readonly answer: HandshakeAnswer; readonly afterMs: number | undefined }
  /** What a server does with every connection. */
  readonly greeting: ReadonlyArray<Frame> | Close
  /** How long behind the handshake it does so; at 0 in the same read. */
  readonly greetAfterMs: number
  /** How long it takes to answer our close. */
  readonly farewellMs: number | undefined
  /** How long a new connection takes to answer a ping. */
  readonly pongMs: number | undefined
}

export const fairWeather: Weather = {
  ticket: { answer: "ticket", afterMs: 1 },
  handshake: { answer: "accept", afterMs: 0 },
  greeting: [],
  greetAfterMs: 0,
  farewellMs: 0,
  pongMs: 0
}

export interface Close {
  readonly code: number
  readonly by: "server" | "network" | "protocol"
}

/** What the handler will do with a delivery: a time to take, for ever if there is none, and an outcome. */
export interface Plan {
  readonly ms: number | undefined
  readonly outcome: "ok" | "fail" | "die" | "interrupt"
}

export type Frame =
  | {
    readonly _tag: "Message"
    readonly id: number
    readonly conversation: number
    readonly plan: Plan
    readonly kind: "plain" | "delegated" | "self" | "empty" | "unreadable"
  }
  | { readonly _tag: "Event"; readonly id: number; readonly plan: Plan }
  | { readonly _tag: "Card"; readonly plan: Plan; readonly readable: boolean }
  | { readonly _tag: "Stranger" }
  | { readonly _tag: "System"; readonly topic: "ping" | "disconnect" | "KEEPALIVE" | "dance" }
  | { readonly _tag: "Junk"; readonly text: string | undefined }

/** What may be set for an account, and changed by a reload. */
export interface Knobs {
  readonly secret: number
  readonly workers: number
  readonly queue: number
  readonly overflow: "dropNewest" | "dropOldest"
  readonly ordering: "unordered" | "conversation"
  readonly handlerTimeoutMs: number | undefined
  readonly drainTimeoutMs: number
  readonly stallCoolDownMs: number | undefined
  /** Whether events are asked for; one that comes all the same is a stranger. */
  readonly events: boolean
}

export type AccountId = "a" | "b"

export type Accounts = { readonly [Id in AccountId]?: Knobs }

/** One of the account's connections that are not closed, counted from the youngest. */
export interface Which {
  readonly account: AccountId
  readonly nth: number
}

export type Op =
  | { readonly _tag: "Weather"; readonly change: Partial<Weather> }
  | { readonly _tag: "Frames"; readonly on: Which; readonly frames: ReadonlyArray<Frame> }
  | { readonly _tag: "Close"; readonly on: Which; readonly close: Close }
  | { readonly _tag: "Pongs"; readonly on: Which; readonly ms: number | undefined }
  | { readonly _tag: "Jump"; readonly ms: number }
  | { readonly _tag: "Suspend"; readonly ms: number }
  | { readonly _tag: "Start" | "Stop" | "Restart"; readonly account: AccountId }
  | { readonly _tag: "Reload"; readonly accounts: Accounts }

export interface Step {
  /** Milliseconds since the step before. */
  readonly after: number
  readonly op: Op
}

export interface History {
  readonly accounts: Accounts
  /** Where in its range of ±20 % the jitter of every back-off lies, from 0 to 1. */
  readonly jitter: number
  readonly steps: ReadonlyArray<Step>
}

/**
 * The least that a handler takes. A bounded handler is raced with its bound in fibers of its own, so that of two which
 * take no time nobody can say which ends first.
 */
export const leastHandlingMs = ({ accounts, steps }: History): number => {
  const all = [accounts, ...steps.flatMap(({ op }) => op._tag === "Reload" ? [op.accounts] : [])]
  return all.some(({ a, b }) => a?.handlerTimeoutMs !== undefined || b?.handlerTimeoutMs !== undefined) ? 2 : 0
}
