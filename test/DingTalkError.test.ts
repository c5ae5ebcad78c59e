import { assert, describe, it } from "@effect/vitest"
import { isDingTalkError, isPermanent, PermanentAuth, StreamStall, Transient } from "../src/DingTalkError.ts"

const auth = new PermanentAuth({
  account: "ops",
  code: "authFailed",
  status: 401,
  requestId: "R-1",
  detail: "鉴权失败",
  hint: "Compare Client ID and Client Secret"
})
const stall = new StreamStall({ account: "ops", strikes: 5, lastDurationMs: 120 })
const transient = new Transient({
  account: "ops",
  reason: "throttled",
  status: 403,
  code: undefined,
  requestId: undefined,
  retryAfterMs: 1_000,
  detail: "too many calls"
})

describe("DingTalkError", () => {
  it("H05 refusals and stalls are permanent, everything else passes", () => {
    assert.deepStrictEqual([auth, stall, transient, new Error("x"), undefined].map(isPermanent), [
      true,
      true,
      false,
      false,
      false
    ])
    assert.deepStrictEqual([auth, stall, transient, new Error("x")].map(isDingTalkError), [true, true, true, false])
  })

  it("messages name the account, the facts that are known, and what to do", () => {
    assert.strictEqual(
      auth.message,
      "account \"ops\": 鉴权失败 (HTTP 401, code authFailed, request R-1). Compare Client ID and Client Secret"
    )
    assert.include(stall.message, "account \"ops\": DingTalk ended 5 connections in a row")
    assert.strictEqual(transient.message, "account \"ops\": throttled: too many calls (status 403)")
  })
})
