import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { Hangup, layer } from "../../../src/cli/process/Hangup.ts"
import * as Signals from "../../../src/cli/process/signals.ts"

const names = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1"] as const

/** Signals as the process hears them, which this process ceases to hear behind the test. */
const signals = Effect.acquireRelease(
  Effect.sync(() => {
    const before = names.map((name) => [name, process.listeners(name)] as const)
    return { before, signals: Signals.listen(() => assert.fail("nothing was to stop")) }
  }),
  ({ before }) =>
    Effect.sync(() => {
      for (const [name, listeners] of before) {
        for (const listener of process.listeners(name)) {
          if (!listeners.includes(listener)) process.off(name, listener)
        }
      }
    })
)

const hangUp = Effect.sync(() => process.emit("SIGHUP", "SIGHUP"))

describe("Hangup", () => {
  it.scoped("whoever waits for a request hears of it, and one that goes leaves the others", () =>
    Effect.gen(function*() {
      const { onHangup, onStop } = (yield* signals).signals
      const waiting = yield* Queue.unbounded<void>()
      const told: Signals.Signals = {
        onStop,
        onHangup: (hangup) => {
          Queue.unsafeOffer(waiting, undefined)
          return onHangup(hangup)
        }
      }
      const { requests } = yield* Effect.provide(Hangup, layer(told, false))
      const hear = (n: number) =>
        Effect.zipLeft(Effect.fork(Stream.runCollect(Stream.take(requests, n))), Queue.take(waiting))
      const first = yield* hear(1)
      const second = yield* hear(2)
      yield* hangUp
      assert.strictEqual(Chunk.size(yield* Fiber.join(first)), 1)
      yield* hangUp
      assert.strictEqual(Chunk.size(yield* Fiber.join(second)), 2)
      yield* hangUp
    }))
})
