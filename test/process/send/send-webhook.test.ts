/** `send` to custom robots' webhooks, to mobile numbers, with mentions. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Program from "../utils/Program.ts"

const customRobots = [{ accessToken: "alerts-token", secret: "SECright", keywords: ["告警"] }]
const people = [{ staffId: "zhangsan", name: "张三", mobile: "13800138000" }]

const prepared = Effect.gen(function*() {
  const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000, customRobots, people })
  const url = `${fake.url}/robot/send?access_token=alerts-token`
  const config = yield* Program.configFile({ ...fake.config, webhooks: { alerts: { url, secret: "SECright" } } })
  return { config, fake, url }
})

describe("send to a webhook", () => {
  it.scopedLive("by the environment alone, signed, with mentions; the token is nowhere", () =>
    Effect.gen(function*() {
      const { fake, url } = yield* prepared
      const env = { DINGTALK_WEBHOOK_ALERTS: url, DINGTALK_WEBHOOK_ALERTS_SECRET: "SECright" }
      const args = ["send", "--to", "webhook:alerts", "--text", "告警：磁盘满了", "--at", "13800138000", "--at-all"]
      const { code, stderr, stdout } = yield* Program.run(args, { env })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.deepStrictEqual(JSON.parse(stdout), { to: "webhook:alerts", outcome: "sent", messages: 1 })
      const [reply] = yield* fake.awaitReplies(1)
      assert.deepStrictEqual(reply?.mentions, ["*", "13800138000"])

      const wrong = yield* Program.run(args, { env: { ...env, DINGTALK_WEBHOOK_ALERTS_SECRET: "SECwrong" } })
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.stderr, "加签")
      const rehearsed = yield* Program.run([...args, "--dry-run"], { env })
      for (const text of [wrong.stderr, rehearsed.stdout]) {
        for (const secret of ["alerts-token", "SECwrong", "SECright"]) assert.notInclude(text, secret)
      }
      assert.strictEqual(rehearsed.objects()[0]?.["method"], "POST")
    }))

  it.scopedLive("among many, by the configuration, beside somebody by mobile number", () =>
    Effect.gen(function*() {
      const { config, fake } = yield* prepared
      const send = (...more: ReadonlyArray<string>) => Program.run(["send", "--config", config, ...more])
      const both = yield* send("--to", "webhook:alerts", "--to", "mobile:13800138000", "--markdown", "# 告警")
      assert.strictEqual(both.code, 0)
      assert.notInclude(both.stderr, "is no setting")
      assert.deepStrictEqual(both.objects().map(({ outcome, to }) => [to, outcome]), [
        ["user:zhangsan", "sent"],
        ["webhook:alerts", "sent"]
      ])
      assert.deepStrictEqual((yield* fake.awaitReplies(2)).map(({ via }) => via), ["api", "webhook"])

      const nobody = yield* send("--to", "mobile:13900139000", "--text", "x")
      assert.strictEqual(nobody.code, 2)
      assert.include(nobody.stderr, "mobile:13900139000: nobody of the organisation has this number")
      const unknown = yield* send("--to", "webhook:ops", "--text", "x")
      assert.strictEqual(unknown.code, 2)
      assert.include(unknown.stderr, "set DINGTALK_WEBHOOK_OPS to its URL")
      const file = yield* send("--to", "webhook:alerts", "--file", config)
      assert.strictEqual(file.code, 2)
      assert.include(file.stderr, "a webhook carries neither files nor cards")
    }))

  it.scopedLive("a robot of an application mentions by name, and says so", () =>
    Effect.gen(function*() {
      const { config, fake } = yield* prepared
      const sent = yield* Program.run(
        ["send", "--config", config, "--to", "cidA", "--text", "开会", "--at", "zhangsan"]
      )
      assert.strictEqual(sent.code, 0)
      assert.include(sent.stderr, "--to webhook:NAME")
      assert.include((yield* fake.awaitReplies(1))[0]?.text, "@张三")
    }))
})
