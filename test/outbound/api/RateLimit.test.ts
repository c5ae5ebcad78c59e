import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as RateLimit from "../../../src/outbound/api/RateLimit.ts"

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

  it("starts slowly after it was emptied: one at once, then one per interval", () => {
    const until = 1_000_000
    let bucket = RateLimit.emptyUntil(usual, RateLimit.full, until)
    let now = until
    const times = Array.from({ length: 4 }, () => {
      now += RateLimit.waitMs(usual, bucket, now)
      bucket = RateLimit.spend(usual, bucket, now)
      return now - until
    })
    assert.deepStrictEqual(times, [0, 50, 100, 150])
  })
})
