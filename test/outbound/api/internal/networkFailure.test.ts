import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { constTrue } from "effect/Function"
import { codeOf } from "../../../../src/internal/net/errorCode.ts"
import { TimedOut } from "../../../../src/internal/net/http.ts"
import type { Operation } from "../../../../src/outbound/api/classifyAnswer.ts"
import { isNotWritten, networkFailure } from "../../../../src/outbound/api/internal/networkFailure.ts"
import { systemError } from "../utils/fakeApi.ts"

const send: Operation = { name: "write", kind: "send", proves: constTrue }
const read: Operation = { name: "read", kind: "idempotent", proves: constTrue }
const request = HttpClientRequest.post("https://oapi.dingtalk.com/robot/sendBySession?session=hidden")

const broken = (cause: unknown) => new HttpClientError.RequestError({ request, reason: "Transport", cause })
/** As `fetch` has it. */
const fetchFailed = (cause: unknown) => new TypeError("fetch failed", { cause })

describe("networkFailure", () => {
  it.each([
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
  ])("%s: not written, so not done, so it may be sent again", (code) => {
    for (
      const cause of [systemError(code), fetchFailed(systemError(code)), fetchFailed(fetchFailed(systemError(code)))]
    ) {
      assert.isTrue(isNotWritten(cause))
      assert.strictEqual(networkFailure(send, broken(cause))._tag, "Unavailable")
      assert.strictEqual(networkFailure(send, broken(cause)).code, code)
    }
  })

  it.each(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_ABORTED", "NOBODY_KNOWS"])(
    "%s: may have been written",
    (code) => {
      assert.isFalse(isNotWritten(fetchFailed(systemError(code))))
      assert.strictEqual(networkFailure(send, broken(systemError(code)))._tag, "Ambiguous")
      assert.strictEqual(networkFailure(read, broken(systemError(code)))._tag, "Unavailable")
    }
  )

  it("ETIMEDOUT: it matters in what", () => {
    assert.isTrue(isNotWritten(systemError("ETIMEDOUT", "connect")))
    assert.isTrue(isNotWritten(systemError("SOMETHING", "getaddrinfo")))
    assert.isFalse(isNotWritten(systemError("ETIMEDOUT", "read")))
    assert.isFalse(isNotWritten(systemError("ETIMEDOUT")))
  })

  it("several addresses: not written if it is so for each", () => {
    const refused = systemError("ECONNREFUSED")
    assert.isTrue(isNotWritten(fetchFailed(new AggregateError([refused, systemError("ENETUNREACH")]))))
    assert.isFalse(isNotWritten(new AggregateError([refused, systemError("ECONNRESET")])))
    assert.isFalse(isNotWritten(new AggregateError([])))
    assert.strictEqual(codeOf(new AggregateError([refused])), "ECONNREFUSED")
  })

  it("believes nothing, and ends", () => {
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    for (const odd of [undefined, null, "ECONNREFUSED", 7, {}, { code: 7 }, { code: "econnrefused" }, circle]) {
      assert.isFalse(isNotWritten(odd))
      assert.isUndefined(codeOf(odd))
      assert.strictEqual(networkFailure(send, broken(odd))._tag, "Ambiguous")
    }
  })

  it("a request that could not be made is a bad one", () => {
    for (const reason of ["InvalidUrl", "Encode"] as const) {
      const failure = networkFailure(send, new HttpClientError.RequestError({ request, reason }))
      assert.strictEqual(failure._tag, "BadRequest")
    }
  })

  it("an answer that breaks off, and one that does not come, leave a send open", () => {
    const response = HttpClientResponse.fromWeb(request, new Response(null, { status: 200 }))
    const error = new HttpClientError.ResponseError({
      request,
      response,
      reason: "Decode",
      cause: systemError("ECONNRESET")
    })
    assert.strictEqual(networkFailure(send, error)._tag, "Ambiguous")
    assert.strictEqual(networkFailure(read, error)._tag, "Unavailable")
    assert.strictEqual(networkFailure(send, new TimedOut({ boundMs: 30_000 }))._tag, "Ambiguous")
    assert.strictEqual(networkFailure(read, new TimedOut({ boundMs: 30_000 }))._tag, "Unavailable")
  })

  it("says nothing of the URL", () => {
    for (const reason of ["Transport", "InvalidUrl", "Encode"] as const) {
      const failure = networkFailure(
        send,
        new HttpClientError.RequestError({ request, reason, cause: new Error(request.url) })
      )
      assert.notInclude(JSON.stringify(failure), "hidden")
    }
  })
})
