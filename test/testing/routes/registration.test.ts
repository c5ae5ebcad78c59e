import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeDingTalk } from "../../../src/testing/index.ts"
import { postJson } from "../bareClient.ts"

const begun = (fake: FakeDingTalk.Fake) =>
  Effect.gen(function*() {
    const call = (step: string, body: Record<string, unknown>) =>
      Effect.map(postJson(`${fake.url}/app/registration/${step}`, body), ({ json }) => json)
    const { nonce } = yield* call("init", { source: "test" })
    const invitation = yield* call("begin", { nonce })
    const poll = call("poll", { device_code: invitation["device_code"] })
    return { call, invitation, poll, url: String(invitation["verification_uri_complete"]) }
  })

describe("an onboarding by scan", () => {
  it.scopedLive("waits until somebody confirms, and then has the first application's credentials", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const { invitation, poll, url } = yield* begun(fake)
      assert.deepInclude(invitation, { errcode: 0, expires_in: 7_200, interval: 3 })
      assert.deepInclude(yield* poll, { status: "WAITING" })
      yield* fake.scan(url)
      assert.deepInclude(yield* poll, { status: "SUCCESS", client_id: "dingfakeappkey", client_secret: "fake-secret" })
      // What is decided stays so.
      assert.strictEqual((yield* Effect.flip(fake.scan(url, "refuse")))._tag, "NoSuchElementException")
    }))

  it.scopedLive("knows refusals, codes that are over, and ones that never were", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const refused = yield* begun(fake)
      yield* fake.scan(refused.url, "refuse")
      assert.deepInclude(yield* refused.poll, { status: "FAIL" })
      for (const [step, body] of [["init", {}], ["begin", { nonce: "x" }], ["poll", { device_code: "x" }]] as const) {
        assert.strictEqual((yield* refused.call(step, body))["errcode"], 40035)
      }
      const brief = yield* FakeDingTalk.make({ registrationTtlSeconds: 0.05 })
      const over = yield* begun(brief)
      yield* Effect.sleep(60)
      assert.deepInclude(yield* over.poll, { status: "EXPIRED" })
      assert.strictEqual((yield* Effect.flip(brief.scan(over.url)))._tag, "NoSuchElementException")
    }))
})
