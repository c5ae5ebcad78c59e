import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { constTrue } from "effect/Function"
import { classifyAnswer, type Operation } from "../../../src/outbound/api/classifyAnswer.ts"
import { fieldOf, knownCodes, meaningOf } from "../../../src/outbound/api/internal/codes.ts"

const idempotent: Operation = { name: "read", kind: "idempotent", proves: constTrue }
const send: Operation = {
  name: "write",
  kind: "send",
  proves: (json) => typeof json["processQueryKey"] === "string"
}

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body)
})

const classify = (operation: Operation, status: number, body: unknown, headers?: Record<string, string>) =>
  classifyAnswer(operation, answer(status, body, headers))

const tagOf = (operation: Operation, status: number, body: unknown) => classify(operation, status, body)._tag

describe("classifyAnswer", () => {
  it("C01 a legacy errcode of 0 passes, as a number, as a string, and as null", () => {
    for (const errcode of [0, "0", null]) {
      assert.strictEqual(tagOf(idempotent, 200, { errcode, errmsg: "ok" }), "Success")
    }
  })

  it("C02 another errcode is an error with the code as a string", () => {
    for (const errcode of [300001, "300001"]) {
      const failure = classify(idempotent, 200, { errcode, errmsg: "bad" })
      assert.strictEqual(failure._tag, "BadRequest")
      assert.strictEqual(failure._tag === "BadRequest" && failure.code, "300001")
      assert.strictEqual(failure._tag === "BadRequest" && failure.detail, "bad")
    }
  })

  it("C03 a v1 body with a code is an error with code and HTTP status, even with 200", () => {
    for (const status of [200, 400]) {
      const failure = classify(idempotent, status, { code: "nobody.knows", message: "no", requestid: "R" })
      assert.deepStrictEqual(failure, {
        _tag: "BadRequest",
        status,
        code: "nobody.knows",
        requestId: "R",
        detail: "no",
        field: undefined,
        hint: "Mend the request: it will be refused again as it is"
      })
    }
  })

  it("C04 Throttling.Api with 429 is throttled, in any case of letters", () => {
    for (const code of ["Throttling.Api", "throttling.api", "THROTTLING.API", "Throttling", "Throttling.User"]) {
      for (const operation of [idempotent, send]) {
        for (const status of [400, 403, 429, 503]) assert.strictEqual(tagOf(operation, status, { code }), "Throttled")
      }
    }
  })

  it("C05 a body without a code passes", () => {
    const success = classify(idempotent, 200, { accessToken: "t", requestId: "R" })
    assert.deepStrictEqual(success, {
      _tag: "Success",
      status: 200,
      requestId: "R",
      json: { accessToken: "t", requestId: "R" }
    })
  })

  const shown: Readonly<Record<string, readonly [idempotent: string, send: string]>> = {
    NotProcessed: ["Unavailable", "Unavailable"],
    Unsure: ["Unavailable", "Ambiguous"]
  }

  it.each(knownCodes)("%s: %s, whatever the status and the case of letters", (meaning, code) => {
    const [forIdempotent, forSend] = shown[meaning] ?? [meaning, meaning]
    for (const spelling of [code, code.toLowerCase(), code.toUpperCase()]) {
      for (const status of [200, 400, 401, 403, 500, 503]) {
        assert.strictEqual(tagOf(idempotent, status, { code: spelling }), forIdempotent, `${status}`)
        // Whoever answers with a 5xx can't know how far a message has come.
        const expected = meaning === "NotProcessed" && status >= 500 ? "Ambiguous" : forSend
        assert.strictEqual(tagOf(send, status, { code: spelling }), expected, `${status}`)
        assert.strictEqual(tagOf(send, status, { errcode: spelling }), expected, `${status}`)
      }
    }
  })

  it.each<readonly [code: string, tag: string, field: string | undefined]>([
    ["invalidParameter.robotCode.empty", "BadRequest", "robotCode"],
    ["invalidParameter.robotCode.notExsit", "BadRequest", "robotCode"],
    ["invalidParameter.robotCode.coolApp", "BadRequest", "robotCode"],
    ["invalidParameter.userIds.overMax", "BadRequest", "userIds"],
    ["invalidParameter.userId.empty", "BadRequest", "userId"],
    ["invalidParameter.msgKey.invalid", "BadRequest", "msgKey"],
    ["invalidParameter.msgParam.invalid", "BadRequest", "msgParam"],
    ["invalidParameter.msgBody.invalid", "BadRequest", "msgBody"],
    ["invalidParameter.msg.unsupport", "BadRequest", "msg"],
    ["invalidParameter.param.invalid", "BadRequest", "param"],
    ["invalidParameter.openConversationId.invalid", "BadRequest", "openConversationId"],
    ["invalid.openConversationId", "BadRequest", "openConversationId"],
    ["openConversationId.notExisted", "BadRequest", "openConversationId"],
    ["staffId.notExisted", "BadRequest", "staffId"],
    ["illegal.receivers", "BadRequest", "receivers"],
    ["template.not.existed", "BadRequest", "template"],
    ["template.stopped", "BadRequest", "template"],
    ["miss.param.markdownTotitle", "BadRequest", "markdownTotitle"],
    ["MissingcardTemplateId", "BadRequest", "cardTemplateId"],
    ["Missingbody", "BadRequest", "body"],
    ["Invalidbody", "BadRequest", "body"],
    ["param.outTrackIdEmpty", "BadRequest", "outTrackId"],
    ["param.userIdNotExist", "BadRequest", "userId"],
    ["param.empty", "BadRequest", undefined],
    ["cardTemplateInvalid", "BadRequest", undefined],
    ["Forbidden.AccessDenied.QpsLimitForSomethingNew", "Throttled", undefined],
    ["Forbidden.AccessDenied.SomethingNew", "PermissionDenied", undefined]
  ])("%s is %s about %s", (code, tag, field) => {
    const failure = classify(send, 400, { code, message: "m" })
    assert.strictEqual(failure._tag, tag)
    if (failure._tag === "BadRequest") assert.strictEqual(failure.field, field)
  })

  it.each<readonly [status: number, body: unknown, idempotent: string, send: string]>([
    [200, "", "Unavailable", "Ambiguous"],
    [200, "<html>hello</html>", "Unavailable", "Ambiguous"],
    [200, "[]", "Unavailable", "Ambiguous"],
    [200, "null", "Unavailable", "Ambiguous"],
    [200, "{\"processQuer", "Unavailable", "Ambiguous"],
    [200, {}, "Success", "Ambiguous"],
    [200, { processQueryKey: "k" }, "Success", "Success"],
    [200, { processQueryKey: "k", code: null }, "Success", "Success"],
    [200, { success: false }, "Success", "BadRequest"],
    [302, "", "BadRequest", "BadRequest"],
    [400, "", "BadRequest", "BadRequest"],
    [400, {}, "BadRequest", "BadRequest"],
    [400, "<html>The plain HTTP request was sent to HTTPS port</html>", "Unavailable", "Unavailable"],
    [403, "<html>blocked</html>", "Unavailable", "Unavailable"],
    [401, {}, "TokenRejected", "TokenRejected"],
    [401, { code: "nobody.knows" }, "TokenRejected", "TokenRejected"],
    [403, {}, "PermissionDenied", "PermissionDenied"],
    [404, {}, "BadRequest", "BadRequest"],
    [408, {}, "Unavailable", "Ambiguous"],
    [413, "<html>too large</html>", "TooLarge", "TooLarge"],
    [429, "", "Throttled", "Throttled"],
    [500, {}, "Unavailable", "Ambiguous"],
    [500, { code: "nobody.knows" }, "Unavailable", "Ambiguous"],
    [502, "<html>bad gateway</html>", "Unavailable", "Ambiguous"],
    [503, "", "Unavailable", "Ambiguous"],
    [503, { code: "ServiceUnavailable" }, "Unavailable", "Ambiguous"],
    [400, { code: "ServiceUnavailable" }, "Unavailable", "Unavailable"],
    [504, "", "Unavailable", "Ambiguous"],
    [0, "", "Unavailable", "Ambiguous"]
  ])("HTTP %s with %j: %s, and %s for a send", (status, body, forIdempotent, forSend) => {
    assert.strictEqual(tagOf(idempotent, status, body), forIdempotent)
    assert.strictEqual(tagOf(send, status, body), forSend)
  })

  it.each<readonly [code: unknown, sub: unknown, message: string, tag: string]>([
    [88, "60011", "", "PermissionDenied"],
    [88, 90002, "", "Throttled"],
    [88, "90018", "", "Throttled"],
    ["88", "90019", "", "Throttled"],
    [88, "40014", "", "TokenRejected"],
    [88, undefined, "ding talk error[subcode=60020,submsg=no]", "IpNotAllowed"],
    [88, "12345", "", "PermissionDenied"],
    [88, undefined, "", "PermissionDenied"]
  ])("the legacy errcode %s with sub_code %s (%s) is %s", (errcode, sub_code, errmsg, tag) => {
    const failure = classify(idempotent, 200, { errcode, sub_code, errmsg })
    assert.strictEqual(failure._tag, tag)
    assert.strictEqual(failure._tag !== "Success" && failure.code, "88")
  })

  it("takes the request id from wherever it is", () => {
    for (const key of ["requestid", "requestId", "request_id"]) {
      const failure = classify(send, 400, { code: "x", [key]: "R1" })
      assert.strictEqual(failure.requestId, "R1")
    }
    for (const name of ["x-acs-dingtalk-request-id", "X-Acs-Dingtalk-Request-Id"]) {
      assert.strictEqual(classify(send, 400, "", { [name]: "R2" }).requestId, "R2")
      assert.strictEqual(classify(idempotent, 200, {}, { [name]: "R3" }).requestId, "R3")
    }
  })

  it("says how long to wait: a second, or what the server asks for, five minutes at most", () => {
    const waitFor = (headers: Record<string, string>) => {
      const failure = classify(send, 429, "", headers)
      return failure._tag === "Throttled" ? failure.retryAfterMs : undefined
    }
    assert.strictEqual(waitFor({}), 1_000)
    assert.strictEqual(waitFor({ "retry-after": "7" }), 7_000)
    assert.strictEqual(waitFor({ "retry-after": "0" }), 1_000)
    assert.strictEqual(waitFor({ "retry-after": "9999999" }), 300_000)
    assert.strictEqual(waitFor({ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }), 1_000)
  })

  it("knows the lock-out of an egress address, an HTTP 200 like no other", () => {
    const ban = { status: 1111, wait: 2, source: "x5", punish: "deny", uuid: "u" }
    const bodies: ReadonlyArray<readonly [unknown, number]> = [
      [ban, 120_000],
      [{ ...ban, wait: 5 }, 300_000],
      [{ ...ban, wait: undefined }, 300_000],
      [{ ...ban, status: "1111" }, 120_000],
      [`<html><script>var x = ${JSON.stringify(ban)}</script></html>`, 300_000]
    ]
    for (const [body, wait] of bodies) {
      const failure = classify(send, 200, body)
      assert.strictEqual(failure._tag, "Throttled")
      assert.strictEqual(failure._tag === "Throttled" && failure.retryAfterMs, wait)
      assert.strictEqual(failure._tag === "Throttled" && failure.code, "1111")
    }
  })

  it.each<readonly [body: object, scopes: ReadonlyArray<string>]>([
    [{ message: "应用尚未开通所需的权限：[qyapi_robot_sendmsg]，点击链接申请：https://example.com/a?b=c" }, [
      "qyapi_robot_sendmsg"
    ]],
    [{ message: "lacks 【Card.Instance.Write, Card.Streaming.Write】" }, [
      "Card.Instance.Write",
      "Card.Streaming.Write"
    ]],
    [{ message: "no scope qyapi_get_member and qyapi_get_member" }, ["qyapi_get_member"]],
    [{ message: "m", accessdenieddetail: { requiredScopes: ["Contact.User.Read"] } }, ["Contact.User.Read"]],
    [{ message: "no" }, []]
  ])("reads the missing scopes of %j", (body, scopes) => {
    const failure = classify(send, 403, { code: "Forbidden.AccessDenied.AccessTokenPermissionDenied", ...body })
    assert.strictEqual(failure._tag, "PermissionDenied")
    assert.deepStrictEqual(failure._tag === "PermissionDenied" && failure.scopes, scopes)
  })

  it.each<readonly [message: string, ip: string | undefined]>([
    ["访问ip不在白名单之中,request ip=203.0.113.7", "203.0.113.7"],
    ["request ip = 2001:db8:0:1::7f, refused", "2001:db8:0:1::7f"],
    ["time 12:30", undefined],
    ["no", undefined]
  ])("reads the address of %j", (message, ip) => {
    const failure = classify(send, 403, { code: "Forbidden.AccessDenied.IpNotInWhiteList", message })
    assert.strictEqual(failure._tag, "IpNotAllowed")
    assert.strictEqual(failure._tag === "IpNotAllowed" && failure.ip, ip)
    if (ip !== undefined) assert.include(failure._tag === "IpNotAllowed" ? failure.hint : "", ip)
  })

  it("tells an expired session of a webhook from its other 300001s", () => {
    const field = (errmsg: string) => {
      const failure = classify(send, 200, { errcode: 300001, errmsg })
      return failure._tag === "BadRequest" ? failure.field : "not a BadRequest"
    }
    assert.strictEqual(field("session 不存在"), "session")
    assert.strictEqual(field("token is not exist"), "session")
    assert.strictEqual(field("参数错误"), undefined)
  })

  it("never repeats a page", () => {
    const failure = classify(send, 502, "<html>secret page</html>")
    assert.notInclude(JSON.stringify(failure), "secret page")
  })

  it("is total, and a send is a success only when it is proven", () => {
    const body = FastCheck.oneof(
      FastCheck.string(),
      FastCheck.json(),
      FastCheck.record({
        code: FastCheck.oneof(FastCheck.string(), FastCheck.integer(), FastCheck.constant(null)),
        errcode: FastCheck.oneof(FastCheck.string(), FastCheck.integer()),
        message: FastCheck.anything(),
        processQueryKey: FastCheck.anything()
      }, { requiredKeys: [] }).map((record) => JSON.stringify(record))
    )
    FastCheck.assert(FastCheck.property(FastCheck.integer({ min: 0, max: 999 }), body, (status, body) => {
      const verdict = classifyAnswer(send, { status, headers: {}, body })
      if (verdict._tag !== "Success") return verdict.status === status && typeof verdict.hint === "string"
      return status >= 200 && status < 300 && typeof verdict.json["processQueryKey"] === "string"
    }))
  })

  it("has no code twice", () => {
    const codes = knownCodes.map(([, code]) => code.toLowerCase())
    assert.strictEqual(new Set(codes).size, codes.length)
    for (const [meaning, code] of knownCodes) assert.strictEqual(meaningOf(code), meaning)
    assert.isUndefined(fieldOf("nobody.knows"))
  })
})
