import { assert, describe, it } from "@effect/vitest"
import { problemOf, proxyFrom } from "../../src/cli/network.ts"
import { proxyFor } from "../../src/node/Proxy.ts"

const reach = (env: Record<string, string>, url: string) => proxyFor(proxyFrom(env), new URL(url))

describe("network", () => {
  const env = { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "http://proxy:3128" }

  it("follows the environment's proxy", () => {
    assert.strictEqual(reach(env, "https://api.dingtalk.com/"), "http://proxy:3128")
    assert.strictEqual(reach({}, "https://api.dingtalk.com/"), undefined)
    assert.strictEqual(reach({ ...env, NO_PROXY: ".dingtalk.com" }, "https://api.dingtalk.com/"), undefined)
  })

  it("never for this machine itself", () => {
    for (const url of ["http://127.0.0.1:8080", "ws://localhost:1", "http://[::1]:8080"]) {
      assert.strictEqual(reach(env, url), undefined)
      assert.strictEqual(reach({ ...env, NO_PROXY: "example.com" }, url), undefined)
    }
  })

  it("a star still means every host", () => {
    assert.strictEqual(reach({ ...env, NO_PROXY: "*" }, "https://api.dingtalk.com/"), undefined)
  })

  it("says which address can't be a proxy's, and not what it is", () => {
    assert.isUndefined(problemOf(proxyFrom({})))
    assert.isUndefined(problemOf(proxyFrom({ HTTPS_PROXY: "https://user:pass@proxy:3128", HTTP_PROXY: "proxy:3128" })))
    for (const address of ["socks5://user:pa55word@proxy:1080", "http://", "http://a b"]) {
      const problem = problemOf(proxyFrom({ HTTPS_PROXY: address })) ?? ""
      assert.match(problem, /^HTTPS_PROXY must be the address of an HTTP proxy/)
      assert.notInclude(problem, "pa55word")
    }
    assert.match(problemOf({ http: "x", https: "x" }) ?? "", /^HTTP_PROXY and HTTPS_PROXY must/)
  })
})
