/**
 * What a persistent program reads beside what `listen` prints: the beginning, results and errors. Pure.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import { isApiError, isRetryable } from "../../../outbound/api/ApiError.ts"
import { toJson } from "../../text/printable.ts"
import * as Command from "./Command.ts"
import * as Split from "./split.ts"

/**
 * The version of the protocol. Another number means that a program written for this one may fail; what is merely added
 * does not change it.
 *
 * @since 0.1.0
 * @category constants
 */
export const protocol = 1

/**
 * The first line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const hello = (
  { accounts, downloads }: { readonly accounts: ReadonlyArray<string>; readonly downloads: boolean }
): string =>
  toJson({
    type: "hello",
    protocol,
    accounts,
    receives: Command.received.filter((type) => type !== "hello"),
    commands: Command.types,
    downloads,
    maxLineBytes: Split.maxBytes
  })

/**
 * The last line: nothing new comes.
 *
 * @since 0.1.0
 * @category rendering
 */
export const stopping: string = toJson({ type: "stopping" })

/**
 * A command was carried out.
 *
 * @since 0.1.0
 * @category rendering
 */
export const result = (id: Command.Id, facts: object): string => toJson({ type: "result", id, ...facts })

/**
 * Why a command was not carried out, as a program is told.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure {
  /** The error's tag, or what is wrong with the command. */
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  /** Whether the same command may succeed later, and certainly was not carried out now. */
  readonly retryable: boolean
  readonly facts: object
}

const factsOf = (error: object): object => ({
  ...(Predicate.hasProperty(error, "retryAfterMs") ? { retryAfterMs: error.retryAfterMs } : {}),
  ...(Predicate.hasProperty(error, "field") && error.field !== undefined ? { field: error.field } : {}),
  ...(Predicate.hasProperty(error, "requestId") && error.requestId !== undefined ? { requestId: error.requestId } : {}),
  ...(Predicate.hasProperty(error, "users") ? { users: error.users } : {}),
  ...(Predicate.hasProperty(error, "sent") && Array.isArray(error.sent) ? { sent: error.sent.length } : {}),
  ...(Predicate.hasProperty(error, "total") ? { total: error.total } : {})
})

const hintOf = (error: object): string | undefined =>
  Predicate.hasProperty(error, "hint") && typeof error.hint === "string" ? error.hint : undefined

/**
 * An error of the library as a program is told of it.
 *
 * @since 0.1.0
 * @category conversions
 */
export const failureOf = (error: { readonly _tag: string; readonly message: string }): Failure => ({
  code: error._tag,
  message: error.message,
  hint: hintOf(error),
  retryable: isApiError(error) && isRetryable(error),
  facts: factsOf(error)
})

/**
 * A command that can't be carried out, whenever it is tried.
 *
 * @since 0.1.0
 * @category conversions
 */
export const refused = ({ code, hint, message }: Pick<Failure, "code" | "hint" | "message">): Failure => ({
  code,
  message,
  hint,
  retryable: false,
  facts: {}
})

/**
 * A line of more than {@link Split.maxBytes} bytes.
 *
 * @since 0.1.0
 * @category constants
 */
export const tooLong: Failure = refused({
  code: "TooLong",
  message: `the line has more than ${Split.maxBytes} bytes, and was passed over`,
  hint: "send a long text in parts, or as a file"
})

/**
 * A command was not carried out, or a line is none; `id` is `undefined` where the command has none, or could not be read.
 *
 * @since 0.1.0
 * @category rendering
 */
export const error = (
  id: Command.Id | undefined,
  line: number,
  { code, facts, hint, message, retryable }: Failure
): string => toJson({ type: "error", id: id ?? null, line, code, message, hint, retryable, ...facts })
