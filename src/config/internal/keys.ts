/**
 * The keys of the configuration, once: what each is called, what it may be, and what a reader has to know.
 */
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type { AccountSettings } from "../Settings.ts"
import * as Values from "./values.ts"

/** One row of the table. */
export interface Entry {
  readonly schema: Schema.Schema.AnyNoContext
  readonly kind: "text" | "secret" | "flag" | "number" | "list" | "choice"
  /** What there is to choose from, of a choice. */
  readonly choices?: ReadonlyArray<string>
  readonly accepted: string
  readonly aliases?: ReadonlyArray<string>
  /** The variable to recommend, without its prefix. Default: the key's name. */
  readonly env?: string
  readonly default: string
  readonly description: string
}

/** The hosts of DingTalk, without a trailing slash. */
export const publicHosts = { api: "https://api.dingtalk.com", oapi: "https://oapi.dingtalk.com" } as const

/** What an account is when nothing but its credentials is given. */
export const defaults: Omit<AccountSettings, "id" | "appKey" | "appSecret" | "robotCode"> = {
  requireMention: false,
  freeResponseChats: [],
  mentionPatterns: [],
  allowedUsers: [],
  dispatchWorkers: 8,
  dispatchQueueSize: 256,
  dispatchQueueBytes: 32 * 1024 * 1024,
  overflow: "dropNewest",
  ordering: "unordered",
  handlerTimeoutMs: undefined,
  staleAfterMs: undefined,
  burstMs: 1_000,
  drainTimeoutMs: 1_500,
  stallCoolDownMs: undefined,
  renderMode: "auto",
  textChunkLimit: 4_000,
  rateLimit: 20,
  rateBurst: 5,
  apiBaseUrl: publicHosts.api,
  oapiBaseUrl: publicHosts.oapi,
  events: false
}

const json = (value: unknown): string => JSON.stringify(value)

const flag = {
  schema: Values.Flag,
  kind: "flag",
  accepted: "boolean, or `true/1/yes/on` and their opposites as strings"
} as const
const text = { kind: "text", accepted: "string" } as const
const list = { kind: "list", accepted: "list, JSON-array string or comma list; trimmed, blanks removed" } as const
const count = { schema: Values.Count, kind: "number", accepted: "integer or numeric string, at least 1" } as const
const milliseconds = {
  schema: Values.positive("milliseconds"),
  kind: "number",
  accepted: "number or numeric string above 0, milliseconds"
} as const
const url = {
  schema: Values.BaseUrl,
  kind: "text",
  accepted: "http or https URL; trailing slashes are removed"
} as const

/**
 * Of two spellings that are both given, the one that stands first wins: the key itself, then its aliases, each in
 * camelCase and in snake_case.
 */
export const table = {
  appKey: {
    schema: Values.ClientId,
    ...text,
    aliases: ["clientId"],
    env: "CLIENT_ID",
    default: "required",
    description: "The application's Client ID, formerly AppKey."
  },
  appSecret: {
    schema: Values.Secret,
    ...text,
    kind: "secret",
    aliases: ["clientSecret"],
    env: "CLIENT_SECRET",
    default: "required",
    description: "The application's Client Secret, formerly AppSecret."
  },
  robotCode: { schema: Values.Id, ...text, default: "the Client ID", description: "The robot's code." },
  enabled: { ...flag, default: json(true), description: "Whether the account runs." },
  requireMention: {
    ...flag,
    default: json(defaults.requireMention),
    description: "In groups, answer only when mentioned."
  },
  freeResponseChats: {
    schema: Values.Ids,
    ...list,
    default: json(defaults.freeResponseChats),
    description: "Group conversations (`cid…`) in which no mention is needed."
  },
  mentionPatterns: {
    schema: Values.Patterns,
    ...list,
    accepted: `${list.accepted}; regular expressions`,
    default: json(defaults.mentionPatterns),
    description: "Texts that count as a mention, whatever their case."
  },
  allowedUsers: {
    schema: Values.LowerCaseIds,
    ...list,
    aliases: ["allowFrom"],
    default: json(defaults.allowedUsers),
    description: "Staff ids or sender ids that may speak to the robot; empty, or `*` in it, admits everyone."
  },
  dispatchWorkers: {
    ...count,
    default: json(defaults.dispatchWorkers),
    description: "How many messages are handled at once."
  },
  dispatchQueueSize: {
    ...count,
    accepted: "integer or numeric string, at least `dispatchWorkers`",
    default: `${defaults.dispatchQueueSize}, or \`dispatchWorkers\` if that is more`,
    description: "How many messages may wait for a worker."
  },
  dispatchQueueBytes: {
    ...count,
    accepted: "integer or numeric string, at least 1, bytes",
    default: `${defaults.dispatchQueueBytes} (32 MiB)`,
    description: "How many bytes of messages may wait for a worker, two for each character."
  },
  overflow: {
    schema: Values.oneOf("dropNewest", "dropOldest"),
    kind: "choice",
    choices: ["dropNewest", "dropOldest"],
    accepted: "`dropNewest` or `dropOldest`",
    default: defaults.overflow,
    description: "What gives way when the queue is full."
  },
  ordering: {
    schema: Values.oneOf("unordered", "conversation"),
    kind: "choice",
    choices: ["unordered", "conversation"],
    accepted: "`unordered` or `conversation`",
    default: defaults.ordering,
    description: "`conversation`: strict order and no overlap within a conversation."
  },
  handlerTimeoutMs: {
    ...milliseconds,
    default: "no bound",
    description: "Longest a handler may take."
  },
  staleAfterMs: {
    ...milliseconds,
    default: "nothing is too old",
    description: "What is older than this when it arrives is not handled; `onStale` is told."
  },
  burstMs: {
    ...milliseconds,
    default: json(defaults.burstMs),
    description: "With `onMessages`: what one person says within this time of each other is handled as one."
  },
  drainTimeoutMs: {
    ...milliseconds,
    default: json(defaults.drainTimeoutMs),
    description: "At a stop, longest wait for handlers that are at work."
  },
  stallCoolDownMs: {
    ...milliseconds,
    default: "never",
    description: "After a `StreamStall`, wait this long and try again with one probe."
  },
  renderMode: {
    schema: Values.RenderMode,
    kind: "choice",
    choices: ["auto", "plain", "markdown"],
    accepted: "`plain` or `markdown`; anything else is `auto`",
    default: json(defaults.renderMode),
    description: "How text is sent."
  },
  textChunkLimit: {
    ...count,
    default: json(defaults.textChunkLimit),
    description: "Longest text of one message, in characters."
  },
  rateLimit: {
    schema: Values.positive("sends a second"),
    kind: "number",
    accepted: "number or numeric string above 0",
    default: json(defaults.rateLimit),
    description: "Sends a second."
  },
  rateBurst: {
    ...count,
    default: json(defaults.rateBurst),
    description: "Sends that may go out at once after a quiet time."
  },
  apiBaseUrl: { ...url, default: defaults.apiBaseUrl, description: "Base of the v1 API." },
  oapiBaseUrl: {
    ...url,
    default: defaults.oapiBaseUrl,
    description: "Base of the legacy API; it does not follow `apiBaseUrl`."
  },
  events: { ...flag, default: json(defaults.events), description: "Subscribe to EVENT `*`." }
} satisfies Record<string, Entry>

/** A key's name as it is called in `AccountSettings`. */
export type KeyName = keyof typeof table

/** What can be given for one account; all of it may be absent. */
export const Given = Schema.partialWith(Schema.Struct(schemasOf(table)), { exact: true })

/** A mapped object has lost which schema belongs to which key: this is the one place that says it again. */
function schemasOf<T extends Record<string, Entry>>(entries: T) {
  return Record.map(entries, ({ schema }) => schema) as { readonly [K in keyof T]: T[K]["schema"] }
}
