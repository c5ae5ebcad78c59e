import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import * as DeliveryScopes from "../../../src/inbound/internal/deliveryScopes.ts"
import * as HandlerScheduler from "../../../src/inbound/queue/HandlerScheduler.ts"
import { CurrentHandler, type Underway } from "../../../src/internal/handler/CurrentHandler.ts"

const made = Effect.gen(function*() {
  const scheduler = yield* HandlerScheduler.make
  const run = yield* DeliveryScopes.make(scheduler)
  const within = <A, E, R>(current: Underway, effect: Effect.Effect<A, E, R>) =>
    run(current, effect, { onSuccess: Effect.succeed, onFailure: Effect.failCause })
  const scoped = <A, E, R>(effect: Effect.Effect<A, E, R>) => within({ isStopped: false }, effect)
  const ended: Array<string> = []
  const record = (name: string) =>
    Effect.addFinalizer((exit) => Effect.sync(() => ended.push(`${name}: ${Exit.isSuccess(exit) ? "done" : "failed"}`)))
  return { ended, record, scheduler, scoped, within }
})

const handler = Effect.suspend(() => Effect.succeed(1))

describe("deliveryScopes", () => {
  it.scoped("what is acquired is released at the end of its delivery, last first, whatever the end", () =>
    Effect.gen(function*() {
      const { ended, record, scoped } = yield* made
      const two = Effect.zipRight(record("a"), record("b"))
      assert.strictEqual(yield* scoped(Effect.as(two, 1)), 1)
      assert.deepStrictEqual(ended.splice(0), ["b: done", "a: done"])
      assert.deepStrictEqual(yield* Effect.exit(scoped(Effect.zipRight(two, Effect.fail("no")))), Exit.fail("no"))
      assert.deepStrictEqual(ended.splice(0), ["b: failed", "a: failed"])
      yield* Effect.exit(scoped(Effect.zipRight(two, Effect.interrupt)))
      assert.deepStrictEqual(ended, ["b: failed", "a: failed"])
    }))

  it.scoped("a finalizer that dies is the end of its delivery alone", () =>
    Effect.gen(function*() {
      const { scoped } = yield* made
      const exit = yield* Effect.exit(scoped(Effect.addFinalizer(() => Effect.die("broken"))))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      assert.strictEqual(yield* scoped(Effect.succeed(1)), 1)
    }))

  it.scoped("a scope that was used is never used again, also a scope that was forked from it", () =>
    Effect.gen(function*() {
      const { ended, record, scoped } = yield* made
      const first = yield* scoped(Effect.tap(Effect.scope, () => record("a")))
      const second = yield* scoped(Effect.scope)
      assert.notStrictEqual(first, second)
      yield* Scope.addFinalizer(first, Effect.sync(() => ended.push("late: at once")))
      assert.deepStrictEqual(ended.splice(0), ["a: done", "late: at once"])
      yield* scoped(
        Effect.flatMap(
          Effect.scope,
          (scope) =>
            Effect.flatMap(Scope.fork(scope, { _tag: "Sequential" }), (child) =>
              Scope.addFinalizer(
                child,
                Effect.sync(() => ended.push("child"))
              ))
        )
      )
      assert.deepStrictEqual(ended, ["child"])
    }))

  it.effect("what is added to a scope after its delivery is done at the latest with the scope around", () =>
    Effect.gen(function*() {
      const ended: Array<string> = []
      yield* Effect.scoped(Effect.gen(function*() {
        const { scoped } = yield* made
        const kept = yield* scoped(Effect.scope)
        yield* Scope.addFinalizer(kept, Effect.sync(() => ended.push("kept")))
      }))
      assert.deepStrictEqual(ended, ["kept"])
    }))

  it.scoped("each delivery knows its own handler, in forked fibers and when it is over, too", () =>
    Effect.gen(function*() {
      const { within } = yield* made
      const [one, other] = [{ isStopped: false }, { isStopped: false }]
      const asked = Effect.forkDaemon(Effect.zipRight(Effect.yieldNow(), FiberRef.get(CurrentHandler)))
      const fibers = yield* Effect.all([within(one, asked), within(other, asked)])
      assert.deepStrictEqual(
        yield* Effect.map(Effect.forEach(fibers, Fiber.join), ([a, b]) => [a === one, b === other]),
        [
          true,
          true
        ]
      )
    }))

  it.scoped("an interruption that came before the delivery began is not lost", () =>
    Effect.gen(function*() {
      const { scoped } = yield* made
      const taken = yield* Deferred.make<void>()
      let hasBegun = false
      const begun = scoped(Effect.sync(() => {
        hasBegun = true
      }))
      const worker = yield* Effect.fork(Effect.uninterruptible(Effect.zipRight(Deferred.await(taken), begun)))
      yield* Effect.yieldNow()
      worker.unsafeInterruptAsFork(FiberId.none)
      yield* Deferred.succeed(taken, undefined)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.await(worker)))
      assert.isFalse(hasBegun)
    }))

  it.scoped("each delivery begins with the same fiber refs, on the same scheduler", () =>
    Effect.gen(function*() {
      const ref = yield* FiberRef.make("initial")
      const { scheduler, scoped } = yield* made
      const seen = scoped(Effect.all([FiberRef.getAndSet(ref, "changed"), FiberRef.get(FiberRef.currentScheduler)]))
      assert.deepStrictEqual(yield* seen, ["initial", scheduler])
      assert.deepStrictEqual(yield* seen, ["initial", scheduler])
    }))

  it.scoped("takes less than half of the steps of Effect.scoped where nobody asks for the scope", () =>
    Effect.gen(function*() {
      let steps = 0
      const scheduler: Scheduler.Scheduler = {
        scheduleTask: (task, priority, fiber) => Scheduler.defaultScheduler.scheduleTask(task, priority, fiber),
        shouldYield: (fiber) => {
          steps += 1
          return Scheduler.defaultScheduler.shouldYield(fiber)
        }
      }
      const scopes = yield* DeliveryScopes.make(scheduler)
      const ends = { onSuccess: () => Effect.void, onFailure: () => Effect.void }
      const ours = scopes({ isStopped: false }, handler, ends)
      const theirs = Effect.matchCauseEffect(Effect.scoped(handler), ends)
      const stepsOf = (delivery: Effect.Effect<void>) =>
        Effect.suspend(() => {
          steps = 0
          return Effect.map(Effect.withScheduler(Effect.repeatN(delivery, 99), scheduler), () => steps)
        })
      assert.isBelow(yield* stepsOf(ours), (yield* stepsOf(theirs)) / 2)
    }))

  it.scoped("Effect.scoped has a delivery begin with what the one before did to the fiber refs", () =>
    Effect.gen(function*() {
      const ref = yield* FiberRef.make("initial")
      const seen = Effect.scoped(FiberRef.getAndSet(ref, "changed"))
      assert.deepStrictEqual(yield* Effect.all([seen, seen]), ["initial", "changed"])
    }))
})
