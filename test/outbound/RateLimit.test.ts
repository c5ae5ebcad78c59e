import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as RateLimit from "../../src/outbound/RateLimit.ts"

const usual: RateLimit.Limit = { rate: 20, burst: 5 }

describe("RateLimit", () => {
  it("lets a burst go at once, and then one per interval", () => {
    let bucket = RateLimit.full
    const times: Array<number> = []
    let now = 1_000_000
    for (let i = 0; i < 8; i++) {
      now += RateLimit.waitMs(usual, bucket, now)
      times.push(now - 1_000_000)
      bucket = RateLimit.spend(usual, bucket, now)
    }
    assert.deepStrictEqual(times, [0, 0, 0, 0, 0, 50, 100, 150])
  })

  it("fills up again in a quiet time, but never beyond the burst", () => {
    const spent = Array.from({ length: 5 }).reduce<RateLimit.Bucket>(
      (bucket) => RateLimit.spend(usual, bucket, 0),
      RateLimit.full
    )
    assert.strictEqual(RateLimit.waitMs(usual, spent, 0), 50)
    assert.strictEqual(RateLimit.waitMs(usual, spent, 20), 30)
    assert.strictEqual(RateLimit.waitMs(usual, spent, 50), 0)
    let bucket = spent
    for (let i = 0; i < 5; i++) {
      assert.strictEqual(RateLimit.waitMs(usual, bucket, 3_600_000), 0)
      bucket = RateLimit.spend(usual, bucket, 3_600_000)
    }
    assert.strictEqual(RateLimit.waitMs(usual, bucket, 3_600_000), 50)
  })

  it("a clock that is set back costs at most one interval", () => {
    const bucket = RateLimit.spend(usual, RateLimit.full, 3_600_000)
    assert.isAtMost(RateLimit.waitMs(usual, bucket, 0), 50)
  })

  it("property: in no window more than the burst and what the rate adds", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.array(FastCheck.nat({ max: 500 }), { minLength: 1, maxLength: 100 }),
      FastCheck.integer({ min: 1, max: 50 }),
      FastCheck.integer({ min: 1, max: 10 }),
      (gaps, rate, burst) => {
        const limit = { rate, burst }
        let bucket = RateLimit.full
        let now = 0
        const went = gaps.map((gap) => {
          now += gap
          now += RateLimit.waitMs(limit, bucket, now)
          bucket = RateLimit.spend(limit, bucket, now)
          return now
        })
        for (const [first, start] of went.entries()) {
          for (const [last, end] of went.entries()) {
            if (last < first) continue
            assert.isAtMost(last - first + 1, burst + ((end - start) * rate) / 1_000 + 1e-6)
          }
        }
      }
    ))
  })

  const times = (gate: RateLimit.RateLimit, limit: RateLimit.Limit, n: number) =>
    Effect.forEach(
      Array.from({ length: n }, (_, index) => index),
      (index) => Effect.zipWith(gate.take(limit), Clock.currentTimeMillis, (waited, at) => ({ index, waited, at })),
      { concurrency: "unbounded" }
    )

  it.effect("goes by the clock, and says how long it waited", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(times(RateLimit.unsafeMake(), usual, 8))
      yield* TestClock.adjust(150)
      assert.deepStrictEqual(
        (yield* Fiber.join(fiber)).map(({ at, waited }) => [at, waited]),
        [[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [50, 50], [100, 100], [150, 150]]
      )
    }))

  it.effect("is fair: first come, first served", () =>
    Effect.gen(function*() {
      const gate = RateLimit.unsafeMake()
      const order: Array<number> = []
      const limit = { rate: 10, burst: 1 }
      yield* Effect.forEach([0, 1, 2, 3, 4, 5], (index) =>
        Effect.gen(function*() {
          yield* Effect.fork(Effect.tap(gate.take(limit), () => order.push(index)))
          yield* TestClock.adjust(10)
        }))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(order, [0, 1, 2, 3, 4, 5])
    }))

  it.effect("those who leave the line take nothing, wherever they stood", () =>
    Effect.gen(function*() {
      const gate = RateLimit.unsafeMake()
      const limit = { rate: 1, burst: 1 }
      yield* gate.take(limit)
      const impatient = yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.fork(gate.take(limit)))
      const patient = yield* Effect.fork(Effect.zipRight(gate.take(limit), Clock.currentTimeMillis))
      yield* TestClock.adjust(500)
      // The last one first, the one whose turn it is last.
      yield* Effect.forEach(Arr.reverse(impatient), Fiber.interrupt)
      yield* TestClock.adjust(500)
      assert.strictEqual(yield* Fiber.join(patient), 1_000)
    }))

  it.effect("keeps the bucket when the limit changes", () =>
    Effect.gen(function*() {
      const gate = RateLimit.unsafeMake()
      yield* Effect.forEach([1, 2, 3, 4, 5], () => gate.take(usual))
      const fiber = yield* Effect.fork(Effect.zipRight(gate.take({ rate: 1, burst: 1 }), Clock.currentTimeMillis))
      yield* TestClock.adjust(249)
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), 250)
    }))

  it.effect("waits whole milliseconds where the interval is a fraction", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(times(RateLimit.unsafeMake(), { rate: 3, burst: 2 }, 5))
      yield* TestClock.adjust(2_000)
      assert.deepStrictEqual((yield* Fiber.join(fiber)).map(({ at }) => at), [0, 0, 334, 667, 1_000])
    }))
})
