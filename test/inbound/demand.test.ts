/** The inbound side of an account is made within the callback of its first delivery. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Logger from "effect/Logger"
import type * as Scheduler from "effect/Scheduler"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel } from "../utils/world.ts"

const count = 100_000

describe("an inbound side that is made at the first delivery", () => {
  it.scoped("has fibers that give way like any others", () => {
    const schedulers: Array<Scheduler.Scheduler> = []
    const logger = Logger.make(({ context, message }) => {
      if (String(message) !== "dingtalk.frame.unknown_topic") return
      schedulers.push(FiberRefs.getOrDefault(context, FiberRef.currentScheduler))
    })
    return Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* channel(wire, { onMessage: () => Effect.void }, settings({ id: "demand", drainTimeoutMs: 0 }))
      wire.connections[0]?.deliver({
        type: "CALLBACK",
        headers: { topic: "/v1.0/new/topic", messageId: "f1" },
        data: "{}"
      })
      yield* settle
      const [scheduler] = schedulers
      if (scheduler === undefined) return assert.fail("nothing was logged")
      let steps = 0
      const step = Effect.sync(() => steps += 1)
      const long = Effect.iterate(0, { while: (done) => done < count, body: () => step })
      const fiber = yield* Effect.fork(Effect.withScheduler(long, scheduler))
      yield* Effect.repeat(Effect.yieldNow(), { until: () => steps > 0 })
      assert.isBelow(steps, count)
      yield* Fiber.join(fiber)
      assert.strictEqual(steps, count)
    }).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
  })
})
