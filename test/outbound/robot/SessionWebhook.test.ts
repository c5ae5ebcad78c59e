import { assert, describe, it } from "@effect/vitest"
import * as SessionWebhook from "../../../src/outbound/robot/SessionWebhook.ts"
import * as SessionWebhookUrl from "../../../src/SessionWebhookUrl.ts"

const official = { apiBaseUrl: "https://api.dingtalk.com", oapiBaseUrl: "https://oapi.dingtalk.com" }
const overridden = { apiBaseUrl: "http://127.0.0.1:4000", oapiBaseUrl: "https://gateway.example.com/ding" }

describe("SessionWebhook", () => {
  it.each([
    "https://oapi.dingtalk.com/robot/sendBySession?session=abc",
    "https://api.dingtalk.com/robot/sendBySession?session=abc",
    "https://oapi.dingtalk.io/robot/sendBySession?session=abc",
    "https://api.dingtalk.io:443/x",
    "https://OAPI.dingtalk.com/x"
  ])("trusts %s", (url) => {
    assert.isTrue(SessionWebhook.isTrusted(url, official))
  })

  it.each([
    "http://oapi.dingtalk.com/robot/sendBySession?session=abc",
    "https://oapi.dingtalk.com:8443/x",
    "https://evil.dingtalk.com/x",
    "https://oapi.dingtalk.com.evil.com/x",
    "https://oapi.dingtalk.com@evil.com/x",
    "https://user@oapi.dingtalk.com/x",
    "https://:pw@oapi.dingtalk.com/x",
    "https://evil.com/oapi.dingtalk.com",
    "https://evil.com\\@oapi.dingtalk.com/x",
    "http://127.0.0.1:4000/x",
    "ftp://oapi.dingtalk.com/x",
    "javascript:alert(1)",
    "oapi.dingtalk.com/x",
    ""
  ])("does not trust %s", (url) => {
    assert.isFalse(SessionWebhook.isTrusted(url, official))
  })

  it("trusts the host of an overridden base, on any port and without TLS, and no other one", () => {
    for (const url of ["http://127.0.0.1:5000/s?session=x", "https://127.0.0.1/s", "http://gateway.example.com:81/s"]) {
      assert.isTrue(SessionWebhook.isTrusted(url, overridden), url)
    }
    for (
      const url of [
        "http://localhost:4000/s",
        "http://oapi.dingtalk.com/s",
        "ws://127.0.0.1:4000/s",
        "http://u@127.0.0.1/s"
      ]
    ) {
      assert.isFalse(SessionWebhook.isTrusted(url, overridden), url)
    }
    assert.isTrue(SessionWebhook.isTrusted("https://oapi.dingtalk.com/s", overridden))
    assert.isFalse(SessionWebhook.isTrusted("https://x/s", { apiBaseUrl: "not a url", oapiBaseUrl: "" }))
  })

  it("is usable until five minutes before its end, and without an end always", () => {
    const url = "https://oapi.dingtalk.com/robot/sendBySession?session=abc"
    const usable = (sessionWebhookExpiresAt: number | undefined, now: number) =>
      SessionWebhook.usable({ sessionWebhook: SessionWebhookUrl.make(url), sessionWebhookExpiresAt }, official, now)
    assert.strictEqual(usable(5_400_000, 5_099_999), url)
    assert.isUndefined(usable(5_400_000, 5_100_000))
    assert.isUndefined(usable(5_400_000, 9_000_000))
    assert.strictEqual(usable(undefined, 9_000_000_000), url)
    assert.isUndefined(
      SessionWebhook.usable({ sessionWebhook: undefined, sessionWebhookExpiresAt: undefined }, official, 0)
    )
    assert.isUndefined(
      SessionWebhook.usable(
        { sessionWebhook: SessionWebhookUrl.make("https://evil.com"), sessionWebhookExpiresAt: undefined },
        official,
        0
      )
    )
  })
})
