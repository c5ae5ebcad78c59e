import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Program from "../utils/Program.ts"

describe("doctor", () => {
  it.scopedLive("all is well: a line for each step, and 0", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { code, stdout } = yield* Program.run(["doctor"], {
        env: {
          DINGTALK_CLIENT_ID: fake.config.appKey,
          DINGTALK_CLIENT_SECRET: fake.config.appSecret,
          DINGTALK_API_BASE_URL: fake.url
        }
      })
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(
        stdout.trim().split("\n").map((line) => line.split(/\s+/, 2).join(" ")),
        ["ok config", "ok dns", "ok tcp", "ok credentials", "ok ticket", "ok websocket", "ok token", "ok clock"]
      )
    }))

  it.scopedLive("a wrong secret: what is wrong, what to do, and 3; the other accounts are checked all the same", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { apiBaseUrl, appKey, appSecret } = fake.config
      const config = yield* Program.configFile({
        apiBaseUrl,
        accounts: { bad: { appKey: "dingother", appSecret: "wrong-secret" }, good: { appKey, appSecret } }
      })
      const { code, objects, stdout } = yield* Program.run(["doctor", "--config", config, "--json"])
      assert.strictEqual(code, 3)
      const of = (account: string, step: string) =>
        objects().find((finding) => finding["account"] === account && finding["step"] === step)
      assert.containSubset(of("bad", "credentials"), { status: "fail" })
      assert.include(String(of("bad", "credentials")?.["what"]), "authFailed")
      assert.include(String(of("bad", "credentials")?.["todo"]), "Client Secret")
      assert.containSubset(of("good", "websocket"), { status: "ok" })
      assert.notInclude(stdout, "wrong-secret")
    }))

  it.scopedLive("nobody answers: 1", () =>
    Effect.gen(function*() {
      const config = yield* Program.configFile({ appKey: "k", appSecret: "s", apiBaseUrl: "http://127.0.0.1:1" })
      const { code, stdout } = yield* Program.run(["doctor", "--config", config])
      assert.strictEqual(code, 1)
      assert.match(stdout, /^fail {2}tcp .*ECONNREFUSED.*What to do: /m)
    }))

  it.scopedLive("a configuration that can't be used: 2, with every problem", () =>
    Effect.gen(function*() {
      const config = yield* Program.configFile({ appKey: "ding1", dispatchWorkers: 0 })
      const { code, stderr, stdout } = yield* Program.run(["doctor", "--config", config])
      assert.strictEqual(code, 2)
      assert.include(stdout, "appSecret")
      assert.include(stdout, "dispatchWorkers")
      // Each finding is told once, and the way on behind them.
      assert.notInclude(stderr, "dispatchWorkers")
      assert.include(stderr, "see above")
    }))
})
