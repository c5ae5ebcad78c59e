import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Net from "node:net"
import { vi } from "vitest"
import * as HandlerScheduler from "../../../src/inbound/queue/HandlerScheduler.ts"

/** Keeps the event loop to itself until a slice is used up. */
const spin = () => {
  const end = performance.now() + HandlerScheduler.sliceMs + 1
  while (performance.now() < end);
}

/** Two ends of a connection. */
const pair = Effect.acquireRelease(
  Effect.async<readonly [Net.Socket, Net.Socket]>((resume) => {
    const server = Net.createServer({ noDelay: true }, (there) => {
      server.close()
      resume(Effect.succeed([here, there]))
    })
    const here = new Net.Socket()
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (typeof address === "object" && address !== null) here.connect(address.port, "127.0.0.1")
    })
  }),
  (sockets) => Effect.sync(() => sockets.forEach((socket) => socket.destroy()))
)

/**
 * A thousand reads of 1 ms, each with a handler of so many, and no check phase between them, as when a socket always has
 * more: how many were handled meanwhile, and how many waited at most.
 */
const reading = (handlerMs: number) =>
  Effect.gen(function*() {
    let now = 0
    yield* Effect.acquireRelease(
      Effect.sync(() => vi.spyOn(performance, "now").mockImplementation(() => now)),
      (spy) => Effect.sync(() => spy.mockRestore())
    )
    const scheduler = yield* HandlerScheduler.make
    let handled = 0
    let waiting = 0
    let most = 0
    const read = (left: number, done: () => void) => {
      if (left === 0) return done()
      now += 1
      waiting += 1
      most = Math.max(most, waiting)
      scheduler.scheduleTask(() => {
        now += handlerMs
        waiting -= 1
        handled += 1
      }, 0)
      scheduler.onRead()
      process.nextTick(process.nextTick, process.nextTick, read, left - 1, done)
    }
    yield* Effect.async<void>((resume) => read(1_000, () => resume(Effect.void)))
    return { handled, most }
  })

describe("HandlerScheduler", () => {
  it.scopedLive("what arrived while a slice was used up is read before the next slice", () =>
    Effect.gen(function*() {
      const scheduler = yield* HandlerScheduler.make
      const [here, there] = yield* pair
      const over = yield* Deferred.make<void>()
      const tell = Runtime.runFork(yield* Effect.runtime<never>())
      const log: Array<string> = []
      here.on("data", (bytes) => {
        const text = String(bytes)
        log.push(`read ${text}`)
        if (text !== "one") return
        scheduler.scheduleTask(() => {
          log.push("first")
          there.write("two")
          spin()
        }, 0)
        scheduler.scheduleTask(() => {
          log.push("second")
          tell(Deferred.succeed(over, undefined))
        }, 0)
      })
      there.write("one")
      yield* Deferred.await(over)
      assert.deepStrictEqual(log, ["read one", "first", "read two", "second"])
    }))

  it.scopedLive("a fiber that never waits yields when its slice is up", () =>
    Effect.gen(function*() {
      const scheduler = yield* HandlerScheduler.make
      const over = yield* Deferred.make<boolean>()
      let others = 0
      const fork = Runtime.runFork(yield* Effect.runtime<never>())
      const start = (effect: Effect.Effect<void>) => fork(effect, { scheduler, immediate: false })
      start(
        Effect.repeat(Effect.sync(spin), { until: () => others > 0, times: 1_000 }).pipe(
          Effect.zipRight(Effect.suspend(() => Deferred.succeed(over, others > 0)))
        )
      )
      setImmediate(() => others++)
      assert.isTrue(yield* Deferred.await(over))
    }))

  it.scopedLive("handlers that keep up with what is read are never left behind, however much is read at a stretch", () =>
    Effect.map(reading(1), ({ most }) => assert.strictEqual(most, 1)))

  it.scopedLive("handlers that are slower than reading get half of the time once a round's allowance is used up", () =>
    // Of the 1,000 ms of reading, and the 50 ms ahead of it.
    Effect.map(reading(4), ({ handled }) => assert.approximately(handled, 1_050 / 4, 2)))
})
