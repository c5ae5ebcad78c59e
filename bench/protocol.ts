/**
 * What the processes of the benchmark say to each other: the one that measures, the fake gateway, and the clients.
 * Types only, so that a client loads nothing but what it is.
 */

/** Commands of a process, by name, each with what goes in and what comes out. Must survive a trip through JSON. */
export type CommandTypes<C> = { readonly [K in keyof C]: { readonly input: unknown; readonly output: unknown } }

/** Text that messages are made of; the frames are equally long, in bytes. */
export type Script = "ascii" | "chinese"

/** Times are in milliseconds, from just before the frames are written until their acknowledgement is read. */
export interface AckTimes {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** What came of sending frames. */
export interface RunReport {
  readonly sent: number
  readonly acked: number
  readonly wallMs: number
  readonly ackMs: AckTimes
}

/** What every run has in common. */
export interface RunOptions {
  /** The connections to send to, in turn: those of the client of this name. */
  readonly group: string
  readonly script: Script
  /** Conversations that the messages belong to, in turn. */
  readonly conversations: number
}

/** What came of notices. */
export interface HandOverReport {
  /** Frames that were due. */
  readonly due: number
  /** Frames that found no connection, or that nobody acknowledged. */
  readonly lost: number
  /** Time without any connection, all notices together. */
  readonly deafMs: number
  readonly notices: number
}

export interface GatewayCommands {
  /** Waits for this many connections of a client; gives the time of the last, in milliseconds since 1970. */
  readonly connected: { readonly input: { group: string; count: number }; readonly output: number }
  /** Keeps `outstanding` frames unacknowledged until `count` are sent. */
  readonly window: { readonly input: RunOptions & { count: number; outstanding: number }; readonly output: RunReport }
  /** Sends at a steady pace: what is due goes to one connection, the next to the next. */
  readonly paced: { readonly input: RunOptions & { count: number; perSecond: number }; readonly output: RunReport }
  /** Sends as fast as the socket takes it. */
  readonly flood: { readonly input: RunOptions & { count: number }; readonly output: RunReport }
  /** Sends at a steady pace while notices announce the end of one connection after the other. */
  readonly handOver: {
    readonly input: RunOptions & {
      perSecond: number
      notices: number
      /** From a client's request for a ticket until it is connected. */
      openingMs: number
      /** From a notice until the server ends the connection. */
      graceMs: number
      /** From the end of the old connection until the next notice. */
      restMs: number
    }
    readonly output: HandOverReport
  }
  /** Sends SYSTEM pings to the connections in turn, evenly spread over `durationMs`; gives the number of answers. */
  readonly keepAlive: {
    readonly input: { group: string; pings: number; durationMs: number }
    readonly output: number
  }
}

/** What a handler does, besides counting. */
export type Work =
  | { readonly _tag: "Nothing" }
  /** Burns CPU in one message of `every`. */
  | { readonly _tag: "Burn"; readonly ms: number; readonly every: number }
  | { readonly _tag: "Sleep"; readonly ms: number }
  /** Remembers what it handled, to find what is handled twice. */
  | { readonly _tag: "Remember" }

/** What a client of the stream is to be. */
export interface ClientSpec {
  readonly group: string
  readonly gatewayUrl: string
  readonly accounts: number
  readonly work: Work
  /** Ours only. */
  readonly ordering: "unordered" | "conversation"
  /** Ours only: Effect's default tracer, tracing off, or a tracer that records. */
  readonly tracing: "default" | "off" | "recording"
  /** Ours only: the SQLite file, or the URL of the PostgreSQL database, in which its inbox is. Default: in memory. */
  readonly inbox?: string
  /** Ours only: the database and the port of a runner of a cluster. Default: alone. */
  readonly cluster?: { readonly url: string; readonly port: number }
  /** Ours only: from which age on a connection counts as healthy, in milliseconds. Default: the library's. */
  readonly healthyMs?: number
  /** The official SDK only: its client-side heartbeat, which is off by default. */
  readonly keepAlive: boolean
}

/** What a process has used since its start. */
export interface Usage {
  readonly cpuMicros: number
  readonly rssBytes: number
  /** Since {@link ClientCommands.settle}, where the system can tell, else since the start. */
  readonly peakRssBytes: number
  readonly heapBytes: number
}

/** What became of messages since the client's start. */
export interface Tally {
  readonly handled: number
  readonly handledTwice: number
  /** Given up because the client's queue was full. */
  readonly dropped: number
  /** What the client's own metrics say about deliveries; undefined for a client without metrics. */
  readonly counted: number | undefined
}

export interface ProcessCommands {
  readonly usage: { readonly input: null; readonly output: Usage }
  /** Collects garbage, and begins a new peak of resident memory. */
  readonly settle: { readonly input: null; readonly output: Usage }
  readonly profileStart: { readonly input: null; readonly output: null }
  /** Writes a CPU profile to the file. */
  readonly profileStop: { readonly input: { file: string }; readonly output: null }
}

export interface ClientCommands extends ProcessCommands {
  readonly tally: { readonly input: null; readonly output: Tally }
  /** Adds accounts, up to this number. */
  readonly grow: { readonly input: { accounts: number }; readonly output: null }
  /** Moments in which at least one timer went off, within the given time. */
  readonly timerWakeUps: { readonly input: { durationMs: number }; readonly output: number }
}

/** What a client of the API is to be. */
export interface CallerSpec {
  readonly apiUrl: string
  readonly text: string
}

export interface CallerCommands extends ProcessCommands {
  /** Sends texts, so many at once; gives the time it took, in milliseconds. Fails if any was not taken. */
  readonly burst: { readonly input: { count: number; concurrency: number }; readonly output: { wallMs: number } }
}
