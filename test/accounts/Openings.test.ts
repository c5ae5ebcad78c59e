import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Number from "effect/Number"
import * as Random from "effect/Random"
import * as RateLimiter from "effect/RateLimiter"
import * as Scheduler from "effect/Scheduler"
import * as Openings from "../../src/accounts/Openings.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import { defaults, StreamTiming } from "../../src/stream/StreamTiming.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel, configOf, seconds } from "../utils/world.ts"

const accounts = (count: number) =>
  Array.from({ length: count }, (_, n) => settings({ id: `a${n}`, appKey: `key${n}`, drainTimeoutMs: 0 }))

const nothing = { onMessage: () => Effect.void }

/** The most of these moments, in milliseconds, that lie within one second. */
const mostInASecond = (moments: ReadonlyArray<number>): number =>
  Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + 1_000).length))

/** When each of those that ask at these times, in milliseconds, may go. */
const paces = (asked: ReadonlyArray<number>) =>
  Effect.scoped(Effect.gen(function*() {
    const { join, pass } = yield* Openings.make
    yield* join(Effect.succeed(50))
    const began = yield* Clock.currentTimeMillis
    const fibers = yield* Effect.forEach(
      asked,
      (at) => Effect.fork(Effect.zipRight(Effect.delay(pass, at), Clock.currentTimeMillis))
    )
    yield* seconds(30)
    const went = yield* Effect.forEach(fibers, Fiber.join)
    return went.map((at) => at - began)
  })).pipe(
    Effect.provideService(StreamTiming, { ...defaults, openingsPerSecond: 20, openingBurst: 5 }),
    // Without jitter.
    Effect.withRandom(Random.fixed([0]))
  )

describe("the pace", () => {
  it.effect("lets through at once what the burst allows, and within any time no more than that and the rate", () =>
    Effect.gen(function*() {
      const spacingMs = 50
      const burst = 5
      const pauses = FastCheck.array(FastCheck.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 })
      for (const sample of FastCheck.sample(pauses, 50)) {
        const went = yield* paces(sample.map((_, n) => Number.sumAll(sample.slice(0, n + 1))))
        for (const [n, at] of went.entries()) {
          // In the order of asking …
          if (n > 0) assert.isAtLeast(at, went[n - 1] ?? 0)
          // … and a sixth one in a row is never less than a spacing behind the first.
          if (n >= burst) assert.isAtLeast(at - (went[n - burst] ?? 0), spacingMs)
        }
      }
      assert.deepStrictEqual(yield* paces([0, 0, 0, 0, 0, 0, 0]), [0, 0, 0, 0, 0, 50, 100])
    }))
})

/** How often a fiber is woken while ten of 400 that wait may go. */
const wakes = (pass: Effect.Effect<void>) =>
  Effect.gen(function*() {
    let count = 0
    const counting = Scheduler.make((task, priority, fiber) => {
      count += 1
      Scheduler.defaultScheduler.scheduleTask(task, priority, fiber)
    })
    const waiting = yield* Effect.forEach(
      Array.from({ length: 400 }),
      () => Effect.fork(Effect.withScheduler(pass, counting))
    )
    yield* settle
    const before = count
    yield* seconds(0.5)
    const woken = count - before
    yield* Fiber.interruptAll(waiting)
    return woken
  })

describe("who waits", () => {
  it.scoped("wakes who may go, and not all who wait, as RateLimiter does", () =>
    Effect.gen(function*() {
      const timing = { ...defaults, openingsPerSecond: 20, openingBurst: 5 }
      const { join, pass } = yield* Effect.provideService(Openings.make, StreamTiming, timing)
      yield* join(Effect.succeed(400))
      const limited = yield* RateLimiter.make({ limit: 5, interval: 250 })
      assert.isBelow(yield* wakes(pass), 50)
      assert.isAbove(yield* wakes(limited(Effect.void)), 3_000)
    }))
})

describe("the opening calls of a process", () => {
  it.scoped("are made at once by a few accounts", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* channel(wire, nothing, ...accounts(5))
      assert.strictEqual(wire.live().length, 5)
      assert.deepStrictEqual(wire.opens.map(({ at }) => at), [0, 0, 0, 0, 0])
    }))

  it.scoped("are never more than a known limit in any second, and all are made", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* channel(wire, nothing, ...accounts(100))
      for (let n = 0; n < 16; n++) yield* seconds(0.5)
      const moments = wire.opens.map(({ at }) => at)
      assert.strictEqual(wire.live().length, 100)
      assert.isAtMost(mostInASecond(moments), 21)
      assert.isAbove(new Set(moments).size, 90)
    }))

  it.scoped("do not come back in step after an outage", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n < 40 ? { status: 503, body: "" } : FakeWire.ticket) })
      yield* channel(wire, nothing, ...accounts(40))
      for (let n = 0; n < 60; n++) yield* seconds(0.5)
      assert.strictEqual(wire.live().length, 40)
      assert.isAtMost(mostInASecond(wire.opens.map(({ at }) => at)), 21)
    }))

  it.scoped("are paced over all channels that are put together", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const some = (from: number) =>
        DingTalkChannel.layer(nothing).pipe(Layer.provide(configOf(...accounts(40).slice(from, from + 20))))
      yield* Layer.build(Layer.merge(some(0), some(20))).pipe(Effect.provide(wire.layer))
      for (let n = 0; n < 8; n++) yield* seconds(0.5)
      assert.strictEqual(wire.live().length, 40)
      assert.isAtMost(mostInASecond(wire.opens.map(({ at }) => at)), 21)
    }))

  it.scoped("leave no gap for who is stopped while waiting", () =>
    Effect.gen(function*() {
      const { join, pass: paced } = yield* Openings.make
      yield* join(Effect.succeed(50))
      yield* Effect.repeatN(paced, defaults.openingBurst - 1)
      const waiting = yield* Effect.forEach(Array.from({ length: 50 }), () => Effect.fork(paced))
      yield* settle
      yield* Fiber.interruptAll(waiting)
      const next = yield* Effect.fork(paced)
      yield* seconds(0.1)
      assert.strictEqual((yield* Fiber.poll(next))._tag, "Some")
    }).pipe(Effect.withRandom(Random.fixed([0]))))
})
