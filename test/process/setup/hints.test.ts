/** What a command says when it is the certificate, the clock or the proxy. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { impostor } from "../../../chaos/support/tls/tls.ts"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import { proxy } from "../../utils/proxy.ts"
import * as Program from "../utils/Program.ts"

const send = ["send", "--to", "user:zhangsan", "--text", "x"]

/** Nothing listens on it. */
const deadProxy = { HTTP_PROXY: "http://me:pa55word@127.0.0.1:9" }

describe("hints", () => {
  it.scopedLive(
    "an issuer that nobody here knows: NODE_EXTRA_CA_CERTS, from every command",
    () =>
      Effect.gen(function*() {
        const { heard, port } = yield* impostor
        const config = yield* Program.configFile({
          clientId: "dingabc",
          clientSecret: "s3cr3t-of-mine",
          apiBaseUrl: `https://127.0.0.1:${port}`
        })
        // A variable that switches verification off for Node switches off none of ours.
        const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" }
        const sent = yield* Program.run([...send, "--config", config], { env })
        assert.strictEqual(sent.code, 1)
        assert.include(sent.stderr, "NODE_EXTRA_CA_CERTS")
        const examined = yield* Program.run(["doctor", "--config", config], { env })
        assert.strictEqual(examined.code, 1)
        assert.match(examined.stdout, /fail {2}tls .*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/)
        const listening = yield* Program.start(["listen", "--config", config], { env })
        yield* listening.untilStderr(/backing_off.*NODE_EXTRA_CA_CERTS/)
        assert.strictEqual(heard(), "")
      }),
    60_000
  )

  it.scopedLive(
    "a dead proxy is called the proxy, without its password, from every command",
    () =>
      Effect.gen(function*() {
        const config = yield* Program.configFile({
          clientId: "dingabc",
          clientSecret: "s",
          apiBaseUrl: "http://dingtalk.invalid"
        })
        const sent = yield* Program.run([...send, "--config", config], { env: deadProxy })
        const examined = yield* Program.run(["doctor", "--config", config], { env: deadProxy })
        const listening = yield* Program.start(["listen", "--config", config], { env: deadProxy })
        yield* listening.untilStderr(/backing_off.*the proxy 127\.0\.0\.1:9/)
        for (const text of [sent.stderr, examined.stdout, listening.stderr()]) {
          assert.include(text, "the proxy 127.0.0.1:9")
          assert.notInclude(text, "pa55word")
        }
      }),
    60_000
  )

  it.scopedLive(
    "a name that only the proxy knows: the way out is named, and leads there",
    () =>
      Effect.gen(function*() {
        const { tunnels, url } = yield* proxy
        const fake = yield* FakeDingTalk.make()
        const config = yield* Program.configFile(fake.config)
        const host = `pictures.invalid:${fake.port}`
        const image = ["send", "--to", "user:zhangsan", "--config", config, "--image", `http://${host}/a.png`]
        const env = { HTTP_PROXY: url }
        const secure = image.map((word) => word.replace("http://pictures", "https://pictures"))
        const refused = yield* Program.run(secure, { env })
        assert.strictEqual(refused.code, 2)
        assert.include(refused.stderr, "--allow-host pictures.invalid")
        assert.deepStrictEqual(tunnels, [])
        yield* Program.run([...image, "--allow-host", "pictures.invalid"], { env })
        assert.deepStrictEqual([...new Set(tunnels)], [host])
      }),
    60_000
  )

  it.scopedLive(
    "each finding once: accounts share a way, a refusal is told by who found it first",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const { apiBaseUrl, appKey, appSecret } = fake.config
        const config = yield* Program.configFile({
          apiBaseUrl,
          accounts: { bad: { appKey: "dingother", appSecret: "wrong" }, good: { appKey, appSecret } }
        })
        const { stdout } = yield* Program.run(["doctor", "--config", config])
        const lines = stdout.trim().split("\n").map((line) => line.split(/ {2,}/).slice(0, 3).join(" "))
        assert.strictEqual(new Set(lines).size, lines.length, stdout)
        assert.lengthOf(lines.filter((line) => line.startsWith("ok tcp")), 1)
        assert.lengthOf(lines.filter((line) => line.startsWith("fail")), 1)
      }),
    60_000
  )
})
