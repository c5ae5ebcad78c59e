/**
 * A call that got no answer: had the request been written? Who knows that it had not may send it again.
 */
import * as Predicate from "effect/Predicate"
import { codeOf } from "../../../internal/net/errorCode.ts"
import type { NoAnswer } from "../../../internal/net/http.ts"
import * as ProxyFailure from "../../../internal/net/proxyFailure.ts"
import type { Failure, Operation } from "../classifyAnswer.ts"
import * as hints from "./hints.ts"

/** System, undici and OpenSSL codes of a connection that never came to be. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "HOSTNAME_MISMATCH",
  "INVALID_CA"
])

const neverConnectedFamilies =
  /^(?:EAI_|CERT_|CRL_|ERR_TLS_|ERR_SSL_(?:WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_|\w*HANDSHAKE_FAILURE|\w*CERTIFICATE|\w*UNKNOWN_CA))/

/** System calls that precede the first byte of a request. */
const connecting = new Set(["connect", "getaddrinfo", "queryA", "queryAaaa"])

const isNeverConnected = (error: unknown): boolean =>
  (Predicate.hasProperty(error, "code") && typeof error.code === "string" &&
    (neverConnected.has(error.code) || neverConnectedFamilies.test(error.code))) ||
  (Predicate.hasProperty(error, "syscall") && typeof error.syscall === "string" && connecting.has(error.syscall))

/** Chains of causes are short; one that is not may be a circle. */
const deepest = 8

/**
 * Whether an error shows, itself or by its chain of causes, that not a byte of the request was written. Of an error that
 * gathers several (one per address that was tried), all must show it. What is unknown may have been written.
 */
export const isNotWritten = (error: unknown, depth: number = deepest): boolean => {
  if (depth === 0) return false
  if (Predicate.hasProperty(error, "errors") && Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.every((each) => isNotWritten(each, depth - 1))
  }
  return isNeverConnected(error) || (Predicate.hasProperty(error, "cause") && isNotWritten(error.cause, depth - 1))
}

const noFacts = { status: undefined, requestId: undefined }

/** A call whose outcome is unknown. */
const unknownOutcome = (operation: Operation, code: string | undefined, detail: string): Failure =>
  operation.kind === "send"
    ? { _tag: "Ambiguous", ...noFacts, code, detail, hint: hints.ambiguous }
    : { _tag: "Unavailable", ...noFacts, code, detail, hint: hints.network }

/** What a client's error means for the call. Neither the URL nor a header of the request gets into it. */
export const networkFailure = (operation: Operation, error: NoAnswer): Failure => {
  // Connecting has shorter bounds of its own, so the request may have been written.
  if (error._tag === "TimedOut") return unknownOutcome(operation, undefined, `no answer within ${error.boundMs} ms`)
  const proxy = ProxyFailure.descriptionOf(error.cause)
  const code = codeOf(error.cause)
  if (proxy !== undefined) {
    return { _tag: "Unavailable", ...noFacts, code, detail: proxy, hint: hints.remedyIn(proxy) ?? hints.network }
  }
  if (error._tag === "ResponseError") return unknownOutcome(operation, code, "the answer could not be read")
  if (error.reason !== "Transport") {
    return {
      _tag: "BadRequest",
      ...noFacts,
      code,
      field: undefined,
      detail: error.reason === "InvalidUrl" ? "the URL is not valid" : "the request could not be encoded",
      hint: hints.url
    }
  }
  return isNotWritten(error.cause)
    ? {
      _tag: "Unavailable",
      ...noFacts,
      code,
      detail: "no connection",
      hint: hints.remedyIn(code ?? "") ?? hints.network
    }
    : unknownOutcome(operation, code, "the connection broke")
}
