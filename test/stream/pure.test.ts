import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Backoff from "../../src/stream/Backoff.ts"
import * as Frame from "../../src/stream/Frame.ts"
import { isTrustedEndpoint } from "../../src/stream/Gateway.ts"
import { judge } from "../../src/stream/Heartbeat.ts"
import * as Stall from "../../src/stream/Stall.ts"
import { defaults } from "../../src/stream/StreamTiming.ts"

describe("Stall", () => {
  const end = FastCheck.record({
    by: FastCheck.constantFrom("server" as const, "fault" as const, "displaced" as const),
    durationMs: FastCheck.integer({ min: 0, max: 60_000 }),
    deliveries: FastCheck.integer({ min: 0, max: 3 })
  })

  it("H01 a strike: ended by the server, shorter than 30 s, nothing delivered", () => {
    const strike = { by: "server" as const, durationMs: 29_999, deliveries: 0 }
    assert.isTrue(Stall.isStrike(strike, 30_000))
    assert.isFalse(Stall.isStrike({ ...strike, durationMs: 30_000 }, 30_000))
    assert.isFalse(Stall.isStrike({ ...strike, deliveries: 1 }, 30_000))
    assert.isFalse(Stall.isStrike({ ...strike, by: "fault" }, 30_000))
    assert.isFalse(Stall.isStrike({ ...strike, by: "displaced" }, 30_000))
  })

  it("H02 the count is the length of the run of strikes at the end; who was displaced in silence is left out", () => {
    FastCheck.assert(FastCheck.property(FastCheck.array(end), (all) => {
      const counted = all.reduce((strikes, e) => Stall.next(strikes, e, 30_000), 0)
      const ends = all.filter(({ by, deliveries }) => by !== "displaced" || deliveries > 0)
      const lastOther = ends.findLastIndex((e) => !Stall.isStrike(e, 30_000))
      return counted === ends.length - 1 - lastOther
    }))
  })
})

describe("Backoff", () => {
  const outcome: Backoff.Outcome = { ended: "closed", uptimeMs: 0, retryAfterMs: 0 }

  it("delayFor: 2, 5, 10, 30, 60, 60 s", () => {
    assert.deepStrictEqual([0, 1, 2, 3, 4, 5, 99].map((n) => Backoff.delayFor(n, defaults)), [
      2_000,
      5_000,
      10_000,
      30_000,
      60_000,
      60_000,
      60_000
    ])
  })

  it.effect("the schedule's jitter stays within a fifth, and is not constant", () =>
    Effect.gen(function*() {
      const inputs = Array.from({ length: 40 }, () => outcome)
      const waits = [...(yield* Schedule.run(Backoff.schedule(defaults), 0, inputs))].map(({ waitMs }) => waitMs)
      waits.forEach((wait, n) => {
        const base = Backoff.delayFor(n, defaults)
        assert.isAtLeast(wait, base * 0.8)
        assert.isAtMost(wait, base * 1.2)
      })
      assert.isAbove(new Set(waits.slice(5)).size, 10)
    }).pipe(Effect.withRandom(Random.make("seed"))))

  it("a notice after a healthy session costs no wait and resets", () => {
    assert.deepStrictEqual(Backoff.step(4, { ...outcome, ended: "notice", uptimeMs: 30_000 }, defaults), {
      delayMs: 0,
      attempt: 0
    })
  })

  it("of notices to young connections only the first costs no wait, whatever the server does in between", () => {
    const young = FastCheck.record({
      ended: FastCheck.constantFrom("closed" as const, "notice" as const),
      uptimeMs: FastCheck.integer({ min: 0, max: 29_999 }),
      retryAfterMs: FastCheck.constantFrom(0, 0, 40_000)
    })
    FastCheck.assert(FastCheck.property(FastCheck.array(young, { minLength: 1, maxLength: 20 }), (outcomes) => {
      const waits: Array<number> = []
      outcomes.reduce((attempt, outcome) => {
        const next = Backoff.step(attempt, outcome, defaults)
        waits.push(next.delayMs)
        return next.attempt
      }, 0)
      return waits.slice(1).every((ms, n) => ms >= Backoff.delayFor(n, defaults))
    }))
  })
})

describe("Heartbeat", () => {
  const tick = { pingUnanswered: false, spoke: false, tickWasLate: false }

  it("a missing pong is a loss only if the tick itself was on time", () => {
    assert.strictEqual(judge({ ...tick, pingUnanswered: true }), "lost")
    assert.strictEqual(judge({ ...tick, pingUnanswered: true, tickWasLate: true }), "ping")
    assert.strictEqual(judge(tick), "ping")
  })

  it("who spoke by itself since the last tick is not asked", () => {
    assert.strictEqual(judge({ ...tick, spoke: true }), "fine")
    assert.strictEqual(judge({ ...tick, spoke: true, tickWasLate: true }), "fine")
  })
})

describe("Gateway", () => {
  it("dials TLS on DingTalk hosts only, unless the API base was overridden", () => {
    const own = "wss://wss-open-connection-union.dingtalk.com:443/connect"
    assert.isTrue(isTrustedEndpoint(own, false))
    assert.isTrue(isTrustedEndpoint("wss://x.dingtalk.io/connect", false))
    for (
      const bad of [
        "ws://wss-open-connection.dingtalk.com/connect",
        "wss://dingtalk.com.evil.example/",
        "wss://evildingtalk.com/",
        "https://api.dingtalk.com",
        "nonsense"
      ]
    ) assert.isFalse(isTrustedEndpoint(bad, false), bad)
    assert.isTrue(isTrustedEndpoint("ws://127.0.0.1:1/connect", true))
    assert.isFalse(isTrustedEndpoint("file:///etc/passwd", true))
  })
})

describe("Frame", () => {
  const envelope = { type: "CALLBACK", headers: { topic: "/t", messageId: "m" }, data: "{}" }

  it("accepts `header` for `headers`, and frames without version, time or message id", () => {
    assert.deepInclude(Frame.decode(JSON.stringify({ type: "SYSTEM", header: { topic: "ping" } })), {
      type: "SYSTEM",
      topic: "ping",
      messageId: ""
    })
  })

  it("reads a payload that is an object instead of a string", () => {
    const frame = Frame.decode(JSON.stringify({ ...envelope, data: { a: 1 } }))
    assert.isTrue(typeof frame !== "string")
    if (typeof frame !== "string") assert.deepStrictEqual(Frame.parseData(frame.data), { a: 1 })
  })

  it("never throws, whatever comes", () => {
    FastCheck.assert(FastCheck.property(FastCheck.oneof(FastCheck.string(), FastCheck.json()), (text) => {
      Frame.decode(text)
    }))
  })

  it("answers are JSON whose fields survive any message id and data", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.string({ unit: "grapheme" }),
      FastCheck.string({ unit: "binary" }),
      (id, data) => {
        assert.deepStrictEqual(JSON.parse(Frame.answer(500, id, data, data)), {
          code: 500,
          headers: { contentType: "application/json", messageId: id },
          message: data,
          data
        })
        assert.deepStrictEqual(JSON.parse(Frame.acknowledgement(id)), {
          code: 200,
          headers: { contentType: "application/json", messageId: id },
          message: "OK",
          data: "{\"response\":null}"
        })
      }
    ))
  })
})
