import { assert, describe, it } from "@effect/vitest"
import type { Failure } from "../../../../src/outbound/api/classifyAnswer.ts"
import { delayBefore } from "../../../../src/outbound/api/internal/retry.ts"

const facts = { status: 400, code: undefined, requestId: undefined, detail: "", hint: "" }
const throttled = (retryAfterMs: number): Failure => ({ _tag: "Throttled", ...facts, retryAfterMs })

describe("retry", () => {
  it("waits 1 s, then 2 s, and gives up after the third try", () => {
    const delays = [1, 2, 3, 4].map((tries) => delayBefore({ _tag: "Unavailable", ...facts }, tries))
    assert.deepStrictEqual(delays, [1_000, 2_000, undefined, undefined])
  })

  it("waits as long as DingTalk asks for, but not all day", () => {
    assert.strictEqual(delayBefore(throttled(1_000), 1), 1_000)
    assert.strictEqual(delayBefore(throttled(1_000), 2), 2_000)
    assert.strictEqual(delayBefore(throttled(7_000), 2), 7_000)
    assert.strictEqual(delayBefore(throttled(30_000), 1), 30_000)
    assert.isUndefined(delayBefore(throttled(30_001), 1))
    assert.isUndefined(delayBefore(throttled(1_000), 3))
  })

  it("only what certainly was not done and may succeed is tried again", () => {
    const others: ReadonlyArray<Failure> = [
      { _tag: "Ambiguous", ...facts },
      { _tag: "CredentialsRejected", ...facts },
      { _tag: "QuotaExhausted", ...facts },
      { _tag: "TargetGone", ...facts },
      { _tag: "TokenRejected", ...facts },
      { _tag: "PermissionDenied", ...facts, scopes: [] },
      { _tag: "IpNotAllowed", ...facts, ip: undefined },
      { _tag: "BadRequest", ...facts, field: undefined },
      { _tag: "TooLarge", ...facts, bytes: undefined, limitBytes: undefined }
    ]
    for (const failure of others) assert.isUndefined(delayBefore(failure, 1), failure._tag)
  })
})
