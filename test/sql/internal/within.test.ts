import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { settledWithin } from "../../../src/sql/internal/database/within.ts"

/** What is asked of a database: a part that may be interrupted, and one that may not. */
const asked = Effect.gen(function*() {
  const [body, commit] = [yield* Deferred.make<void>(), yield* Deferred.make<string>()]
  const told = yield* Deferred.make<Exit.Exit<string, unknown>>()
  const fiber = yield* Effect.fork(Effect.uninterruptible(
    Effect.interruptible(Deferred.await(body)).pipe(
      Effect.zipRight(Deferred.await(commit)),
      settledWithin("5 seconds"),
      Effect.exit,
      Effect.flatMap((exit) => Deferred.succeed(told, exit))
    )
  ))
  yield* TestClock.adjust("1 second")
  return { body, commit, told: Deferred.await(told), interrupt: Fiber.interruptFork(fiber) }
})

describe("what must know how it ended", () => {
  it.effect("ends at once when it is interrupted in the part that may be", () =>
    Effect.gen(function*() {
      const { interrupt, told } = yield* asked
      yield* interrupt
      assert.isTrue(Exit.isInterrupted(yield* told))
    }))

  it.effect("is told of the end when it is interrupted in the rest", () =>
    Effect.gen(function*() {
      const { body, commit, interrupt, told } = yield* asked
      yield* Deferred.succeed(body, undefined)
      yield* TestClock.adjust("1 second")
      yield* interrupt
      yield* TestClock.adjust("1 second")
      yield* Deferred.succeed(commit, "committed")
      assert.deepStrictEqual(yield* told, Exit.succeed("committed"))
    }))

  it.effect("waits no longer than it may, wherever it is", () =>
    Effect.gen(function*() {
      const { body, told } = yield* asked
      yield* Deferred.succeed(body, undefined)
      yield* TestClock.adjust("4 seconds")
      const exit = yield* told
      assert.isTrue(Exit.isFailure(exit) && !Exit.isInterrupted(exit))
    }))
})
