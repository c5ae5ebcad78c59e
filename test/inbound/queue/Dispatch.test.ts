import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Dispatch from "../../../src/inbound/queue/Dispatch.ts"
import * as HandlerScheduler from "../../../src/inbound/queue/HandlerScheduler.ts"
import * as QueueMemory from "../../../src/inbound/queue/QueueMemory.ts"
import { settle } from "../../utils/settle.ts"

interface Item extends Dispatch.Item {
  readonly name: string
}

const item = (name: string, key = name, bytes = 1): Item => ({ name, key, bytes })

type Options = Dispatch.Options<Item, never>

/** A dispatch of one worker and a line of one. */
const make = (options: Partial<Options> & Pick<Options, "handle">) =>
  Effect.gen(function*() {
    return yield* Dispatch.make<Item, never>({
      workers: 1,
      capacity: 1,
      capacityBytes: 1_000_000,
      memory: yield* QueueMemory.make,
      overflow: "dropNewest",
      ordered: false,
      scheduler: yield* HandlerScheduler.make,
      onDropped: () => {},
      ...options
    })
  })

/** A dispatch whose handlers wait at a gate each, and a record of what happened. */
const gated = (options: Partial<Options> = {}) =>
  Effect.gen(function*() {
    const started: Array<string> = []
    const finished: Array<string> = []
    const interrupted: Array<string> = []
    const dropped: Array<string> = []
    const gates = new Map<string, Deferred.Deferred<void>>()
    const dispatch = yield* make({
      onDropped: ({ name }) => dropped.push(name),
      handle: ({ name }) =>
        Effect.gen(function*() {
          started.push(name)
          const gate = yield* Deferred.make<void>()
          gates.set(name, gate)
          yield* Deferred.await(gate).pipe(
            Effect.interruptible,
            Effect.onInterrupt(() => Effect.sync(() => interrupted.push(name)))
          )
          finished.push(name)
        }),
      ...options
    })
    const release = (name: string) =>
      Effect.suspend(() => {
        const gate = gates.get(name)
        return gate === undefined ? Effect.die(`${name} has not started`) : Deferred.succeed(gate, undefined)
      }).pipe(Effect.zipRight(settle))
    return { dispatch, started, finished, interrupted, dropped, release }
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

  it.scoped("what comes one after the other is handled by one fiber, which waits in between", () =>
    Effect.gen(function*() {
      const fibers = new Set<string>()
      const dispatch = yield* make({
        workers: 3,
        handle: () => Effect.map(Effect.fiberId, (id) => void fibers.add(FiberId.threadName(id)))
      })
      for (const name of ["a", "b", "c", "d"]) {
        dispatch.offer(item(name))
        yield* settle
      }
      assert.strictEqual(fibers.size, 1)
      assert.deepStrictEqual(yield* dispatch.drain(1_000), [])
    }))

  it.scoped("of several workers that have nothing more to do, one waits, and the next burst is handled as broadly", () =>
    Effect.gen(function*() {
      const { dispatch, finished, release, started } = yield* gated({ workers: 3, capacity: 10 })
      for (const round of ["1", "2", "3"]) {
        const names = ["a", "b", "c"].map((name) => name + round)
        for (const name of names) dispatch.offer(item(name))
        yield* settle
        assert.sameMembers(started.slice(-3), names)
        for (const name of names) yield* release(name)
      }
      assert.strictEqual(finished.length, 9)
    }))

  it.scoped("a handler that dies takes neither its worker nor the line with it", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const dispatch = yield* make({
        capacity: 10,
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
        ordered: true
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
      assert.deepStrictEqual(yield* Fiber.join(draining), [])
      assert.deepStrictEqual(finished, ["a", "b"])
    }))

  it.scoped("drain gives up at its bound and says what was left, even inside a finalizer", () =>
    Effect.gen(function*() {
      const { dispatch } = yield* gated({ capacity: 5 })
      for (const name of ["a", "b", "c"]) dispatch.offer(item(name))
      yield* settle
      const draining = yield* Effect.fork(Effect.uninterruptible(dispatch.drain(1_000)))
      yield* settle
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual((yield* Fiber.join(draining)).map(({ name }) => name), ["b", "c", "a"])
    }))

  it.effect("H04 offering before anything happened and after the end neither throws nor blocks", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { dispatch, interrupted, started } = yield* gated().pipe(Scope.extend(scope))
      dispatch.offer(item("a"))
      yield* settle
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(interrupted, ["a"])
      dispatch.offer(item("b"))
      yield* settle
      assert.deepStrictEqual(started, ["a"])
      assert.strictEqual(dispatch.inFlight(), 0)
      assert.deepStrictEqual(yield* dispatch.drain(1_000), [])
    }))

  it.scoped("a worker that is interrupted with its item is replaced", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const dispatch = yield* make({
        capacity: 10,
        handle: ({ name }) => name.startsWith("cut") ? Effect.interrupt : Effect.sync(() => handled.push(name))
      })
      for (const name of ["cut 1", "a", "cut 2", "b"]) dispatch.offer(item(name))
      assert.deepStrictEqual(yield* dispatch.drain(1_000), [])
      assert.deepStrictEqual(handled, ["a", "b"])
    }))

  it.scoped("a handler that keeps the event loop to itself is told of, by name", () =>
    Effect.gen(function*() {
      const blocked: Array<string> = []
      const dispatch = yield* make({
        capacity: 10,
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

  for (const ordered of [false, true]) {
    const how = ordered ? "with order" : "without order"
    it.scoped(`one chatter does not silence the others, ${how}`, () =>
      Effect.gen(function*() {
        const { dispatch, dropped, release, started } = yield* gated({ workers: 2, capacity: 100, ordered })
        const others = Array.from({ length: 60 }, (_, i) => `person ${i}`)
        for (const other of others) {
          for (let i = 0; i < 10; i++) dispatch.offer(item(`chat before ${other} ${i}`, "chatter"))
          dispatch.offer(item(other))
        }
        yield* settle
        for (let next = 0; next < started.length; next++) yield* release(started[next] ?? "")
        assert.includeMembers(started, others)
        // All of it came in one read.
        assert.strictEqual(dropped.length, 660 - 100)
        assert.notIncludeMembers(dropped, others)
      }))

    it.scoped(`conversations are served alike, ${how}`, () =>
      Effect.gen(function*() {
        const { dispatch, release, started } = yield* gated({ capacity: 100, ordered })
        for (const name of ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]) dispatch.offer(item(name, name[0]))
        yield* settle
        for (let next = 0; next < started.length; next++) yield* release(started[next] ?? "")
        assert.deepStrictEqual(started, ["a1", "b1", "c1", "a2", "b2", "a3", "a4"])
      }))

    it.scoped(`dropOldest: what is left of a flood is its end, in order, ${how}`, () =>
      Effect.gen(function*() {
        const { dispatch, release, started } = yield* gated({ capacity: 3, overflow: "dropOldest", ordered })
        dispatch.offer(item("first"))
        yield* settle
        // More than the queue of conversations has room for, and nobody takes from it.
        for (let i = 0; i < 50; i++) dispatch.offer(item(`${i}`))
        for (let next = 0; next < started.length; next++) yield* release(started[next] ?? "")
        assert.deepStrictEqual(started, ["first", "47", "48", "49"])
      }))
  }

  it.scoped("a line has a bound in bytes, within which a large item takes several places", () =>
    Effect.gen(function*() {
      const { dispatch, dropped } = yield* gated({ capacity: 10, capacityBytes: 1_000 })
      dispatch.offer(item("at work"))
      yield* settle
      // Larger than all there is, and alone: it may wait.
      dispatch.offer(item("huge", "a", 5_000))
      assert.deepStrictEqual(dropped, [])
      // Somebody quiet finds room.
      dispatch.offer(item("small", "b"))
      assert.deepStrictEqual(dropped, ["huge"])
      dispatch.offer(item("large", "c", 700))
      dispatch.offer(item("as large", "d", 700))
      assert.deepStrictEqual(dropped, ["huge", "as large"])
      for (let i = 0; i < 3; i++) dispatch.offer(item(`${i}`, `e${i}`))
      assert.strictEqual(dispatch.waiting(), 4)
      assert.deepStrictEqual(dropped, ["huge", "as large", "large"])
    }))

  it.scoped("all lines together have a bound in bytes, and the fullest of them gives way", () =>
    Effect.gen(function*() {
      const memory = yield* QueueMemory.make.pipe(
        Effect.provideService(QueueMemory.QueueMemory, { maxBytes: 1_000 })
      )
      const one = yield* gated({ capacity: 10, memory })
      const other = yield* gated({ capacity: 10, memory })
      for (const { dispatch } of [one, other]) dispatch.offer(item("at work"))
      yield* settle
      for (let i = 0; i < 3; i++) one.dispatch.offer(item(`${i}`, "a", 300))
      other.dispatch.offer(item("quiet", "b", 300))
      assert.deepStrictEqual([one.dropped, other.dropped], [["2"], []])
      // What is taken, or given up, makes room again.
      yield* one.release("at work")
      other.dispatch.offer(item("quiet again", "b", 300))
      yield* Effect.forkDaemon(one.dispatch.drain(0))
      yield* TestClock.adjust(0)
      yield* settle
      other.dispatch.offer(item("and again", "b", 300))
      assert.deepStrictEqual([one.dropped, other.dropped], [["2"], []])
    }))
})
