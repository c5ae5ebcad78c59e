/**
 * Why an account is not receiving: the three ways in which a Stream connection goes wrong, as tagged errors.
 *
 * - `PermanentAuth`: **stop**. The credentials, a permission or the IP allow-list must be mended by a person.
 * - `StreamStall`: **stop**. DingTalk takes the connection and hangs up on it, again and again, without a message.
 * - `Transient`: **retry**. The runner does so by itself, with back-off; nobody has to handle it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Predicate from "effect/Predicate"
import * as ConsoleHints from "./internal/consoleHints.ts"

/**
 * The machine-readable reason of a {@link Transient}.
 *
 * - `throttled`: DingTalk limits the rate (HTTP 403 `…QpsLimit…`, 429)
 * - `quota`: the organisation's monthly quota is used up (`ApiCountLimitForOrg`)
 * - `ipBanned`: too many calls from this egress IP (an HTTP 200 with `status: 1111`)
 * - `serverError`: HTTP 5xx
 * - `rejected`: an HTTP 4xx that is not known to be permanent; often a mistake in the application's settings
 * - `badAnswer`: HTML, an empty body, or JSON without a usable ticket
 * - `network`: name resolution, TCP or TLS failed
 * - `timeout`: no answer within the bound
 * - `handshakeRefused`: the WebSocket upgrade was answered with something other than 101
 * - `connectionClosed`: the server ended the connection
 * - `heartbeatLost`: no pong within the deadline: the socket was half-open
 * - `protocol`: the peer broke the WebSocket protocol (oversized frame, invalid UTF-8, garbage)
 *
 * @since 0.1.0
 * @category models
 */
export type TransientReason =
  | "throttled"
  | "quota"
  | "ipBanned"
  | "serverError"
  | "rejected"
  | "badAnswer"
  | "network"
  | "timeout"
  | "handshakeRefused"
  | "connectionClosed"
  | "heartbeatLost"
  | "protocol"

const facts = (fields: Readonly<Record<string, string | number | undefined>>): string => {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "")
  return known.length === 0 ? "" : ` (${known.map(([key, value]) => `${key} ${value}`).join(", ")})`
}

/**
 * DingTalk refuses this account for good. The runner stops the account; a person has to act on `hint`.
 *
 * @since 0.1.0
 * @category errors
 */
export class PermanentAuth extends Data.TaggedError("PermanentAuth")<{
  /** The account's id in the configuration. */
  readonly account: string
  /** DingTalk's error code as it was sent, if the answer carried one. */
  readonly code: string | undefined
  /** The HTTP status of the refusal. */
  readonly status: number | undefined
  /** DingTalk's request id, to be quoted to their support. */
  readonly requestId: string | undefined
  /** What DingTalk said, in its own words. */
  readonly detail: string
  /** What to do about it. */
  readonly hint: string
}> {
  override get message(): string {
    return `account "${this.account}": ${this.detail || "refused"}${
      facts({ HTTP: this.status, code: this.code, request: this.requestId })
    }. ${this.hint}`
  }
}

/**
 * DingTalk accepted the connection and ended it within moments, several times in a row, without one message. The
 * runner stops the account (unless a cool-down is configured).
 *
 * @since 0.1.0
 * @category errors
 */
export class StreamStall extends Data.TaggedError("StreamStall")<{
  /** The account's id in the configuration. */
  readonly account: string
  /** How many short, silent sessions there were in a row. */
  readonly strikes: number
  /** How long the last of them lasted, in milliseconds. */
  readonly lastDurationMs: number
}> {
  override get message(): string {
    return `account "${this.account}": DingTalk ended ${this.strikes} connections in a row without delivering anything` +
      ` (the last after ${this.lastDurationMs} ms). ${ConsoleHints.published}`
  }
}

/**
 * A failure that passes by itself. The runner retries with back-off and never gives up on it.
 *
 * @since 0.1.0
 * @category errors
 */
export class Transient extends Data.TaggedError("Transient")<{
  /** The account's id in the configuration. */
  readonly account: string
  readonly reason: TransientReason
  /** The HTTP status or WebSocket close code, if one was received. */
  readonly status: number | undefined
  /** DingTalk's error code as it was sent, if the answer carried one. */
  readonly code: string | undefined
  /** DingTalk's request id, to be quoted to their support. */
  readonly requestId: string | undefined
  /** The least time to wait before the next try, in milliseconds, where it is known. */
  readonly retryAfterMs: number | undefined
  /** What happened, in words. Never contains a secret, a ticket or a token. */
  readonly detail: string
}> {
  override get message(): string {
    return `account "${this.account}": ${this.reason}: ${this.detail}${
      facts({ status: this.status, code: this.code, request: this.requestId })
    }`
  }
}

/**
 * There is no account of this id. **Mend** the call or the configuration.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownAccount extends Data.TaggedError("UnknownAccount")<{
  /** The id that was asked for. */
  readonly account: string
  /** The ids that there are, in the order of the configuration. */
  readonly known: ReadonlyArray<string>
}> {
  override get message(): string {
    return `there is no account "${this.account}": the configuration has ${
      this.known.map((id) => `"${id}"`).join(", ") || "none"
    }`
  }
}

/**
 * All that can be wrong with an account's connection.
 *
 * @since 0.1.0
 * @category errors
 */
export type DingTalkError = PermanentAuth | StreamStall | Transient

/**
 * The errors that end an account.
 *
 * @since 0.1.0
 * @category errors
 */
export type PermanentError = PermanentAuth | StreamStall

/**
 * @since 0.1.0
 * @category guards
 */
export const isDingTalkError = (u: unknown): u is DingTalkError =>
  u instanceof PermanentAuth || u instanceof StreamStall || u instanceof Transient

/**
 * Whether the account stops on this error (behaviour case H05).
 *
 * @since 0.1.0
 * @category guards
 */
export const isPermanent = (u: unknown): u is PermanentError =>
  Predicate.isTagged(u, "PermanentAuth") || Predicate.isTagged(u, "StreamStall")
