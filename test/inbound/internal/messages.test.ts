import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Dedup from "../../../src/inbound/Dedup.ts"
import * as Delivery from "../../../src/inbound/Delivery.ts"
import * as Handling from "../../../src/inbound/Handling.ts"
import * as Messages from "../../../src/inbound/internal/messages.ts"
import * as HandlerScheduler from "../../../src/inbound/queue/HandlerScheduler.ts"
import * as Metrics from "../../../src/metrics.ts"
import { topics } from "../../../src/stream/Gateway.ts"
import { settings } from "../../utils/settings.ts"

const deliveryOf = (msgId: string) =>
  Delivery.make({
    type: "CALLBACK",
    topic: topics.message,
    messageId: `frame of ${msgId}`,
    headers: {},
    length: 100,
    data: {
      msgId,
      msgtype: "text",
      text: { content: "hello" },
      conversationId: "cid1",
      conversationType: "1",
      senderStaffId: "staff1"
    }
  }, () => true)

describe("messages", () => {
  it.scoped("a burst that is cut off before its handler begins is handled when it comes again", () =>
    Effect.gen(function*() {
      const dedup = Dedup.make()
      const common: Handling.Options = {
        settings: settings({}),
        metrics: Metrics.ofInbound("default"),
        dedup,
        scheduler: yield* HandlerScheduler.make,
        start: () => {}
      }
      const seen: Array<number> = []
      const messages = Messages.make({
        ...common,
        handlers: { onMessages: (burst) => Effect.sync(() => seen.push(burst.length)) },
        handling: yield* Handling.make(common),
        refuse: () => Effect.void,
        onGated: undefined,
        onStale: () => {},
        awaited: undefined,
        onThrown: () => {},
        standInLine: () => {},
        now: () => 0
      })
      const parts = [deliveryOf("a"), deliveryOf("b")]
      const burst = { ...deliveryOf("a"), parts }
      const taken = yield* Deferred.make<void>()
      const worker = yield* Effect.fork(
        Effect.uninterruptible(Effect.zipRight(Deferred.await(taken), messages.handle(burst)))
      )
      yield* Effect.yieldNow()
      worker.unsafeInterruptAsFork(FiberId.none)
      yield* Effect.yieldNow()
      yield* Deferred.succeed(taken, undefined)
      yield* Fiber.await(worker)
      assert.deepStrictEqual(seen, [])
      yield* Effect.uninterruptible(messages.handle(burst))
      assert.deepStrictEqual(seen, [2])
    }))
})
