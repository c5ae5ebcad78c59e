/** A flood that handlers keep up with is handled as it comes, and not read back. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Delivery from "../../src/inbound/Delivery.ts"
import { type Desk, Inbox, Outcome } from "../../src/inbound/Inbox.ts"
import * as QueueMemory from "../../src/inbound/queue/QueueMemory.ts"
import { iteration } from "../../src/internal/runtime/eventLoop.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import * as Frame from "../../src/stream/Frame.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { client, file, freshId } from "./world.ts"

const count = 4_000

describe("a flood", () => {
  it.scoped("of which what is handled at once stays in memory", () =>
    Effect.gen(function*() {
      const run = yield* FiberSet.makeRuntime<never>()
      const handled: Array<string> = []
      let kept = 0
      let read = 0
      const desk: Desk = {
        settings: settings({ id: freshId() }),
        memory: yield* QueueMemory.make,
        most: 1,
        read: (frame) => {
          read += 1
          return Delivery.make(frame, () => false)
        },
        isAhead: () => false,
        hand: ({ frameId }, attempt) => {
          run(Effect.flatMap(attempt.begin, (isBegun) => {
            if (!isBegun) return Effect.void
            handled.push(frameId)
            return attempt.end(Outcome.Done())
          }))
        },
        bury: () => {},
        giveUp: () => {}
      }
      const durable = Context.get(
        yield* Layer.build(DingTalkInbox.layer().pipe(Layer.provide(client(yield* file)))),
        Inbox
      )
      if (durable === undefined) return assert.fail("there is no inbox")
      const inbox = yield* durable.open(desk)
      yield* inbox.begin
      yield* settle
      for (let number = 0; number < count; number++) {
        const frame = Frame.decode(JSON.stringify(FakeWire.messageFrame({
          msgId: `m${number}`,
          conversationId: `cid${number % 50}`
        })))
        if (typeof frame === "string") return assert.fail(frame)
        inbox.offer(
          { frame, delivery: Delivery.make(frame, () => false), id: `m${number}`, receivedAt: 0 },
          (isKept) => {
            if (isKept) kept += 1
          }
        )
      }
      for (let round = 0; round < 100_000 && handled.length < count; round++) yield* iteration
      assert.strictEqual(kept, count)
      assert.strictEqual(new Set(handled).size, count)
      // Some of the first ones only, which came when nothing was at hand yet.
      assert.isBelow(read, 500)
    }), 60_000)
})
