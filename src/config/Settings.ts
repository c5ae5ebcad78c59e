/**
 * What the settings of an account are once they are decoded, and where those in force are kept.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/**
 * The settings of one account (one DingTalk application, one robot), decoded and complete.
 *
 * @since 0.1.0
 * @category models
 */
export interface AccountSettings {
  /** The account's id: its key in `accounts`, or `default`. */
  readonly id: string
  /** The application's Client ID (formerly AppKey). */
  readonly appKey: string
  /** The application's Client Secret (formerly AppSecret). */
  readonly appSecret: Redacted.Redacted<string>
  /** The robot's code. Default: `appKey`. */
  readonly robotCode: string
  /** In groups, answer only when mentioned. Default false. */
  readonly requireMention: boolean
  /** Group conversations in which no mention is needed. Default none. */
  readonly freeResponseChats: ReadonlyArray<string>
  /** Case-insensitive patterns that count as a mention. Default none. */
  readonly mentionPatterns: ReadonlyArray<RegExp>
  /** Staff ids or sender ids that may speak to the robot, lower-cased; empty or `*` admits everyone. Default empty. */
  readonly allowedUsers: ReadonlyArray<string>
  /** How many messages are handled at once. Default 8, at least 1. */
  readonly dispatchWorkers: number
  /** How many messages may wait for a worker. Default 256, at least `dispatchWorkers`. */
  readonly dispatchQueueSize: number
  /**
   * How many bytes of messages may wait for a worker, counted as two for each character. Default 32 MiB. Each message
   * takes one of the `dispatchQueueSize` places, and a large one as many as its share of the bytes. One message may
   * always wait, however large.
   */
  readonly dispatchQueueBytes: number
  /** What gives way when the queue is full. Default `dropNewest`. */
  readonly overflow: "dropNewest" | "dropOldest"
  /** `conversation`: strict order and no overlap within a conversation. Default `unordered`. */
  readonly ordering: "unordered" | "conversation"
  /** Longest a handler may take, in milliseconds. Default: no bound. */
  readonly handlerTimeoutMs: number | undefined
  /**
   * What is older than this when it arrives is not handled, in milliseconds; `onStale` is told. Default: nothing is too
   * old.
   */
  readonly staleAfterMs: number | undefined
  /** With `onMessages`: what one person says within this time of each other is handled as one, in milliseconds. Default 1 000. */
  readonly burstMs: number
  /** At a stop, longest wait for handlers that are at work, in milliseconds. Default 1 500. */
  readonly drainTimeoutMs: number
  /** After a `StreamStall`, wait this many milliseconds and try again with one probe. Default: never. */
  readonly stallCoolDownMs: number | undefined
  /**
   * How text is sent: `plain` or `markdown`, as it is written; or as what it is, with its line breaks. Default `auto`.
   */
  readonly renderMode: "plain" | "markdown" | "auto"
  /** Longest text of one message, in characters. Default 4 000. */
  readonly textChunkLimit: number
  /** Sends a second. Default 20. */
  readonly rateLimit: number
  /** Sends that may go out at once after a quiet time. Default 5. */
  readonly rateBurst: number
  /** Base of the v1 API, without a trailing slash. Default `https://api.dingtalk.com`. */
  readonly apiBaseUrl: string
  /** Base of the legacy API, without a trailing slash. Default `https://oapi.dingtalk.com`. */
  readonly oapiBaseUrl: string
  /** Subscribe to EVENT `*`. Default false. */
  readonly events: boolean
}

/**
 * The settings of all accounts, by id, in the order of the configuration.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  readonly accounts: ReadonlyMap<string, AccountSettings>
  /** What was left out or looks wrong, a sentence each; never contains a secret. */
  readonly warnings: ReadonlyArray<string>
}

/**
 * The settings in force. They can be replaced at run time (see `DingTalkChannel.reload`), so whoever needs them asks
 * each time.
 *
 * @since 0.1.0
 * @category tags
 */
export class DingTalkConfig extends Context.Tag("effect-dingtalk/DingTalkConfig")<DingTalkConfig, {
  readonly get: Effect.Effect<Settings>
  readonly set: (settings: Settings) => Effect.Effect<void>
}>() {}

/**
 * One thing that is wrong with a configuration.
 *
 * @since 0.1.0
 * @category errors
 */
export interface Issue {
  /**
   * Where, in the user's own words: `accounts.ops.client_secret` in an object, `DINGTALK_CLIENT_SECRET` in the
   * environment. Empty if it is about the whole.
   */
  readonly path: string
  /** What is wrong and what to do: it reads on from the path. Never contains a secret. */
  readonly message: string
}

const publicOrigins: ReadonlySet<string> = new Set([
  "https://api.dingtalk.com",
  "https://api.dingtalk.io",
  "https://pre-api.dingtalk.com",
  "https://pre-api.dingtalk.io"
])

/**
 * Whether the account talks to something other than DingTalk's own v1 API: a private deployment, a proxy or a fake.
 * The overseas host `https://api.dingtalk.io` and the pre-release hosts are DingTalk's own.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isApiOverridden = (settings: Pick<AccountSettings, "apiBaseUrl">): boolean =>
  !URL.canParse(settings.apiBaseUrl) || !publicOrigins.has(new URL(settings.apiBaseUrl).origin)
