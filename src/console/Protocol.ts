/**
 * What the console's page and its process say to each other. Both read it from here; a part of the page, so it imports
 * nothing of the process.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "../pageServer/Endpoint.ts"

/**
 * A sentence in the languages that it is known in.
 *
 * @since 0.1.0
 * @category models
 */
export const Sentence = Schema.Struct({ en: Schema.String, zh: Schema.optional(Schema.String) })

/**
 * @since 0.1.0
 * @category models
 */
export type Sentence = typeof Sentence.Type

/**
 * What is wrong with an account: the error's tag, for a `Transient` its reason, what happened, and what to do about it.
 *
 * @since 0.1.0
 * @category models
 */
export const Trouble = Schema.Struct({
  error: Schema.String,
  reason: Schema.optional(Schema.String),
  what: Schema.String,
  hint: Schema.optional(Sentence)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Trouble = typeof Trouble.Type

/**
 * Where an account stands. `until` is when the next try comes; times are in milliseconds since 1970, everywhere here.
 *
 * @since 0.1.0
 * @category models
 */
export const Status = Schema.Struct({
  name: Schema.Literal("Connecting", "Standby", "Connected", "BackingOff", "Stopping", "Stopped"),
  since: Schema.optional(Schema.Number),
  until: Schema.optional(Schema.Number),
  byRequest: Schema.optional(Schema.Boolean),
  trouble: Schema.optional(Trouble)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Status = typeof Status.Type

const Counts = Schema.Record({ key: Schema.String, value: Schema.Number })

/**
 * The numbers of an account since the process began: see docs/telemetry.md.
 *
 * @since 0.1.0
 * @category models
 */
export const Figures = Schema.Struct({
  received: Schema.Number,
  acked: Schema.Number,
  handled: Schema.Number,
  failed: Schema.Number,
  interrupted: Schema.Number,
  dropped: Schema.Number,
  abandoned: Schema.Number,
  duplicate: Schema.Number,
  undecodable: Schema.Number,
  stale: Schema.Number,
  inFlight: Schema.Number,
  queueDepth: Schema.Number,
  strikes: Schema.Number,
  connectedSince: Schema.Number,
  tokenRefreshes: Schema.Number,
  skippedCalls: Schema.Number,
  /** By reason. */
  gated: Counts,
  reconnects: Counts,
  holds: Counts,
  oddFrames: Counts,
  /** By outcome. */
  sends: Counts,
  cards: Counts,
  asks: Counts,
  /** How often, and in seconds all together. */
  handling: Schema.Struct({ count: Schema.Number, seconds: Schema.Number }),
  sendWait: Schema.Struct({ count: Schema.Number, seconds: Schema.Number })
})

/**
 * @since 0.1.0
 * @category models
 */
export type Figures = typeof Figures.Type

/**
 * An account.
 *
 * @since 0.1.0
 * @category models
 */
export const Account = Schema.Struct({
  id: Schema.String,
  clientId: Schema.String,
  status: Status,
  figures: Figures,
  limits: Schema.Struct({
    workers: Schema.Number,
    queueSize: Schema.Number,
    rateLimit: Schema.Number,
    rateBurst: Schema.Number,
    ordering: Schema.String,
    admitsEverybody: Schema.Boolean,
    requireMention: Schema.Boolean
  }),
  /** Whether it was started to log at DEBUG. */
  debug: Schema.Boolean
})

/**
 * @since 0.1.0
 * @category models
 */
export type Account = typeof Account.Type

/**
 * A change of an account's status.
 *
 * @since 0.1.0
 * @category models
 */
export const Change = Schema.TaggedStruct("Change", {
  seq: Schema.Number,
  at: Schema.Number,
  account: Schema.String,
  status: Status
})

/**
 * A log record of this library's, at INFO or above.
 *
 * @since 0.1.0
 * @category models
 */
export const Incident = Schema.TaggedStruct("Incident", {
  seq: Schema.Number,
  at: Schema.Number,
  account: Schema.optional(Schema.String),
  level: Schema.String,
  event: Schema.String,
  facts: Schema.Record({ key: Schema.String, value: Schema.String })
})

/**
 * What became of a message. `atWork` comes first; the one that ends has the same `key`, and stands in its place.
 *
 * @since 0.1.0
 * @category models
 */
export const Outcome = Schema.Literal("atWork", "handled", "failed", "interrupted", "refused", "dropped", "stale")

/**
 * @since 0.1.0
 * @category models
 */
export type Outcome = typeof Outcome.Type

/**
 * A message and what became of it.
 *
 * @since 0.1.0
 * @category models
 */
export const Heard = Schema.TaggedStruct("Heard", {
  seq: Schema.Number,
  key: Schema.String,
  at: Schema.Number,
  account: Schema.String,
  messageId: Schema.String,
  conversationId: Schema.optional(Schema.String),
  chat: Schema.optional(Schema.Literal("direct", "group")),
  sender: Schema.optional(Schema.String),
  kind: Schema.optional(Schema.String),
  /** Only where the console was told to show it. */
  text: Schema.optional(Schema.String),
  outcome: Outcome,
  durationMs: Schema.optional(Schema.Number),
  why: Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Heard = typeof Heard.Type

/**
 * What happened, in the order of `seq`.
 *
 * @since 0.1.0
 * @category models
 */
export const Entry = Schema.Union(Change, Incident, Heard)

/**
 * @since 0.1.0
 * @category models
 */
export type Entry = typeof Entry.Type

/**
 * How much the console remembers of each kind: what is older is forgotten, in the process and on the page.
 *
 * @since 0.1.0
 * @category constants
 */
export const mostOfKind = 300

/**
 * What changed. The first one to a page holds everything.
 *
 * @since 0.1.0
 * @category models
 */
export const Update = Schema.Struct({
  isFirst: Schema.Boolean,
  /** The process's clock. */
  now: Schema.Number,
  startedAt: Schema.Number,
  showsText: Schema.Boolean,
  /** Whether there is a configuration that can be changed here. */
  hasSetup: Schema.Boolean,
  /** Whether there is an inbox, whose dead letters can be looked at. */
  hasInbox: Schema.Boolean,
  /** The ids of all accounts, in order. */
  order: Schema.Array(Schema.String),
  /** Those that are not as they were told of last. */
  accounts: Schema.Array(Account),
  entries: Schema.Array(Entry)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Update = typeof Update.Type

/**
 * @since 0.1.0
 * @category endpoints
 */
export const Live = Endpoint.feed({ path: "/api/live", event: Update })

/**
 * Something is done with an account by hand.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Act = Endpoint.call({
  path: "/api/act",
  payload: Schema.Struct({ account: Schema.String, act: Schema.Literal("start", "stop", "restart", "debug") }),
  success: Schema.Struct({})
})

/**
 * What an inbox has given up. `number` is which one it is of the account's; `id` is DingTalk's.
 *
 * @since 0.1.0
 * @category models
 */
export const Buried = Schema.Struct({
  account: Schema.String,
  number: Schema.Number,
  id: Schema.optional(Schema.String),
  /** The conversation, or what an event is about. */
  line: Schema.String,
  topic: Schema.String,
  attempts: Schema.Number,
  receivedAt: Schema.Number,
  endedAt: Schema.optional(Schema.Number),
  cause: Schema.optional(Schema.String),
  /** Only where the console was told to show it. */
  text: Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category models
 */
export type Buried = typeof Buried.Type

/**
 * How many dead letters there are, and the last of them, the last one first.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const DeadLetters = Endpoint.call({
  path: "/api/dead",
  payload: Schema.Struct({}),
  success: Schema.Struct({ count: Schema.Number, entries: Schema.Array(Buried) })
})

/**
 * Says what becomes of a dead letter: it is handled again, or never.
 *
 * @since 0.1.0
 * @category endpoints
 */
export const Decide = Endpoint.call({
  path: "/api/dead/decide",
  payload: Schema.Struct({
    account: Schema.String,
    number: Schema.Number,
    decision: Schema.Literal("retry", "drop")
  }),
  success: Schema.Struct({})
})
