/**
 * What a configuration may hold, for those who write it in TypeScript or have it checked in an editor.
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"

/**
 * `true`, `false`, or one of `true/1/yes/on` and `false/0/no/off` as a string, in any case.
 *
 * @since 0.1.0
 * @category models
 */
export type Flag = boolean | 0 | 1 | (string & {})

/**
 * A number, or one as a string.
 *
 * @since 0.1.0
 * @category models
 */
export type Numeric = number | `${number}`

/**
 * A list, a JSON array as a string, or items with commas between them. Items are trimmed, blank ones are removed.
 *
 * @since 0.1.0
 * @category models
 */
export type List = ReadonlyArray<string | number> | string

/** In camelCase; null and undefined are as good as absent. */
interface Keys {
  /** The application's Client ID. */
  readonly clientId?: string | null | undefined
  /** The same, as it was called formerly; it wins. */
  readonly appKey?: string | null | undefined
  /** The application's Client Secret. */
  readonly clientSecret?: string | Redacted.Redacted<string> | null | undefined
  /** The same, as it was called formerly; it wins. */
  readonly appSecret?: string | Redacted.Redacted<string> | null | undefined
  /** The robot's code. Default: the Client ID. */
  readonly robotCode?: string | null | undefined
  /** Whether the account runs. Default true. */
  readonly enabled?: Flag | null | undefined
  /** In groups, answer only when mentioned. Default false. */
  readonly requireMention?: Flag | null | undefined
  /** Group conversations (`cid…`) in which no mention is needed. Default none. */
  readonly freeResponseChats?: List | null | undefined
  /** Regular expressions for texts that count as a mention, whatever their case. Default none. */
  readonly mentionPatterns?: List | null | undefined
  /** Staff ids or sender ids that may speak to the robot. Default: everybody, which is also what `*` in it means. */
  readonly allowedUsers?: List | null | undefined
  /** The same. */
  readonly allowFrom?: List | null | undefined
  /** How many messages are handled at once, at least 1. Default 8. */
  readonly dispatchWorkers?: Numeric | null | undefined
  /** How many messages may wait for a worker, at least `dispatchWorkers`. Default 256. */
  readonly dispatchQueueSize?: Numeric | null | undefined
  /** How many bytes of messages may wait, at least 1. Default: see `DingTalkConfig.keys`. */
  readonly dispatchQueueBytes?: Numeric | null | undefined
  /** What gives way when the queue is full. Default `dropNewest`. */
  readonly overflow?: "dropNewest" | "dropOldest" | null | undefined
  /** `conversation`: strict order and no overlap within a conversation. Default `unordered`. */
  readonly ordering?: "unordered" | "conversation" | null | undefined
  /** Longest a handler may take, in milliseconds. Default: no bound. */
  readonly handlerTimeoutMs?: Numeric | null | undefined
  /** What is older than this when it arrives is not handled, in milliseconds. Default: nothing is too old. */
  readonly staleAfterMs?: Numeric | null | undefined
  /** With `onMessages`: what one person says within this time of each other is one burst, in milliseconds. Default 1 000. */
  readonly burstMs?: Numeric | null | undefined
  /** At a stop, longest wait for handlers that are at work, in milliseconds. Default 1 500. */
  readonly drainTimeoutMs?: Numeric | null | undefined
  /** After a `StreamStall`, wait this many milliseconds and try again with one probe. Default: never. */
  readonly stallCoolDownMs?: Numeric | null | undefined
  /** How text is sent. Default `auto`. */
  readonly renderMode?: "plain" | "markdown" | "auto" | null | undefined
  /** Longest text of one message, in characters. Default 4 000. */
  readonly textChunkLimit?: Numeric | null | undefined
  /** Sends a second. Default 20. */
  readonly rateLimit?: Numeric | null | undefined
  /** Sends that may go out at once after a quiet time. Default 5. */
  readonly rateBurst?: Numeric | null | undefined
  /** Base of the v1 API. Default `https://api.dingtalk.com`. */
  readonly apiBaseUrl?: string | null | undefined
  /** Base of the legacy API; it does not follow `apiBaseUrl`. Default `https://oapi.dingtalk.com`. */
  readonly oapiBaseUrl?: string | null | undefined
  /** Subscribe to EVENT `*`. Default false. */
  readonly events?: Flag | null | undefined
}

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First> ? `${First}${Snake<Rest>}` : `_${Lowercase<First>}${Snake<Rest>}`
  : ""

type SnakeKeys = { readonly [Key in keyof Keys as Key extends string ? Snake<Key> : never]: Keys[Key] }

/**
 * The settings of one account, in camelCase or in snake_case. Where one stands under several names, the former name wins,
 * and camelCase before snake_case.
 *
 * @since 0.1.0
 * @category models
 */
export interface AccountInput extends Keys, SnakeKeys {}

/**
 * What `layerUnknown` and `decodeUnknown` read, and a file of `layerFile` holds: the settings of one account, `default`, or
 * of several, for which those at the top level count where they have none of their own.
 *
 * @example
 * import { DingTalkConfig } from "effect-dingtalk"
 *
 * const input: DingTalkConfig.Input = {
 *   clientId: "dingxxxxxxxx",
 *   clientSecret: "secret",
 *   allowed_users: "staff_1, staff_2",
 *   accounts: { ops: { clientId: "dingops", clientSecret: "another", requireMention: true } }
 * }
 * const Config = DingTalkConfig.layerUnknown(input)
 *
 * @since 0.1.0
 * @category models
 */
export interface Input extends AccountInput {
  /** Accounts by their ids. */
  readonly accounts?: Readonly<Record<string, AccountInput | null>> | null | undefined
  /** Custom robots' webhooks by their names, for the command line (`send --to webhook:NAME`): URLs, or with a secret. */
  readonly webhooks?:
    | Readonly<Record<string, string | { readonly url: string; readonly secret?: string | undefined }>>
    | null
    | undefined
}
