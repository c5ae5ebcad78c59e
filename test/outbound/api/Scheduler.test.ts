import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as RateLimiter from "effect/RateLimiter"
import * as TestClock from "effect/TestClock"
import type { Failure } from "../../../src/outbound/api/classifyAnswer.ts"
import type * as RateLimit from "../../../src/outbound/api/RateLimit.ts"
import * as Scheduler from "../../../src/outbound/api/Scheduler.ts"

const usual: RateLimit.Limit = { rate: 20, burst: 5 }
const permit = (limit: RateLimit.Limit, api: Scheduler.ApiClass = "message"): Scheduler.Permit => ({ limit, api })

const facts = { status: 403, code: "x", requestId: undefined, detail: "", hint: "" }
const throttled = (retryAfterMs: number, code = "QpsLimitForApi"): Failure => ({
  _tag: "Throttled",
  ...facts,
  code,
  retryAfterMs
})
const quota: Failure = { _tag: "QuotaExhausted", ...facts }
const gone: Failure = { _tag: "TargetGone", ...facts }
const as = (priority: Scheduler.Priority) => Effect.provideService(Scheduler.CallPriority, priority)

const fresh = Effect.flatMap(Scheduler.makeEgress(), (egress) => Scheduler.make(egress))

const times = (gate: Scheduler.Scheduler, limit: RateLimit.Limit, n: number) =>
  Effect.forEach(
    Array.from({ length: n }, (_, index) => index),
    (index) =>
      Effect.zipWith(gate.take(permit(limit)), Clock.currentTimeMillis, (waited, at) => ({ index, waited, at })),
    { concurrency: "unbounded" }
  )

describe("Scheduler, decisions", () => {
  it("the next month begins by the calendar of Shanghai", () => {
    const at = (text: string) => Date.parse(text)
    assert.strictEqual(Scheduler.nextMonth(at("2026-11-22T15:00:00+08:00")), at("2026-12-01T00:00:00+08:00"))
    assert.strictEqual(Scheduler.nextMonth(at("2026-12-31T23:59:59+08:00")), at("2027-01-01T00:00:00+08:00"))
    assert.strictEqual(Scheduler.nextMonth(at("2026-11-30T16:00:00Z")), at("2027-01-01T00:00:00+08:00"))
  })

  it("property: the next month is later, at most 31 days, and on the first", () => {
    FastCheck.assert(FastCheck.property(FastCheck.integer({ min: 0, max: 4e12 }), (now) => {
      const next = Scheduler.nextMonth(now)
      assert.isAbove(next, now)
      assert.isAtMost(next - now, 31 * 86_400_000)
      assert.strictEqual(new Date(next + 8 * 3_600_000).getUTCDate(), 1)
    }))
  })

  it("property: holds only grow, by throttles and quota alone, and end", () => {
    const failure = FastCheck.oneof(
      FastCheck.integer({ min: 1_000, max: 300_000 }).map((ms) => throttled(ms)),
      FastCheck.constantFrom(quota, gone)
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.tuple(FastCheck.nat({ max: 60_000 }), failure)), (steps) => {
        let now = 1_000_000_000_000
        let holds = Scheduler.noHolds
        for (const [gap, failure] of steps) {
          now += gap
          const next = Scheduler.afterFailure(holds, failure, now)
          if (failure._tag === "TargetGone") assert.strictEqual(next, holds)
          for (const key of ["throttled", "quota"] as const) {
            assert.isAtLeast(next[key]?.until ?? 0, holds[key]?.until ?? 0)
            assert.isAtMost((next[key]?.until ?? 0) - now, 3_600_000)
          }
          holds = next
        }
        const later = now + 3_600_000
        for (const priority of ["interactive", "optional", "bulk"] as const) {
          assert.deepStrictEqual(Scheduler.admit(holds, priority, later), { _tag: "From", time: later })
        }
      })
    )
  })

  it("a throttle lets others wait for its end, and keeps optional calls from being made", () => {
    const holds = Scheduler.afterFailure(Scheduler.noHolds, throttled(2_000), 10_000)
    for (const priority of ["interactive", "bulk"] as const) {
      assert.deepStrictEqual(Scheduler.admit(holds, priority, 10_500), { _tag: "From", time: 12_000 })
    }
    assert.deepStrictEqual(Scheduler.admit(holds, "optional", 10_500), { _tag: "Refused", failure: throttled(1_500) })
    assert.deepStrictEqual(Scheduler.admit(holds, "optional", 12_000), { _tag: "From", time: 12_000 })
  })

  it("nobody sits out more than 30 s: it is said how long it lasts", () => {
    const holds = Scheduler.afterFailure(Scheduler.noHolds, throttled(300_000), 0)
    assert.deepStrictEqual(Scheduler.admit(holds, "interactive", 1_000), {
      _tag: "Refused",
      failure: throttled(299_000)
    })
    assert.deepStrictEqual(Scheduler.admit(holds, "interactive", 270_000), { _tag: "From", time: 300_000 })
  })

  it("a clock that was set back by a day ends a hold: else nothing would go out for as long", () => {
    const day = 86_400_000
    const now = 20 * day
    const holds = Scheduler.afterFailure(Scheduler.noHolds, throttled(2_000), now)
    const back = now - day
    for (const priority of ["interactive", "optional", "bulk"] as const) {
      assert.deepStrictEqual(Scheduler.admit(holds, priority, back), { _tag: "From", time: back })
    }
    const again = Scheduler.afterFailure(holds, throttled(1_000), back)
    assert.deepStrictEqual(Scheduler.admit(again, "interactive", back), { _tag: "From", time: back + 1_000 })
  })

  it("a used-up quota stops optional calls only, for an hour or until the month ends", () => {
    const now = Date.parse("2026-11-22T15:00:00+08:00")
    const holds = Scheduler.afterFailure(Scheduler.noHolds, quota, now)
    assert.deepStrictEqual(Scheduler.admit(holds, "optional", now + 3_599_999), { _tag: "Refused", failure: quota })
    assert.strictEqual(Scheduler.admit(holds, "optional", now + 3_600_000)._tag, "From")
    assert.deepStrictEqual(Scheduler.admit(holds, "interactive", now), { _tag: "From", time: now })
    const lastMinute = Date.parse("2026-11-30T23:59:00+08:00")
    const short = Scheduler.afterFailure(Scheduler.noHolds, quota, lastMinute)
    assert.strictEqual(Scheduler.admit(short, "optional", lastMinute + 60_000)._tag, "From")
  })
})

describe("Scheduler", () => {
  it.effect("a clock that is set back by a day holds nobody up for longer than a full line would", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const day = 86_400_000
      yield* TestClock.setTime(2 * day)
      yield* times(gate, usual, 3)
      yield* TestClock.setTime(day)
      const fiber = yield* Effect.fork(times(gate, usual, 3))
      yield* TestClock.adjust(1_000)
      const went = yield* Fiber.join(fiber)
      assert.deepStrictEqual(went.map(({ at }) => at - day), [50, 100, 150])
    }))

  it.effect("goes by the clock, and says how long it waited", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(times(yield* fresh, usual, 8))
      yield* TestClock.adjust(150)
      assert.deepStrictEqual(
        (yield* Fiber.join(fiber)).map(({ at, waited }) => [at, waited]),
        [[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [50, 50], [100, 100], [150, 150]]
      )
    }))

  it.effect("nobody passes by those who wait, and nobody goes during a hold", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const limit = { rate: 10, burst: 1 }
      yield* gate.take(permit(limit))
      const waiting = yield* Effect.fork(gate.take({ ...permit(limit), api: "card" }))
      yield* TestClock.adjust(99)
      const behind = yield* Effect.fork(gate.take(permit(limit)))
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(waiting), 100)
      yield* TestClock.adjust(1_000)
      assert.strictEqual(yield* Fiber.join(behind), 101)

      yield* gate.report(permit(limit), throttled(1_000))
      const interactive = yield* Effect.fork(gate.take(permit(limit)))
      const optional = Effect.provideService(gate.take(permit(limit)), Scheduler.CallPriority, "optional")
      assert.strictEqual((yield* Effect.flip(optional))._tag, "Throttled")
      yield* TestClock.adjust(1_000)
      assert.strictEqual(yield* Fiber.join(interactive), 1_000)
    }))

  it.effect("is fair: first come, first served", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const order: Array<number> = []
      const limit = { rate: 10, burst: 1 }
      yield* Effect.forEach([0, 1, 2, 3, 4, 5], (index) =>
        Effect.gen(function*() {
          yield* Effect.fork(Effect.tap(gate.take(permit(limit)), () => order.push(index)))
          yield* TestClock.adjust(10)
        }))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(order, [0, 1, 2, 3, 4, 5])
    }))

  it.effect("those who leave the line take nothing, wherever they stood", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const limit = { rate: 1, burst: 1 }
      yield* gate.take(permit(limit))
      const impatient = yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.fork(gate.take(permit(limit))))
      const patient = yield* Effect.fork(Effect.zipRight(gate.take(permit(limit)), Clock.currentTimeMillis))
      yield* TestClock.adjust(500)
      // The last one first, the first in line last.
      yield* Effect.forEach(Arr.reverse(impatient), Fiber.interrupt)
      yield* TestClock.adjust(500)
      assert.strictEqual(yield* Fiber.join(patient), 1_000)
    }))

  it.effect("keeps the bucket when the limit changes", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      yield* Effect.forEach([1, 2, 3, 4, 5], () => gate.take(permit(usual)))
      const fiber = yield* Effect.fork(
        Effect.zipRight(gate.take(permit({ rate: 1, burst: 1 })), Clock.currentTimeMillis)
      )
      yield* TestClock.adjust(249)
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), 250)
    }))

  it.effect("waits whole milliseconds where the interval is a fraction", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(times(yield* fresh, { rate: 3, burst: 2 }, 5))
      yield* TestClock.adjust(2_000)
      assert.deepStrictEqual((yield* Fiber.join(fiber)).map(({ at }) => at), [0, 0, 334, 667, 1_000])
    }))

  it.effect("who is waited for goes before bulk, even if that came earlier and is about to go", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const went: Array<string> = []
      const limit = { rate: 1, burst: 1 }
      const go = (name: string, priority: Scheduler.Priority) =>
        Effect.fork(as(priority)(Effect.tap(gate.take(permit(limit)), () => went.push(name))))
      yield* gate.take(permit(limit))
      yield* go("bulk 1", "bulk")
      yield* go("bulk 2", "bulk")
      yield* TestClock.adjust(500)
      yield* go("optional", "optional")
      yield* TestClock.adjust(499)
      yield* go("person 1", "interactive")
      yield* go("person 2", "interactive")
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went, ["person 1", "person 2", "optional", "bulk 1", "bulk 2"])
    }))

  it.effect("no class of API goes faster than DingTalk takes it, and each has its own bucket", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const fast = { rate: 1_000, burst: 1 }
      const fiber = yield* Effect.fork(Effect.forEach(
        ["message", "message", "card", "message"] as const,
        (api) => Effect.zipRight(gate.take(permit(fast, api)), Clock.currentTimeMillis)
      ))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(yield* Fiber.join(fiber), [0, 25, 26, 50])
    }))

  it.effect("one bucket for all: text, cards and media share the account's rate", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const fiber = yield* Effect.fork(Effect.forEach(
        ["message", "card", "media"] as const,
        (api) => Effect.zipRight(gate.take(permit({ rate: 10, burst: 1 }, api)), Clock.currentTimeMillis)
      ))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(yield* Fiber.join(fiber), [0, 100, 200])
    }))

  it.effect("one refusal slows everyone down: after its window they go one by one", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      yield* gate.report(permit(usual, "card"), throttled(2_000))
      const fiber = yield* Effect.fork(times(gate, usual, 4))
      yield* TestClock.adjust(5_000)
      assert.deepStrictEqual((yield* Fiber.join(fiber)).map(({ at }) => at), [2_000, 2_050, 2_100, 2_150])
    }))

  it.effect("a refusal that comes while somebody waits counts for that one, too", () =>
    Effect.gen(function*() {
      const gate = yield* fresh
      const limit = { rate: 1, burst: 1 }
      yield* gate.take(permit(limit))
      const waiting = yield* Effect.fork(Effect.zipRight(gate.take(permit(limit)), Clock.currentTimeMillis))
      const optional = yield* Effect.fork(Effect.either(as("optional")(gate.take(permit(limit)))))
      yield* TestClock.adjust(500)
      yield* gate.report(permit(limit), throttled(7_000))
      yield* TestClock.adjust(10_000)
      assert.strictEqual(yield* Fiber.join(waiting), 7_500)
      assert.isTrue(Either.isRight(yield* Fiber.join(optional)))
      yield* gate.report(permit(limit), throttled(7_000))
      assert.deepStrictEqual(
        yield* Effect.either(as("optional")(gate.take(permit(limit)))),
        Either.left(throttled(7_000))
      )
    }))

  it.effect("a lock-out of the address meets every account behind it; a throttle does not", () =>
    Effect.gen(function*() {
      const egress = yield* Scheduler.makeEgress()
      const [a, b] = [yield* Scheduler.make(egress), yield* Scheduler.make(egress)]
      yield* a.report(permit(usual), throttled(20_000))
      assert.strictEqual(yield* b.take(permit(usual)), 0)
      yield* a.report(permit(usual), throttled(300_000, "1111"))
      assert.deepStrictEqual(yield* Effect.either(b.take(permit(usual))), Either.left(throttled(300_000, "1111")))
      yield* TestClock.adjust(300_000)
      assert.strictEqual(yield* b.take(permit(usual)), 0)
    }))
})

describe("against Effect's RateLimiter", () => {
  const limiterOf = ({ burst, rate }: RateLimit.Limit) =>
    RateLimiter.make({ limit: burst, interval: (burst * 1_000) / rate, algorithm: "token-bucket" })
  const now = (limiter: RateLimiter.RateLimiter) => limiter(Clock.currentTimeMillis)
  const timesOf = (n: number, limiter: RateLimiter.RateLimiter) =>
    Effect.all(Array.from({ length: n }, () => now(limiter)), { concurrency: "unbounded" })

  it.scoped("there a person waits behind all bulk that came earlier", () =>
    Effect.gen(function*() {
      const limiter = yield* limiterOf({ rate: 1, burst: 1 })
      const bulk = yield* Effect.fork(timesOf(10, limiter))
      yield* TestClock.adjust(500)
      const person = yield* Effect.fork(now(limiter))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(person), 10_000)
      assert.strictEqual(Math.max(...(yield* Fiber.join(bulk))), 9_000)

      const gate = yield* fresh
      const began = yield* Clock.currentTimeMillis
      const take = Effect.zipRight(gate.take(permit({ rate: 1, burst: 1 })), Clock.currentTimeMillis)
      yield* Effect.fork(as("bulk")(Effect.all(Arr.makeBy(10, () => take), { concurrency: "unbounded" })))
      yield* TestClock.adjust(500)
      const ours = yield* Effect.fork(take)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(ours)) - began, 1_000)
    }))

  it.scoped("there another limit begins with a full bucket", () =>
    Effect.gen(function*() {
      const next = { rate: 20, burst: 1 }
      yield* timesOf(5, yield* limiterOf(usual))
      assert.deepStrictEqual(yield* timesOf(1, yield* limiterOf(next)), [0])

      const gate = yield* fresh
      yield* times(gate, usual, 5)
      const ours = yield* Effect.fork(times(gate, next, 2))
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual((yield* Fiber.join(ours)).map(({ at }) => at), [50, 100])
    }))

  it.scoped("there all that waited for the end of a throttle goes at once, up to the burst", () =>
    Effect.gen(function*() {
      const limiter = yield* limiterOf(usual)
      yield* timesOf(5, limiter)
      yield* TestClock.adjust(2_000)
      assert.deepStrictEqual(yield* timesOf(5, limiter), [2_000, 2_000, 2_000, 2_000, 2_000])

      const gate = yield* fresh
      yield* gate.report(permit(usual), throttled(2_000))
      const ours = yield* Effect.fork(times(gate, usual, 3))
      yield* TestClock.adjust(5_000)
      assert.deepStrictEqual((yield* Fiber.join(ours)).map(({ at }) => at), [4_000, 4_050, 4_100])
    }))
})
