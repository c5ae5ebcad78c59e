/** What an inbox has read from its table is charged to what all accounts may take together. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Attempt } from "../../src/inbound/Attempt.ts"
import * as Delivery from "../../src/inbound/Delivery.ts"
import { type Desk, Inbox, Outcome } from "../../src/inbound/Inbox.ts"
import * as QueueMemory from "../../src/inbound/queue/QueueMemory.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import * as Frame from "../../src/stream/Frame.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId } from "./world.ts"

const maxBytes = 64 * 1024

/** An inbox whose ledger tells what is charged to it. */
const opened = (filename: string) =>
  Effect.gen(function*() {
    const ledger = yield* Effect.provideService(QueueMemory.make, QueueMemory.QueueMemory, { maxBytes })
    const level = { now: 0, most: 0 }
    const memory: QueueMemory.Ledger = {
      ...ledger,
      enter: (holder) =>
        Effect.map(ledger.enter(holder), (charge) => (bytes) => {
          level.now += bytes
          level.most = Math.max(level.most, level.now)
          charge(bytes)
        })
    }
    const handed: Array<Attempt> = []
    const handled: Array<string> = []
    const desk: Desk = {
      settings: settings({ id: freshId() }),
      memory,
      most: 1,
      read: (frame) => Delivery.make(frame, () => false),
      isAhead: () => false,
      hand: (delivery, attempt) => {
        handed.push({
          ...attempt,
          begin: Effect.tap(attempt.begin, (isBegun) => isBegun && handled.push(delivery.frameId))
        })
      },
      bury: () => {},
      giveUp: () => {}
    }
    const durable = Context.get(
      yield* Layer.build(DingTalkInbox.layer().pipe(Layer.provide(client(filename)))),
      Inbox
    )
    if (durable === undefined) return assert.fail("there is no inbox")
    const inbox = yield* durable.open(desk)
    yield* inbox.begin
    const offer = (number: number) => {
      const frame = Frame.decode(JSON.stringify(FakeWire.messageFrame({
        msgId: `m${number}`,
        conversationId: `cid${number % 20}`,
        text: "x".repeat(1_000)
      })))
      if (typeof frame === "string") return assert.fail(frame)
      const delivery = Delivery.make(frame, () => false)
      inbox.offer({ frame, delivery, id: `m${number}`, receivedAt: 0 }, (isKept) => assert.isTrue(isKept))
    }
    /** Handles what is handed out, for as long as anything is. */
    const handle = Effect.gen(function*() {
      for (let attempt = handed.shift(); attempt !== undefined; attempt = handed.shift()) {
        const isBegun = yield* Effect.raceFirst(attempt.begin, Effect.as(settle, false))
        if (isBegun) yield* attempt.end(Outcome.Done())
      }
    })
    return { ledger, level, handled, offer, handle }
  })

describe("what an inbox has in memory", () => {
  it.scoped("is bounded with that of all others, and the rest waits on the disk", () =>
    Effect.gen(function*() {
      const { handle, handled, ledger, level, offer } = yield* opened(yield* file)
      yield* settle
      for (let number = 0; number < 400; number++) offer(number)
      yield* settle
      assert.isAbove(level.now, maxBytes / 2)
      assert.isAtMost(level.most, maxBytes)

      // Others take all of it.
      let others = 0
      const charge = yield* ledger.enter({
        giveWay: () => assert.fail("it is the inbox that gives way"),
        waiting: () => []
      })
      const take = 1_000
      while (level.now > take) {
        charge(take)
        others += take
        if (level.now < others) break
      }
      assert.isBelow(level.now, maxBytes * 0.6)
      for (let round = 0; round < 100 && handled.length < 200; round++) yield* Effect.zipRight(handle, seconds(1))
      assert.isAtMost(level.most, maxBytes)
      charge(-others)
      for (let round = 0; round < 100 && handled.length < 400; round++) yield* Effect.zipRight(handle, seconds(1))
      assert.strictEqual(new Set(handled).size, 400)
      assert.strictEqual(handled.length, 400)
      assert.strictEqual(level.now, 0)
      for (let line = 0; line < 20; line++) {
        const numbers = handled.map((id) => Number(id.slice("frame-m".length))).filter((number) => number % 20 === line)
        assert.deepStrictEqual(numbers, numbers.toSorted((a, b) => a - b))
      }
    }), 60_000)
})
