import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ApiError from "../../../src/outbound/api/ApiError.ts"
import type { Failure } from "../../../src/outbound/api/classifyAnswer.ts"

const call = { account: "bot", operation: "sendToUser" }
const facts = { status: 403, code: "C", requestId: "R", detail: "said so", hint: "Do it" }

const failures: ReadonlyArray<readonly [Failure, message: string]> = [
  [{ _tag: "CredentialsRejected", ...facts }, "credentials refused"],
  [{ _tag: "TokenRejected", ...facts }, "credentials refused"],
  [{ _tag: "PermissionDenied", ...facts, scopes: ["a.b"] }, "permission denied"],
  [{ _tag: "IpNotAllowed", ...facts, ip: "203.0.113.7" }, "IP address not allowed"],
  [{ _tag: "Throttled", ...facts, retryAfterMs: 1_000 }, "throttled for 1000 ms"],
  [{ _tag: "QuotaExhausted", ...facts }, "quota exhausted"],
  [{ _tag: "TargetGone", ...facts }, "target gone"],
  [{ _tag: "BadRequest", ...facts, field: "userIds" }, "bad request (userIds)"],
  [{ _tag: "BadRequest", ...facts, field: undefined }, "bad request"],
  [{ _tag: "TooLarge", ...facts, bytes: 2, limitBytes: 1 }, "too large: 2 of 1 bytes"],
  [{ _tag: "TooLarge", ...facts, bytes: undefined, limitBytes: undefined }, "too large"],
  [{ _tag: "Ambiguous", ...facts }, "outcome unknown"],
  [{ _tag: "Unavailable", ...facts }, "unavailable"]
]

describe("ApiError", () => {
  it.each(failures)("$_tag says all that it knows", (failure, summary) => {
    const error = ApiError.fromFailure(call, failure)
    assert.isTrue(ApiError.isApiError(error))
    assert.strictEqual(error._tag, failure._tag === "TokenRejected" ? "CredentialsRejected" : failure._tag)
    assert.strictEqual(
      error.message,
      `account "bot": sendToUser: ${summary}: said so (HTTP 403, code C, request R). Do it`
    )
    assert.include(Cause.pretty(Cause.fail(error)), summary)
    const { _tag, ...fields } = failure
    assert.deepInclude({ ...error }, { ...call, ...fields })
  })

  it("leaves out what it does not know", () => {
    const error = new ApiError.Unavailable({
      ...call,
      status: undefined,
      code: undefined,
      requestId: undefined,
      detail: "",
      hint: "Wait"
    })
    assert.strictEqual(error.message, "account \"bot\": sendToUser: unavailable. Wait")
  })

  it("isRetryable: Throttled and Unavailable, nothing else", () => {
    const retryable = failures.map(([failure]) => ApiError.fromFailure(call, failure)).filter(ApiError.isRetryable)
    assert.deepStrictEqual(retryable.map(({ _tag }) => _tag), ["Throttled", "Unavailable"])
    assert.isFalse(ApiError.isApiError(new Error("x")))
  })
})
