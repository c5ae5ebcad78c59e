import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Answers from "../../../src/cli/scan/answers.ts"
import * as Qr from "../../../src/cli/scan/qr.ts"
import * as Registration from "../../../src/cli/scan/Registration.ts"
import * as FakeApi from "../../outbound/api/utils/fakeApi.ts"

const base = "https://oapi.dingtalk.com"
const page = "https://open-dev.dingtalk.com/openapp?user_code=ABCD"
const secret = "s3cr3t-that-nobody-may-see"

const ok = (fields: object): FakeApi.Answer => ({ status: 200, body: { errcode: 0, errmsg: "ok", ...fields } })
const offer = ok({ device_code: "device-1", verification_uri_complete: page, expires_in: 60, interval: 3 })
const waiting = ok({ status: "WAITING" })
const done = ok({ status: "SUCCESS", client_id: " dingnew ", client_secret: secret })

/** DingTalk: `poll` has the n-th answer to the n-th call, the last one for ever. */
const dingtalk = (...polls: ReadonlyArray<FakeApi.Answer>) =>
  FakeApi.make(({ path }, nth) =>
    path.endsWith("/init")
      ? ok({ nonce: "nonce-1" })
      : path.endsWith("/begin")
      ? offer
      : polls[nth - 1] ?? polls.at(-1) ?? waiting
  )

const onboard = (api: FakeApi.FakeApi) =>
  Effect.flatMap(Registration.begin(base), (invitation) => Registration.complete(base, invitation)).pipe(
    Effect.provideService(HttpClient.HttpClient, api.client)
  )

const failedOf = (api: FakeApi.FakeApi) => Effect.flip(onboard(api))

describe("an onboarding by scan", () => {
  it.effect("asks at DingTalk's interval until somebody has confirmed", () =>
    Effect.gen(function*() {
      const api = dingtalk(waiting, ok({ status: "SCANNED" }), done)
      const fiber = yield* Effect.fork(onboard(api))
      yield* TestClock.adjust("9 seconds")
      const { clientId, clientSecret } = yield* Fiber.join(fiber)
      assert.strictEqual(clientId, "dingnew")
      assert.strictEqual(Redacted.value(clientSecret), secret)
      assert.deepStrictEqual(api.of("/poll").map(({ at }) => at), [3_000, 6_000, 9_000])
      assert.deepStrictEqual(api.of("/poll")[0]?.body, { device_code: "device-1" })
      assert.deepStrictEqual(api.of("/begin")[0]?.body, { nonce: "nonce-1" })
      assert.deepStrictEqual(api.of("/init")[0]?.body, { source: "effect-dingtalk" })
    }))

  it.effect("tries again what does not reach DingTalk, and gives up when that goes on", () =>
    Effect.gen(function*() {
      const bad: FakeApi.Answer = { status: 502, body: "<html>" }
      const broken: FakeApi.Answer = { broken: new Error("reset") }
      const fiber = yield* Effect.fork(onboard(dingtalk(bad, broken, bad, broken, waiting, bad, done)))
      yield* TestClock.adjust("21 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).clientId, "dingnew")

      const api = dingtalk(bad)
      const givenUp = yield* Effect.fork(failedOf(api))
      yield* TestClock.adjust("60 seconds")
      const error = yield* Fiber.join(givenUp)
      assert.strictEqual(error.reason, "unreachable")
      assert.strictEqual(api.of("/poll").length, 5)
    }))

  it.effect("ends when the code is over, by DingTalk's word or by its time", () =>
    Effect.gen(function*() {
      for (const api of [dingtalk(ok({ status: "EXPIRED" })), dingtalk(waiting), dingtalk("silence")]) {
        const fiber = yield* Effect.fork(failedOf(api))
        yield* TestClock.adjust("60 seconds")
        assert.strictEqual((yield* Fiber.join(fiber)).reason, "expired")
      }
    }))

  it.effect("says who refused, in DingTalk's words, and never a code or a secret", () =>
    Effect.gen(function*() {
      const refused = yield* Effect.fork(failedOf(dingtalk(ok({ status: "FAIL", fail_reason: "用户拒绝" }))))
      yield* TestClock.adjust("3 seconds")
      assert.include((yield* Fiber.join(refused)).message, "用户拒绝")

      const stranger = yield* failedOf(
        FakeApi.make(() => ({ status: 200, body: { errcode: 88, errmsg: "source 不合法" } }))
      )
      assert.strictEqual(stranger.reason, "rejected")
      assert.include(stranger.message, "source 不合法")
      for (const { message } of [yield* Fiber.join(refused), stranger]) {
        for (const code of ["nonce-1", "device-1", secret]) assert.notInclude(message, code)
      }
    }))

  it.effect("is given up at once when it is interrupted", () =>
    Effect.gen(function*() {
      const api = dingtalk(waiting)
      const fiber = yield* Effect.fork(onboard(api))
      yield* TestClock.adjust("4 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(api.of("/poll").length, 1)
    }))
})

const answer = (body: unknown, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) })

describe("what DingTalk answers", () => {
  for (
    const url of [
      "http://open-dev.dingtalk.com/x",
      "https://dingtalk.com.example/x",
      "https://notdingtalk.com/x",
      "https://user@dingtalk.com/x",
      "https://dingtalk.com@example.com/x",
      "javascript:alert(1)",
      "x"
    ]
  ) {
    it(`sends nobody to ${url}`, () => {
      const found = Answers.invitation(answer({ errcode: 0, device_code: "d", verification_uri_complete: url }))
      assert.strictEqual(found._tag, "Left")
    })
  }

  it("has usual times where it says none, and bounds for odd ones", () => {
    const times = (more: object) => {
      const found = Answers.invitation(
        answer({ errcode: 0, device_code: "d", verification_uri_complete: page, ...more })
      )
      return found._tag === "Right" ? [found.right.lifeMs, found.right.intervalMs] : []
    }
    assert.deepStrictEqual(times({}), [7_200_000, 3_000])
    assert.deepStrictEqual(times({ expires_in: -1, interval: 0 }), [7_200_000, 3_000])
    assert.deepStrictEqual(times({ expires_in: "600", interval: 0.001 }), [600_000, 1_000])
    assert.deepStrictEqual(times({ expires_in: 1e9, interval: 1e9 }), [86_400_000, 60_000])
  })

  it("is read whatever it is", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.jsonValue(), FastCheck.integer({ min: 200, max: 599 }), (body, status) => {
        for (const read of [Answers.nonce, Answers.invitation, Answers.progress]) read(answer(body, status))
      })
    )
  })
})

describe("a QR code on a terminal", () => {
  it("is as wide as it is high, and says its colours only where there are some", () => {
    const plain = Qr.lines(page, false)
    const width = plain[0]?.length ?? 0
    assert.isTrue(plain.every((line) => line.length === width))
    assert.strictEqual(plain.length, Math.ceil(width / 2))
    assert.isTrue(plain.every((line) => /^[█▀▄ ]+$/.test(line)))
    assert.isTrue(Qr.lines(page, true).every((line) => line.startsWith("\u001b[40;97m") && line.endsWith("\u001b[0m")))
  })
})
