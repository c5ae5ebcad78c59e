/**
 * Why a call of DingTalk's HTTP APIs failed: one family of tagged errors for everything that leaves this library.
 *
 * - {@link CredentialsRejected}, {@link PermissionDenied}, {@link IpNotAllowed}: **stop**. A person has to mend the
 *   application's settings.
 * - {@link Throttled}, {@link Unavailable}: **retry**. It certainly was not done. The client has already tried up to
 *   three times, unless `retryAfterMs` was more than 30 s.
 * - {@link QuotaExhausted}: **wait** for the next month, or buy.
 * - {@link TargetGone}: **forget** the target.
 * - {@link BadRequest}, {@link TooLarge}: **mend** the request.
 * - {@link Ambiguous}: **look**. It may have been done; this library never sends it again.
 *
 * No error holds a secret, a token or the URL of a session webhook.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Predicate from "effect/Predicate"
import type { Failure } from "./classifyAnswer.ts"

/**
 * What every error of the family knows.
 *
 * @since 0.1.0
 * @category models
 */
export interface Common {
  /** The account's id in the configuration. */
  readonly account: string
  /** What was being done, as in the span's name: `sendToUser`, `getToken`, … */
  readonly operation: string
  /** The HTTP status of the answer; `undefined` if there was none. */
  readonly status: number | undefined
  /** DingTalk's code as it was sent, or the system's (`ECONNREFUSED`), if there is one. */
  readonly code: string | undefined
  /** DingTalk's request id, to be quoted to their support. */
  readonly requestId: string | undefined
  /** What DingTalk said, or what happened, in at most 300 characters. */
  readonly detail: string
  /** What to do about it. */
  readonly hint: string
}

/**
 * An error in one sentence.
 *
 * @since 0.1.0
 * @category rendering
 */
export const say = (error: Common, summary: string): string => {
  const facts = [
    error.status === undefined ? undefined : `HTTP ${error.status}`,
    error.code === undefined ? undefined : `code ${error.code}`,
    error.requestId === undefined ? undefined : `request ${error.requestId}`
  ].filter((fact) => fact !== undefined)
  return `account "${error.account}": ${error.operation}: ${summary}${error.detail === "" ? "" : `: ${error.detail}`}${
    facts.length === 0 ? "" : ` (${facts.join(", ")})`
  }. ${error.hint}`
}

/**
 * DingTalk does not know this pair of Client ID and Client Secret, or refuses the token that it issued for it.
 *
 * @since 0.1.0
 * @category errors
 */
export class CredentialsRejected extends Data.TaggedError("CredentialsRejected")<Common> {
  override get message(): string {
    return say(this, "credentials refused")
  }
}

/**
 * The application lacks a permission.
 *
 * @since 0.1.0
 * @category errors
 */
export class PermissionDenied extends Data.TaggedError("PermissionDenied")<
  Common & {
    /** The scopes that are missing, as far as DingTalk named them (`qyapi_robot_sendmsg`). */
    readonly scopes: ReadonlyArray<string>
  }
> {
  override get message(): string {
    return say(this, "permission denied")
  }
}

/**
 * The application has an IP allow-list, and this machine is not on it.
 *
 * @since 0.1.0
 * @category errors
 */
export class IpNotAllowed extends Data.TaggedError("IpNotAllowed")<
  Common & {
    /** The address as DingTalk saw it, if it said so; IPv4 or IPv6. */
    readonly ip: string | undefined
  }
> {
  override get message(): string {
    return say(this, "IP address not allowed")
  }
}

/**
 * Too many calls. Nothing was done.
 *
 * @since 0.1.0
 * @category errors
 */
export class Throttled extends Data.TaggedError("Throttled")<
  Common & {
    /** The least time to wait before the next try, in milliseconds. */
    readonly retryAfterMs: number
  }
> {
  override get message(): string {
    return say(this, `throttled for ${this.retryAfterMs} ms`)
  }
}

/**
 * The organisation's monthly quota of calls, or a webhook's, is used up. Not a throttle: waiting a little does not help.
 *
 * @since 0.1.0
 * @category errors
 */
export class QuotaExhausted extends Data.TaggedError("QuotaExhausted")<Common> {
  override get message(): string {
    return say(this, "quota exhausted")
  }
}

/**
 * The group was disbanded, the robot was removed from it or stopped, or the person does not take its messages.
 *
 * @since 0.1.0
 * @category errors
 */
export class TargetGone extends Data.TaggedError("TargetGone")<Common> {
  override get message(): string {
    return say(this, "target gone")
  }
}

/**
 * DingTalk does not understand the request, or finds something in it wrong. Nothing was done.
 *
 * @since 0.1.0
 * @category errors
 */
export class BadRequest extends Data.TaggedError("BadRequest")<
  Common & {
    /** The field that is wrong (`robotCode`, `userIds`), where the code names one. */
    readonly field: string | undefined
  }
> {
  override get message(): string {
    return say(this, this.field === undefined ? "bad request" : `bad request (${this.field})`)
  }
}

/**
 * The message is larger than DingTalk takes. Found out before sending where the limit is known.
 *
 * @since 0.1.0
 * @category errors
 */
export class TooLarge extends Data.TaggedError("TooLarge")<
  Common & {
    /** The size in bytes, where it was measured. */
    readonly bytes: number | undefined
    /** The limit in bytes, where it is known. */
    readonly limitBytes: number | undefined
  }
> {
  override get message(): string {
    return say(
      this,
      this.bytes === undefined || this.limitBytes === undefined
        ? "too large"
        : `too large: ${this.bytes} of ${this.limitBytes} bytes`
    )
  }
}

/**
 * The request was written and no usable answer came: it may have been done, and may not. Only calls that people would
 * see twice end so; they are never sent again by this library.
 *
 * @since 0.1.0
 * @category errors
 */
export class Ambiguous extends Data.TaggedError("Ambiguous")<Common> {
  override get message(): string {
    return say(this, "outcome unknown")
  }
}

/**
 * It was not done: there was no connection, or DingTalk says that it could not. For a call that may be repeated without
 * harm, also: no usable answer came.
 *
 * @since 0.1.0
 * @category errors
 */
export class Unavailable extends Data.TaggedError("Unavailable")<Common> {
  override get message(): string {
    return say(this, "unavailable")
  }
}

/**
 * Every way in which a call fails.
 *
 * @since 0.1.0
 * @category errors
 */
export type ApiError =
  | CredentialsRejected
  | PermissionDenied
  | IpNotAllowed
  | Throttled
  | QuotaExhausted
  | TargetGone
  | BadRequest
  | TooLarge
  | Ambiguous
  | Unavailable

const classes = [
  CredentialsRejected,
  PermissionDenied,
  IpNotAllowed,
  Throttled,
  QuotaExhausted,
  TargetGone,
  BadRequest,
  TooLarge,
  Ambiguous,
  Unavailable
] as const

/**
 * Whether a value is an error of this family.
 *
 * @since 0.1.0
 * @category guards
 */
export const isApiError = (u: unknown): u is ApiError => classes.some((errorClass) => u instanceof errorClass)

/**
 * Whether the same call may succeed later and certainly was not done now: `Throttled` and `Unavailable`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRetryable = (error: ApiError): error is Throttled | Unavailable =>
  Predicate.isTagged(error, "Throttled") || Predicate.isTagged(error, "Unavailable")

/**
 * The error of a failed call. A token that is still refused after it was renewed is a matter of the credentials.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromFailure = (call: Pick<Common, "account" | "operation">, failure: Failure): ApiError => {
  const { code, detail, hint, requestId, status } = failure
  const common: Common = { account: call.account, operation: call.operation, status, code, requestId, detail, hint }
  switch (failure._tag) {
    case "CredentialsRejected":
    case "TokenRejected":
      return new CredentialsRejected(common)
    case "PermissionDenied":
      return new PermissionDenied({ ...common, scopes: failure.scopes })
    case "IpNotAllowed":
      return new IpNotAllowed({ ...common, ip: failure.ip })
    case "Throttled":
      return new Throttled({ ...common, retryAfterMs: failure.retryAfterMs })
    case "QuotaExhausted":
      return new QuotaExhausted(common)
    case "TargetGone":
      return new TargetGone(common)
    case "BadRequest":
      return new BadRequest({ ...common, field: failure.field })
    case "TooLarge":
      return new TooLarge({ ...common, bytes: failure.bytes, limitBytes: failure.limitBytes })
    case "Ambiguous":
      return new Ambiguous(common)
    case "Unavailable":
      return new Unavailable(common)
  }
}
