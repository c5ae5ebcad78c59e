import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Dialogue from "../../../src/cli/doctor/dialogue.ts"
import type { Finding } from "../../../src/cli/doctor/Finding.ts"
import * as Way from "../../../src/cli/doctor/way.ts"
import * as DingTalkConfig from "../../../src/DingTalkConfig.ts"
import * as NodeDingTalk from "../../../src/node/NodeDingTalk.ts"
import * as ApiClients from "../../../src/outbound/api/ApiClients.ts"
import * as FakeDingTalk from "../../../src/testing/FakeDingTalk.ts"
import * as Script from "../../../src/testing/Script.ts"

const examine = (settings: object) =>
  Effect.gen(function*() {
    const decoded = yield* DingTalkConfig.decodeUnknown(settings)
    const account = [...decoded.accounts.values()][0] ?? assert.fail("there is an account")
    const findings = yield* Ref.make<ReadonlyArray<Finding>>([])
    const report = (finding: Finding) => Ref.update(findings, (all) => [...all, finding])
    const clients = ApiClients.layer.pipe(
      Layer.provide(DingTalkConfig.layer(decoded)),
      Layer.provide(NodeDingTalk.layer())
    )
    yield* Way.check(account.id, account.apiBaseUrl, {}, report).pipe(
      Effect.flatMap((open) => open ? Dialogue.check(account, report) : Effect.void),
      Effect.provide(Layer.merge(clients, NodeDingTalk.layer()))
    )
    return yield* Ref.get(findings)
  })

const summary = (findings: ReadonlyArray<Finding>) => findings.map(({ status, step }) => `${status} ${step}`)

describe("doctor", () => {
  it.scopedLive("all is well", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const findings = yield* examine(fake.config)
      assert.deepStrictEqual(summary(findings), [
        "ok dns",
        "ok tcp",
        "ok credentials",
        "ok ticket",
        "ok websocket",
        "ok token",
        "ok clock"
      ])
      // It must not take messages away from the robot that runs.
      const { subscriptions } = yield* fake.awaitClosed()
      assert.deepStrictEqual(subscriptions, [])
    }))

  it.scopedLive("a wrong secret is refused, by name, and the secret is not told", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const findings = yield* examine({ ...fake.config, appSecret: "wrong-secret" })
      assert.deepStrictEqual(summary(findings), ["ok dns", "ok tcp", "fail credentials", "ok clock"])
      assert.deepStrictEqual(findings.map(({ refused }) => refused), [false, false, true, false])
      assert.include(findings[2]?.what, "authFailed")
      assert.include(findings[2]?.todo, "Client Secret")
      assert.notInclude(JSON.stringify(findings), "wrong-secret")
    }))

  it.scopedLive("a gateway with problems of its own", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      yield* fake.answerOpen([Script.refusal(403, "Forbidden.AccessDenied.QpsLimitForApi")])
      const throttled = yield* examine(fake.config)
      assert.deepStrictEqual(summary(throttled), ["ok dns", "ok tcp", "fail ticket", "ok token", "ok clock"])
      assert.isFalse(throttled.some(({ refused }) => refused))
      assert.include(throttled[2]?.what, "throttled")

      yield* fake.answerOpen([Script.refuseUpgrade(503)])
      const refused = yield* examine(fake.config)
      assert.strictEqual(refused.find(({ step }) => step === "websocket")?.status, "fail")
    }))

  it.live("nobody is there", () =>
    Effect.gen(function*() {
      const findings = yield* examine({ appKey: "k", appSecret: "s", apiBaseUrl: "http://127.0.0.1:1" })
      assert.deepStrictEqual(summary(findings), ["ok dns", "fail tcp"])
      assert.include(findings[1]?.what, "ECONNREFUSED")
    }))

  it.scopedLive("TLS that is not", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const findings = yield* examine({ ...fake.config, apiBaseUrl: fake.url.replace("http:", "https:") })
      assert.deepStrictEqual(summary(findings), ["ok dns", "ok tcp", "fail tls"])
    }))
})
