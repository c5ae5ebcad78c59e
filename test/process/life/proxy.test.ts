import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { proxy } from "../../utils/proxy.ts"
import * as Program from "../utils/Program.ts"

/** A fake that is reached by a name, which only the proxy knows. */
const behindProxy = Effect.gen(function*() {
  const { tunnels, url } = yield* proxy
  const fake = yield* FakeDingTalk.make()
  const { host, port } = new URL(fake.config.apiBaseUrl)
  const named = fake.config.apiBaseUrl.replace(host, `dingtalk.invalid:${port}`)
  const config = yield* Program.configFile({ ...fake.config, apiBaseUrl: named })
  return { config, env: { HTTP_PROXY: url }, fake, target: `dingtalk.invalid:${port}`, tunnels }
})

describe("behind a proxy", () => {
  it.scopedLive("a robot connects", () =>
    Effect.gen(function*() {
      const { config, env, fake, target, tunnels } = yield* behindProxy
      yield* Program.start(["listen", "--config", config], { env })
      yield* fake.awaitConnection
      assert.deepStrictEqual(tunnels, [target])
    }))

  it.scopedLive("messages are sent", () =>
    Effect.gen(function*() {
      const { config, env, fake, target, tunnels } = yield* behindProxy
      const { code, stderr } = yield* Program.run(
        ["send", "--config", config, "--to", "user:zhangsan", "--text", "你好"],
        { env }
      )
      assert.strictEqual(code, 0, stderr)
      assert.lengthOf(yield* fake.sends, 1)
      assert.deepStrictEqual([...new Set(tunnels)], [target])
    }))

  it.scopedLive("one that can't be is told before anything is tried", () =>
    Effect.gen(function*() {
      const { config } = yield* behindProxy
      for (const command of [["listen"], ["send", "--to", "user:zhangsan", "--text", "x"], ["doctor"]]) {
        const { code, stderr } = yield* Program.run([...command, "--config", config], {
          env: { HTTPS_PROXY: "socks5://user:pa55word@proxy:1080" }
        })
        assert.strictEqual(code, 2, stderr)
        assert.include(stderr, "HTTPS_PROXY must be the address of an HTTP proxy")
        assert.notInclude(stderr, "pa55word")
      }
    }))
})
