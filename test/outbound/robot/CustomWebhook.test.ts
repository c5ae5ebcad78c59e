import { assert, describe, it } from "@effect/vitest"
import * as CustomWebhook from "../../../src/outbound/robot/CustomWebhook.ts"

const secret = "SECd54b9a9b8b5a4b5a8e1f0a2c3d4e5f60718293a4b5c6d7e8f9012345678abcd0"

describe("custom webhook", () => {
  it("signs as DingTalk's own example in Python does", () => {
    // hmac.new(secret, f"{timestamp}\n{secret}", sha256), base64, quote_plus
    const url = CustomWebhook.urlAt("https://oapi.dingtalk.com/robot/send?access_token=t", secret, 1_577_262_236_757)
    assert.strictEqual(
      url,
      "https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1577262236757" +
        "&sign=IZH75uMEmRo7Tq8Ya1Wy8KuVDAxm6PMnEQ1IWJibYck%3D"
    )
  })

  it("leaves the URL alone without a secret", () => {
    const url = "https://oapi.dingtalk.com/robot/send?access_token=t"
    assert.strictEqual(CustomWebhook.urlAt(url, undefined, 1), url)
  })

  it("says what is wrong with a URL, without the URL", () => {
    const problem = CustomWebhook.problemOf
    assert.isUndefined(problem("https://oapi.dingtalk.com/robot/send?access_token=t"))
    assert.isUndefined(problem("http://127.0.0.1:7788/robot/send?access_token=t"))
    assert.include(problem("oapi.dingtalk.com/robot/send"), "is no URL")
    assert.include(problem("http://oapi.dingtalk.com/robot/send?access_token=hidden"), "https://")
    assert.include(problem("https://oapi.dingtalk.com/robot/send"), "access_token")
    assert.notInclude(problem("http://oapi.dingtalk.com/robot/send?access_token=hidden") ?? "", "hidden")
  })
})
