import { assert, describe, it, vi } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { releaseWithin } from "../../../src/internal/runtime/clock.ts"
import { endWithin } from "../../../src/internal/runtime/endWithin.ts"

type Within = (ms: number) => <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<Option.Option<A>, E, R>

const plain: Within = (ms) => (self) => Effect.timeoutOption(self, ms)
const interruptible: Within = (ms) => (self) => Effect.timeoutOption(Effect.interruptible(self), ms)

/** Lets fibers run as far as they can. */
const settle = Effect.repeatN(Effect.yieldNow(), 20)

describe("endWithin", () => {
  /** Whether what must be done at the end is done, if its fiber is interrupted while it is. */
  const isDone = (within: Within) =>
    Effect.gen(function*() {
      const begun = yield* Deferred.make<void>()
      const answer = yield* Deferred.make<void>()
      const done = yield* Deferred.make<void>()
      const end = Deferred.succeed(begun, undefined).pipe(
        Effect.zipRight(Deferred.await(answer)),
        Effect.zipRight(Deferred.succeed(done, undefined))
      )
      const fiber = yield* Effect.fork(Effect.uninterruptible(within(1_000)(end)))
      yield* Deferred.await(begun)
      yield* Fiber.interruptFork(fiber)
      yield* settle
      yield* Deferred.succeed(answer, undefined)
      yield* Fiber.await(fiber)
      return yield* Deferred.isDone(done)
    })
  /** Whether what is never answered is over when its time is up. */
  const isBounded = (within: Within) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkDaemon(Effect.uninterruptible(within(1_000)(Effect.never)))
      yield* settle
      yield* TestClock.adjust(1_000)
      yield* settle
      return Option.isSome(yield* Fiber.poll(fiber))
    })

  it.effect("finishes what its fiber's interruption finds begun, and is over when its time is up", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual([yield* isDone(endWithin), yield* isBounded(endWithin)], [true, true])
    }))

  it.effect("Effect.timeoutOption does the one or the other, by whether it can be interrupted inside", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual([yield* isDone(interruptible), yield* isBounded(interruptible)], [false, true])
      assert.deepStrictEqual([yield* isDone(plain), yield* isBounded(plain)], [true, false])
    }))
})

describe("releaseWithin", () => {
  /** Whether the end of something that is never answered is over after so long in real time, on a clock that stands still. */
  const isOver = (within: Within, realMs: number) =>
    Effect.acquireUseRelease(
      Effect.sync(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })),
      () =>
        Effect.gen(function*() {
          const fiber = yield* Effect.forkDaemon(within(1_000)(Effect.never))
          yield* settle
          yield* Effect.sync(() => vi.advanceTimersByTime(realMs))
          yield* settle
          return Option.isSome(yield* Fiber.poll(fiber))
        }),
      () => Effect.sync(() => vi.useRealTimers())
    )

  it.effect("is over by the real time where the clock stands still, and not before three seconds of it", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* isOver(releaseWithin, 2_999))
      assert.isTrue(yield* isOver(releaseWithin, 3_000))
    }))

  it.effect("Effect.timeoutOption waits there for ever", () =>
    Effect.gen(function*() {
      assert.isFalse(yield* isOver(interruptible, 3_600_000))
    }))
})
