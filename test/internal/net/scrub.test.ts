import { assert, describe, it } from "@effect/vitest"
import { cut, scrub, scrubAnswer } from "../../../src/internal/net/scrub.ts"

describe("scrub", () => {
  it("blacks out the given secrets, wherever they are", () => {
    assert.strictEqual(scrub("bad s3cret: s3cret!", ["s3cret"]), "bad <redacted>: <redacted>!")
    assert.strictEqual(scrub("aaa", ["", "a"]), "aaa")
  })

  it.each([
    ["GET /robot/sendBySession?session=abc123&x=1 failed", "GET /robot/sendBySession?session=<redacted>&x=1 failed"],
    ["{\"access_token\": \"abc123\"}", "{\"access_token\": \"<redacted>\"}"],
    ["accessToken=abc123", "accessToken=<redacted>"],
    ["appSecret: abc123, other", "appSecret: <redacted>, other"],
    ["wss://h/connect?ticket=abc123", "wss://h/connect?ticket=<redacted>"]
  ])("blacks out what looks like a credential: %s", (text, expected) => {
    assert.strictEqual(scrub(text, []), expected)
  })

  it("leaves ordinary words alone", () => {
    for (const text of ["不合法的access_token", "session 不存在", "无效的clientId或者clientSecret"]) {
      assert.strictEqual(scrub(text, ["unrelated"]), text)
    }
  })

  it("is one line, and no longer than 300 characters", () => {
    assert.strictEqual(scrub(" a\r\n\tb\u0000\u001b[31mc ", []), "a b [31mc")
    assert.strictEqual(scrub("x".repeat(1_000), []).length, 300)
  })
})

describe("scrubAnswer", () => {
  it("blacks out long secrets wherever an answer repeats them, and nothing that may stand there by chance", () => {
    const secret = "0123456789abcdef"
    const answer = { status: 200, headers: {}, body: `{"code":"${secret}","key":"abcd"}` }
    assert.deepStrictEqual(scrubAnswer(answer, [secret, "abcd"]), {
      ...answer,
      body: "{\"code\":\"<redacted>\",\"key\":\"abcd\"}"
    })
  })
})

describe("cut", () => {
  it("keeps an id to a hundred characters of one line, without secrets", () => {
    assert.strictEqual(cut(undefined, []), undefined)
    assert.strictEqual(cut("a\u001b\nb s3cret", ["s3cret"]), "a b <redacted>")
    assert.strictEqual(cut("x".repeat(1_000), [])?.length, 100)
  })
})
