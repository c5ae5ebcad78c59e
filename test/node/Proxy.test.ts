import { assert, describe, it } from "@effect/vitest"
import { fromEnvironment, proxyFor, type ProxySettings } from "../../src/node/Proxy.ts"

const proxied = (settings: ProxySettings, url: string) => proxyFor(settings, new URL(url))

describe("Proxy", () => {
  const both = { http: "http://plain:1", https: "http://secure:2" }

  it("chooses by scheme, the same for HTTP and WebSocket", () => {
    for (const url of ["https://api.dingtalk.com", "wss://wss-open-connection.dingtalk.com/connect"]) {
      assert.strictEqual(proxied(both, url), "http://secure:2")
      assert.strictEqual(proxied({ http: "http://plain:1" }, url), "http://plain:1")
      assert.isUndefined(proxied({}, url))
    }
    assert.strictEqual(proxied(both, "ws://127.0.0.1:80"), "http://plain:1")
    assert.isUndefined(proxied({ https: "http://secure:2" }, "http://127.0.0.1"))
  })

  it("NO_PROXY: names, what is below them, ports, and everything", () => {
    const url = "wss://a.dingtalk.com:8443/connect"
    for (
      const noProxy of [
        "*",
        "a.dingtalk.com",
        "dingtalk.com",
        ".dingtalk.com",
        "x, *.dingtalk.com",
        "a.dingtalk.com:8443"
      ]
    ) {
      assert.isUndefined(proxied({ ...both, noProxy }, url), noProxy)
    }
    for (const noProxy of ["", "talk.com", "b.dingtalk.com", "a.dingtalk.com:443"]) {
      assert.strictEqual(proxied({ ...both, noProxy }, url), "http://secure:2", noProxy)
    }
  })

  it("reads the environment in either case, lower case first, blanks as absent", () => {
    assert.deepStrictEqual(
      fromEnvironment({ HTTPS_PROXY: "http://up:1", https_proxy: "http://low:1", HTTP_PROXY: " ", NO_PROXY: "a,b" }),
      { http: undefined, https: "http://low:1", noProxy: "a,b" }
    )
  })

  it("takes an address without a scheme for one of http:", () => {
    assert.deepStrictEqual(fromEnvironment({ HTTPS_PROXY: "10.0.0.1:3128", HTTP_PROXY: "proxy.corp:8080" }), {
      http: "http://proxy.corp:8080",
      https: "http://10.0.0.1:3128",
      noProxy: undefined
    })
  })
})
