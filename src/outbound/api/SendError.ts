/**
 * Why a message did not go out, or not whole: what an {@link ApiError} is about one call, these are about a message.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type { UnknownAccount } from "../../DingTalkError.ts"
import { cut } from "../../internal/net/scrub.ts"
import { type ApiError, type Common, say } from "./ApiError.ts"

/**
 * The text that should name a target names nobody. Nothing was sent. **Mend** the call.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidTarget extends Data.TaggedError("InvalidTarget")<
  Common & {
    /** The text as it was given. */
    readonly to: string
  }
> {
  override get message(): string {
    return say(this, "invalid target")
  }
}

/**
 * Whom one call reaches: some people, or one group.
 *
 * @since 0.1.0
 * @category models
 */
export type Batch = Data.TaggedEnum<{
  readonly Users: { readonly userIds: ReadonlyArray<string> }
  readonly Group: { readonly conversationId: string }
}>

/**
 * The configuration has no account, or one without a Client ID or Client Secret (behaviour case B07). **Mend** it.
 *
 * @since 0.1.0
 * @category errors
 */
export class CredentialsMissing extends Data.TaggedError("CredentialsMissing")<{
  /** The account's id; `default` if there is none at all. */
  readonly account: string
}> {
  override get message(): string {
    return `account "${this.account}": credentials not configured`
  }
}

/** A batch has no more people. */
const mostNamed = 20

/**
 * Why DingTalk does not deliver to a person although it took the message: it does not know the id, limits how often the
 * person is written to, or filtered the person out.
 *
 * @since 0.1.0
 * @category models
 */
export type Refusal = "invalid" | "flowControlled" | "filtered"

/**
 * A person whom the message will not reach.
 *
 * @since 0.1.0
 * @category models
 */
export interface RefusedUser {
  readonly userId: string
  readonly reason: Refusal
}

/**
 * DingTalk answered 200 and named every recipient as one that it will not deliver to. Nothing went out.
 *
 * @since 0.1.0
 * @category errors
 */
export class Refused extends Data.TaggedError("Refused")<
  Common & {
    readonly users: ReadonlyArray<RefusedUser>
  }
> {
  override get message(): string {
    const named = this.users.slice(0, mostNamed).map(({ reason, userId }) => `${cut(userId, [])} (${reason})`).join(
      ", "
    )
    const more = this.users.length - mostNamed
    const users = more > 0 ? `${named} and ${more} more` : named
    return `account "${this.account}": ${this.operation}: refused for ${users}${
      this.requestId === undefined ? "" : ` (request ${this.requestId})`
    }. ${this.hint}`
  }
}

/**
 * How a chunk went out: through the API, or through the session webhook of the message that it answers.
 *
 * @since 0.1.0
 * @category models
 */
export type Via = "api" | "webhook"

/**
 * A chunk that went out.
 *
 * @since 0.1.0
 * @category models
 */
export interface SentChunk {
  /** From 0. */
  readonly index: number
  readonly via: Via
  /** The `processQueryKey`, by which the message can be recalled; a webhook gives none. */
  readonly messageId: string | undefined
  /** Its length in characters, as `String.length` counts them. */
  readonly characters: number
}

/**
 * Some chunks went out, then one failed; the rest was not tried. The ones that went out are not sent again by this
 * library; go on from `failed.index` if `failed.error` allows it.
 *
 * @since 0.1.0
 * @category errors
 */
export class PartialSend extends Data.TaggedError("PartialSend")<{
  readonly account: string
  /** Where it was going: the bare target. */
  readonly chatId: string
  /** The chunks that went out, in order. */
  readonly sent: ReadonlyArray<SentChunk>
  readonly failed: { readonly index: number; readonly error: ApiError | Refused }
  /** How many chunks the text has. */
  readonly total: number
}> {
  override get message(): string {
    return `account "${this.account}": ${this.sent.length} of ${this.total} chunks went out, then: ${this.failed.error.message}`
  }
}

/**
 * A call that went out: whom it was for, less those whom DingTalk refused.
 *
 * @since 0.1.0
 * @category models
 */
export interface SentBatch {
  readonly batch: Batch
  /** The `processQueryKey`, by which the message can be recalled. */
  readonly messageId: string | undefined
  readonly refused: ReadonlyArray<RefusedUser>
}

/**
 * A message to many went out to some, then a call failed; the rest was not tried. Those that went out are not sent again
 * by this library; go on with `failed.batch` and `rest` if `failed.error` allows it.
 *
 * @since 0.1.0
 * @category errors
 */
export class PartialDelivery extends Data.TaggedError("PartialDelivery")<{
  readonly account: string
  readonly sent: ReadonlyArray<SentBatch>
  readonly failed: { readonly batch: Batch; readonly error: ApiError | Refused }
  readonly rest: ReadonlyArray<Batch>
}> {
  override get message(): string {
    const total = this.sent.length + 1 + this.rest.length
    return `account "${this.account}": ${this.sent.length} of ${total} batches went out, then: ${this.failed.error.message}`
  }
}

/**
 * Every way in which sending a text fails.
 *
 * @since 0.1.0
 * @category errors
 */
export type SendError = ApiError | InvalidTarget | UnknownAccount | CredentialsMissing | Refused | PartialSend

/**
 * Why a URL was not fetched.
 *
 * - `invalid`: it is no URL.
 * - `scheme`: it is not `https:`, nor allowed.
 * - `credentials`: it has a user name or a password in it.
 * - `address`: its host has an address that is not of the public internet.
 * - `unresolved`: its host has no address, as far as this machine knows.
 * - `redirects`: it leads from one to the next, too often.
 *
 * @since 0.1.0
 * @category models
 */
export type UrlRefusal = "invalid" | "scheme" | "credentials" | "address" | "unresolved" | "redirects"

/** The way out, where there is one. */
const ways: ReadonlyMap<UrlRefusal, string> = new Map([
  ["scheme", ". Give an https: URL, or allow its host"],
  ["address", ". Allow the host if it is yours"],
  ["unresolved", ". Check the name; where only the proxy can resolve it, allow the host"]
])

/**
 * A URL that came from outside was not fetched: it, or one that it redirects to, might lead to where only this machine
 * gets. Allow its host if that is meant.
 *
 * @since 0.1.0
 * @category errors
 */
export class UrlRefused extends Data.TaggedError("UrlRefused")<{
  readonly account: string
  readonly reason: UrlRefusal
  /** The host; the rest of a URL can be a secret. */
  readonly host: string
  /** What stood against it: the kind of the address, the scheme, … */
  readonly detail: string
}> {
  override get message(): string {
    return `account "${this.account}": a URL${
      this.host === "" ? "" : ` of ${this.host}`
    } is not fetched: ${this.reason}${this.detail === "" ? "" : ` (${this.detail})`}${ways.get(this.reason) ?? ""}`
  }
}

/**
 * A local file could not be read or written. Nothing was sent, and no half-written file is left.
 *
 * @since 0.1.0
 * @category errors
 */
export class FileUnavailable extends Data.TaggedError("FileUnavailable")<{
  readonly path: string
  /** In a few words. */
  readonly detail: string
}> {
  override get message(): string {
    return `${this.path}: ${this.detail}`
  }
}

/**
 * DingTalk does not take files of this type. **Mend** it, or let it be zipped where it is to be sent as a file.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnsupportedType extends Data.TaggedError("UnsupportedType")<{
  readonly fileName: string
  /** As what it should have been sent. */
  readonly kind: "image" | "voice" | "video" | "file"
  /** The extensions that are taken. */
  readonly supported: ReadonlyArray<string>
}> {
  override get message(): string {
    return `${this.fileName}: DingTalk takes no such ${this.kind}, only ${this.supported.join(", ")}`
  }
}

/**
 * Every way in which sending or fetching media fails, less what sending has of its own.
 *
 * @since 0.1.0
 * @category errors
 */
export type MediaError = ApiError | UnknownAccount | CredentialsMissing | UrlRefused | FileUnavailable | UnsupportedType
