import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as RcMap from "effect/RcMap"
import * as Lanes from "../../../src/cli/exec/persistent/lanes.ts"

/** The order in which two tasks of one lane are done, of which the second comes as soon as the first waits for something. */
const order = (inLane: Lanes.Lanes) =>
  Effect.gen(function*() {
    const done: Array<string> = []
    const task = (name: string) => Effect.sync(() => done.push(name))
    const first = yield* Effect.fork(yield* inLane("chat", task("first")))
    yield* Effect.yieldNow()
    const second = yield* Effect.fork(yield* inLane("chat", task("second")))
    yield* Fiber.joinAll([first, second])
    return done
  })

describe("the tasks of a lane", () => {
  it.scoped("are in the order in which places were taken, which those of an RcMap of semaphores are not", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* order(yield* Lanes.make), ["first", "second"])
      const semaphores = yield* RcMap.make({ lookup: (_lane: string) => Effect.makeSemaphore(1) })
      const others: Lanes.Lanes = (lane, task) =>
        Effect.succeed(Effect.scoped(Effect.flatMap(RcMap.get(semaphores, lane), (one) => one.withPermits(1)(task))))
      assert.deepStrictEqual(yield* order(others), ["second", "first"])
    }))

  it.effect("are done beside those of another, and behind one that failed", () =>
    Effect.gen(function*() {
      const inLane = yield* Lanes.make
      const stuck = yield* Effect.fork(yield* inLane("one", Effect.never))
      const failed = yield* Effect.fork(yield* inLane("other", Effect.fail("no")))
      const next = yield* inLane("other", Effect.succeed("next"))
      assert.strictEqual(yield* next, "next")
      assert.strictEqual(yield* Effect.flip(Fiber.join(failed)), "no")
      yield* Fiber.interrupt(stuck)
      assert.strictEqual(yield* Effect.flatten(inLane("one", Effect.succeed("free"))), "free")
    }))
})
