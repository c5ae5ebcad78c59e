import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { classify, permanentCodes } from "../../../src/stream/internal/openingAnswer.ts"

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  classify({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) })

const qps = "Forbidden.AccessDenied.QpsLimitForApi"

/** [what, status, body, headers, the meaning in short] */
const table: ReadonlyArray<readonly [string, number, unknown, Record<string, string>, string]> = [
  ["G01 wrong credentials", 401, { code: "authFailed", message: "鉴权失败", requestid: "R" }, {}, "Permanent"],
  ["G01 any other 401", 401, "", {}, "Permanent"],
  ["G01 a 401 page", 401, "<html>", {}, "Permanent"],
  ["G02 a ticket", 200, { endpoint: "wss://a", ticket: "t" }, {}, "Ticket"],
  ["G03 a gateway without JSON", 503, "upstream connect error", {}, "serverError"],
  ["500 with JSON", 500, { code: "InternalError" }, {}, "serverError"],
  ["wrong pair as HTTP 400", 400, { code: "invalidClientIdOrSecret" }, {}, "Permanent"],
  ["missing permission", 403, { code: "Forbidden.AccessDenied.AccessTokenPermissionDenied" }, {}, "Permanent"],
  ["address not allowed", 403, { code: "Forbidden.AccessDenied.IpNotInWhiteList" }, {}, "Permanent"],
  ["403 without a code", 403, { message: "no" }, {}, "Permanent"],
  ["403 without a body", 403, "", {}, "Permanent"],
  ["a proxy's 403 page", 403, "<html><body>blocked</body></html>", {}, "badAnswer"],
  ["throttled for the API", 403, { code: qps }, {}, "throttled"],
  ["throttled for the key", 403, { code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi" }, {}, "throttled"],
  ["quota", 403, { code: "Forbidden.AccessDenied.ApiCountLimitForOrg" }, {}, "quota"],
  ["quota, legacy", 200, { errcode: 90020 }, {}, "badAnswer"],
  ["quota, legacy code", 403, { errcode: 90020 }, {}, "quota"],
  ["a 403 of another kind", 403, { code: "Something.New" }, {}, "rejected"],
  ["429", 429, "", {}, "throttled"],
  ["408", 408, "", {}, "timeout"],
  ["400 without a code", 400, "", {}, "rejected"],
  ["400, plain HTTP to an HTTPS port", 400, "<html>Tengine</html>", {}, "badAnswer"],
  ["400, missing body", 400, { code: "Missingbody", requestid: "R" }, {}, "rejected"],
  ["404", 404, { code: "InvalidAction.NotFound" }, {}, "rejected"],
  ["200 and nothing", 200, "", {}, "badAnswer"],
  ["200 and a page", 200, "<!doctype html>", {}, "badAnswer"],
  ["200 and no ticket", 200, { endpoint: "wss://a" }, {}, "badAnswer"],
  ["200 and an array", 200, [], {}, "badAnswer"],
  ["200 and a number for a ticket", 200, { endpoint: "wss://a", ticket: 7 }, {}, "badAnswer"],
  ["the ban of an address", 200, { status: 1111, wait: 5, source: "x5", punish: "deny" }, {}, "ipBanned"]
]

describe("classify", () => {
  for (const [what, status, body, headers, expected] of table) {
    it(`${what} is ${expected}`, () => {
      const opening = answer(status, body, headers)
      assert.strictEqual(opening._tag === "Transient" ? opening.reason : opening._tag, expected)
    })
  }

  for (const code of permanentCodes.keys()) {
    it(`the code ${code} is permanent in any case, with something to do`, () => {
      for (const spelled of [code, code.toUpperCase()]) {
        const opening = answer(400, { code: spelled })
        assert.strictEqual(opening._tag, "Permanent")
        assert.isTrue(opening._tag === "Permanent" && opening.hint.length > 20 && opening.code === spelled)
      }
    })
  }

  it("carries code, request id from body or header, and the server's words", () => {
    const opening = answer(401, { code: "authFailed", message: "鉴权失败", requestId: "A" })
    assert.deepInclude(opening, { code: "authFailed", requestId: "A", detail: "鉴权失败" })
    assert.deepInclude(answer(500, "", { "x-acs-dingtalk-request-id": "B" }), { requestId: "B" })
  })

  it("says how long to wait, and never longer than five minutes", () => {
    assert.deepInclude(answer(403, { code: qps }), { retryAfterMs: 1_000 })
    assert.deepInclude(answer(503, "", { "retry-after": "7" }), { retryAfterMs: 7_000 })
    assert.deepInclude(answer(503, "", { "retry-after": "86400" }), { retryAfterMs: 300_000 })
    assert.deepInclude(answer(503, "", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }), { retryAfterMs: undefined })
    for (const wait of [5, "5", undefined, { toString: 1, valueOf: 1 }, [[]]]) {
      assert.deepInclude(answer(200, { status: 1111, wait }), { retryAfterMs: 300_000 })
    }
  })

  it("an uncoded 400 says what usually causes it", () => {
    const opening = answer(400, "")
    assert.isTrue(opening._tag === "Transient" && opening.detail.includes("not published"))
  })

  it("is total, and only a 2xx with both fields is a ticket", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.integer({ min: 100, max: 599 }),
      FastCheck.oneof(FastCheck.string(), FastCheck.json()),
      (status, body) => {
        const opening = answer(status, body)
        return opening._tag !== "Ticket" || (status >= 200 && status < 300)
      }
    ))
  })
})
