import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Dispatch from "../../src/inbound/Dispatch.ts"
import * as Boundary from "../../src/inbound/internal/boundary.ts"
import { settle } from "../utils/settle.ts"

interface Item {
  readonly name: string
  readonly key: string
}

const item = (name: string, key = name): Item => ({ name, key })

const boundary = Effect.gen(function*() {
  const { interruptAll, start } = Boundary.unsafeMake(yield* Effect.runtime())
  yield* Effect.addFinalizer(() => interruptAll)
  return start
})

/** A dispatch whose handlers wait at a gate each, and a record of what happened. */
const gated = (options: Partial<Dispatch.Options<Item, never>> = {}) =>
  Effect.gen(function*() {
    const started: Array<string> = []
    const finished: Array<string> = []
    const dropped: Array<string> = []
    const gates = new Map<string, Deferred.Deferred<void>>()
    const dispatch = Dispatch.unsafeMake<Item, never>({
      start: yield* boundary,
      now: () => performance.now(),
      workers: 1,
      capacity: 1,
      overflow: "dropNewest",
      onDropped: ({ name }) => dropped.push(name),
      handle: ({ name }) =>
        Effect.gen(function*() {
          started.push(name)
          const gate = yield* Deferred.make<void>()
          gates.set(name, gate)
          yield* Deferred.await(gate)
          finished.push(name)
        }),
      ...options
    })
    const release = (name: string) =>
      Effect.suspend(() => {
        const gate = gates.get(name)
        return gate === undefined ? Effect.die(`${name} has not started`) : Deferred.succeed(gate, undefined)
      }).pipe(Effect.zipRight(settle))
    return { dispatch, started, finished, dropped, release }
  })

describe("Dispatch", () => {
  it.scoped("H03 one worker, a line of one: a runs, b waits, c is dropped; then exactly a and b are handled", () =>
    Effect.gen(function*() {
      const { dispatch, dropped, finished, release, started } = yield* gated()
      dispatch.offer(item("a"))
      yield* settle
      dispatch.offer(item("b"))
      dispatch.offer(item("c"))
      assert.deepStrictEqual(started, ["a"])
      assert.strictEqual(dispatch.waiting(), 1)
      assert.deepStrictEqual(dropped, ["c"])
      yield* release("a")
      yield* release("b")
      assert.deepStrictEqual(finished, ["a", "b"])
    }))

  it.scoped("dropOldest: the oldest waiting one gives way", () =>
    Effect.gen(function*() {
      const { dispatch, dropped, finished, release } = yield* gated({ overflow: "dropOldest" })
      dispatch.offer(item("a"))
      yield* settle
      dispatch.offer(item("b"))
      dispatch.offer(item("c"))
      yield* release("a")
      yield* release("c")
      assert.deepStrictEqual(dropped, ["b"])
      assert.deepStrictEqual(finished, ["a", "c"])
    }))

  it.scoped("handles as many at once as there are workers, and no more", () =>
    Effect.gen(function*() {
      const { dispatch, release, started } = yield* gated({ workers: 3, capacity: 10 })
      for (const name of ["a", "b", "c", "d", "e"]) dispatch.offer(item(name))
      yield* settle
      assert.sameMembers(started, ["a", "b", "c"])
      assert.strictEqual(dispatch.inFlight(), 3)
      yield* release("b")
      assert.sameMembers(started, ["a", "b", "c", "d"])
    }))

  it.scoped("a handler that dies takes neither its worker nor the line with it", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const dispatch = Dispatch.unsafeMake<Item, never>({
        start: yield* boundary,
        now: () => performance.now(),
        workers: 1,
        capacity: 10,
        overflow: "dropNewest",
        onDropped: () => {},
        handle: ({ name }) =>
          name === "bad"
            ? Effect.die("boom")
            : name === "self-interrupting"
            ? Effect.interrupt
            : Effect.sync(() => handled.push(name))
      })
      for (const name of ["a", "bad", "b", "self-interrupting", "c"]) dispatch.offer(item(name))
      yield* settle
      assert.deepStrictEqual(handled, ["a", "b", "c"])
      assert.strictEqual(dispatch.inFlight(), 0)
    }))

  it.scoped("with a key: strict order and no overlap within it, while other keys go on", () =>
    Effect.gen(function*() {
      const { dispatch, finished, release, started } = yield* gated({
        workers: 2,
        capacity: 10,
        keyOf: ({ key }) => key
      })
      for (const [name, key] of [["a1", "a"], ["a2", "a"], ["a3", "a"], ["b1", "b"], ["c1", "c"]] as const) {
        dispatch.offer(item(name, key))
      }
      yield* settle
      assert.deepStrictEqual(started, ["a1", "b1"])
      yield* release("b1")
      assert.deepStrictEqual(started, ["a1", "b1", "c1"])
      yield* release("c1")
      assert.deepStrictEqual(started, ["a1", "b1", "c1"])
      yield* release("a1")
      yield* release("a2")
      yield* release("a3")
      assert.deepStrictEqual(finished, ["b1", "c1", "a1", "a2", "a3"])
    }))

  it.scoped("drain waits for what was taken, then nothing is left", () =>
    Effect.gen(function*() {
      const { dispatch, finished, release } = yield* gated({ capacity: 5 })
      for (const name of ["a", "b"]) dispatch.offer(item(name))
      yield* settle
      const draining = yield* Effect.fork(dispatch.drain(10_000))
      yield* settle
      assert.isFalse(dispatch.accepting())
      dispatch.offer(item("late"))
      yield* release("a")
      yield* release("b")
      assert.strictEqual(yield* Fiber.join(draining), 0)
      assert.deepStrictEqual(finished, ["a", "b"])
    }))

  it.scoped("drain gives up at its bound and says how many were left, even inside a finalizer", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* gated({ capacity: 5 })
      for (const name of ["a", "b", "c"]) dispatch.offer(item(name))
      yield* settle
      const draining = yield* Effect.fork(Effect.uninterruptible(dispatch.drain(1_000)))
      yield* settle
      yield* TestClock.adjust(1_000)
      assert.strictEqual(yield* Fiber.join(draining), 3)
    }))

  it.effect("H04 offering before anything happened and after the end neither throws nor blocks", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const interrupted: Array<string> = []
      const { dispatch, started } = yield* gated({ onInterrupted: ({ name }) => interrupted.push(name) }).pipe(
        Scope.extend(scope)
      )
      dispatch.offer(item("a"))
      yield* settle
      dispatch.close()
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(interrupted, ["a"])
      dispatch.offer(item("b"))
      yield* settle
      assert.deepStrictEqual(started, ["a"])
      assert.strictEqual(dispatch.inFlight(), 0)
      assert.strictEqual(yield* dispatch.drain(1_000), 0)
    }))

  it.scoped("a handler that keeps the event loop to itself is told of, by name", () =>
    Effect.gen(function*() {
      const blocked: Array<string> = []
      const dispatch = Dispatch.unsafeMake<Item, never>({
        start: yield* boundary,
        now: () => performance.now(),
        workers: 1,
        capacity: 10,
        overflow: "dropNewest",
        onDropped: () => {},
        onBlocked: ({ name }, ms) => {
          assert.isAtLeast(ms, 200)
          blocked.push(name)
        },
        handle: ({ name }) =>
          Effect.sync(() => {
            const end = performance.now() + (name === "greedy" ? 250 : 0)
            while (performance.now() < end);
          })
      })
      for (const name of ["a", "greedy", "b"]) dispatch.offer(item(name))
      yield* settle
      assert.deepStrictEqual(blocked, ["greedy"])
    }))
})
