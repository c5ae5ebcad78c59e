/** What surrounds the handlers of messages: stopping, overtaking, bursts, old news, refusals. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import type { AccountSettings } from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import { mostOfOne } from "../../src/inbound/internal/gathering.ts"
import { logEvents } from "../../src/logEvents.ts"
import { forAccount, type InboundMetrics } from "../../src/metrics.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { answers, channel, seconds } from "../utils/world.ts"

let accounts = 0

type Counter = {
  [K in keyof InboundMetrics]: InboundMetrics[K] extends Metric.Metric.Counter<number> ? K : never
}[keyof InboundMetrics]

/** A robot of its own per test, for metrics are global. No drain, unless a test is about it. */
const start = <R>(handlers: Handlers<R>, overrides: Partial<AccountSettings> = {}) =>
  Effect.gen(function*() {
    const wire = FakeWire.make()
    const id = `around-${accounts++}`
    const running = yield* channel(wire, handlers, settings({ id, drainTimeoutMs: 0, ...overrides }))
    const [connection] = wire.connections
    if (connection === undefined) return assert.fail("a connection")
    const metrics = forAccount(id)
    return {
      channel: running,
      id,
      say: (msgId: string, more: Readonly<Record<string, unknown>> = {}) =>
        Effect.zipRight(
          Effect.sync(() => connection.deliver(FakeWire.messageFrame({ msgId, text: msgId, ...more }))),
          settle
        ),
      deliver: (frame: unknown) => Effect.zipRight(Effect.sync(() => connection.deliver(frame)), settle),
      acks: () => answers(connection).size,
      count: (name: Counter) => Effect.map(Metric.value(metrics[name]), ({ count }) => count)
    }
  })

/** A logger that keeps the names of records and what they say. */
const logged = Effect.sync(() => {
  const records: Array<{ readonly event: string; readonly facts: Readonly<Record<string, unknown>> }> = []
  const logger = Logger.make(({ annotations, message }) => {
    const [event] = Array.isArray(message) ? message : [message]
    records.push({ event: String(event), facts: Object.fromEntries(HashMap.toEntries(annotations)) })
  })
  return {
    layer: Logger.replace(Logger.defaultLogger, logger),
    of: (event: string) => records.filter((record) => record.event === event)
  }
})

describe("interrupt", () => {
  /** Handlers that go on until they are interrupted, and say so. */
  const endless = () => {
    const log: Array<string> = []
    const onMessage = ({ messageId }: { readonly messageId: string }) =>
      Effect.zipRight(
        Effect.acquireRelease(
          Effect.sync(() => log.push(`${messageId} begins`)),
          () => Effect.sync(() => log.push(`${messageId} ends`))
        ),
        Effect.onInterrupt(Effect.never, () =>
          Effect.map(DingTalkChannel.isInterrupting, (asked) => {
            log.push(asked ? `${messageId} is stopped` : `${messageId} is cut off`)
          }))
      )
    return { log, onMessage }
  }

  it.scoped("ends the handler of a message, its scope included, before it returns; not a failure, not handled again", () =>
    Effect.gen(function*() {
      const { log, onMessage } = endless()
      const robot = yield* start({ onMessage })
      yield* robot.say("a")
      yield* robot.say("b")
      assert.strictEqual(yield* robot.channel.interrupt({ messageId: "a" }), 1)
      assert.deepStrictEqual(log, ["a begins", "b begins", "a is stopped", "a ends"])
      assert.strictEqual(yield* robot.count("interrupted"), 1)
      assert.strictEqual(yield* robot.count("failed"), 0)
      yield* robot.say("a", { frameId: "again" })
      assert.strictEqual(yield* robot.count("duplicate"), 1)
      assert.lengthOf(log, 4)
      assert.strictEqual(yield* robot.channel.interrupt({ messageId: "a" }), 0)
      yield* robot.channel.stop(robot.id)
      assert.deepStrictEqual(log.slice(4), ["b is cut off", "b ends"])
      assert.strictEqual(yield* robot.count("interrupted"), 1)
    }))

  it.scoped("ends all of a conversation and nothing else; what waits goes on", () =>
    Effect.gen(function*() {
      const { log, onMessage } = endless()
      const robot = yield* start({ onMessage }, { dispatchWorkers: 3 })
      yield* robot.say("a")
      yield* robot.say("b")
      yield* robot.say("c", { conversationId: "cidOther" })
      yield* robot.say("d")
      assert.strictEqual(yield* robot.channel.interrupt({ accountId: robot.id, conversationId: "cidGroup" }), 2)
      yield* settle
      assert.sameMembers(log.slice(3, 7), ["a is stopped", "a ends", "b is stopped", "b ends"])
      assert.deepStrictEqual(log.slice(7), ["d begins"])
    }))

  it.scoped("of nothing, of a stranger, of a stopped account is none", () =>
    Effect.gen(function*() {
      const robot = yield* start({ onMessage: () => Effect.void })
      yield* robot.say("a")
      const none = { accountId: "nobody", conversationId: "cidGroup" }
      assert.strictEqual(yield* robot.channel.interrupt({ messageId: "a" }), 0)
      assert.strictEqual(yield* robot.channel.interrupt({ conversationId: "" }), 0)
      assert.strictEqual(yield* robot.channel.interrupt(none), 0)
      yield* robot.channel.stop(robot.id)
      assert.strictEqual(yield* robot.channel.interrupt({ conversationId: "cidGroup" }), 0)
    }))

  for (const handlerTimeoutMs of [undefined, 60_000]) {
    it.scoped(`in a handler, of its own message, means the others of its conversation (time-out ${handlerTimeoutMs})`, () =>
      Effect.gen(function*() {
        const { log, onMessage } = endless()
        const counts: Array<number> = []
        const robot = yield* start<DingTalkChannel.DingTalkChannel>({
          onMessage: (message) =>
            message.text === "stop"
              ? Effect.scoped(Effect.map(DingTalkChannel.interrupt(message), (n) => counts.push(n)))
              : Effect.scoped(onMessage(message))
        }, { handlerTimeoutMs })
        yield* robot.say("a")
        yield* robot.say("other", { conversationId: "cidOther" })
        yield* robot.say("1", { text: "stop" })
        yield* robot.say("2", { text: "stop" })
        assert.deepStrictEqual(counts, [1, 0])
        assert.deepStrictEqual(log, ["a begins", "other begins", "a is stopped", "a ends"])
      }))
  }

  it.scoped("with order kept, the next of the conversation begins when the interrupted one has ended, not before", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const gate = yield* Deferred.make<void>()
      const robot = yield* start({
        onMessage: ({ text }) =>
          Effect.onInterrupt(
            Effect.zipRight(Effect.sync(() => log.push(text)), text === "a" ? Effect.never : Effect.void),
            () => Effect.zipRight(Deferred.await(gate), Effect.sync(() => log.push("a has ended")))
          )
      }, { ordering: "conversation", dispatchWorkers: 1 })
      yield* robot.say("a")
      yield* robot.say("b")
      const interrupting = yield* Effect.fork(robot.channel.interrupt({ messageId: "a" }))
      yield* settle
      assert.deepStrictEqual(log, ["a"])
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* Fiber.join(interrupting), 1)
      yield* settle
      assert.deepStrictEqual(log, ["a", "a has ended", "b"])
    }))
})

describe("overtaking", () => {
  const robot = (overtakes: Handlers["overtakes"], more: Partial<AccountSettings> = {}) =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const gate = yield* Deferred.make<void>()
      const running = yield* start({
        overtakes,
        onMessage: ({ text }) =>
          Effect.zipRight(Effect.sync(() => log.push(text)), text === "stop" ? Effect.void : Deferred.await(gate))
      }, { ordering: "conversation", dispatchWorkers: 1, dispatchQueueSize: 1, ...more })
      return { ...running, log, gate }
    })
  const isStop: Handlers["overtakes"] = ({ text }) => text === "stop"

  it.scoped("goes before order, workers and a full queue, acknowledged and once", () =>
    Effect.gen(function*() {
      const { acks, count, log, say } = yield* robot(isStop)
      for (const id of ["a", "b", "c", "d"]) yield* say(id)
      yield* say("s", { text: "stop" })
      yield* say("s", { text: "stop", frameId: "again" })
      assert.deepStrictEqual(log, ["a", "stop"])
      assert.strictEqual(acks(), 6)
      assert.strictEqual(yield* count("dropped"), 2)
      assert.strictEqual(yield* count("duplicate"), 1)
    }))

  it.scoped("is gated as any other", () =>
    Effect.gen(function*() {
      const { log, say } = yield* robot(isStop, { allowedUsers: ["boss"] })
      yield* say("s", { text: "stop" })
      yield* say("s2", { text: "stop", senderStaffId: "boss" })
      assert.deepStrictEqual(log, ["stop"])
    }))

  it.scoped("a predicate that throws says no, and is told of", () =>
    Effect.gen(function*() {
      const { layer, of } = yield* logged
      yield* Effect.gen(function*() {
        const { log, say } = yield* robot(() => {
          throw new Error("no")
        })
        yield* say("a")
        assert.deepStrictEqual(log, ["a"])
        assert.deepInclude(of(logEvents.handlerFailed)[0]?.facts, { handler: "overtakes", messageId: "a" })
      }).pipe(Effect.provide(layer))
    }))
})

describe("bursts", () => {
  const robot = (more: Partial<AccountSettings> = {}, handlers: Handlers = {}) =>
    Effect.gen(function*() {
      const bursts: Array<ReadonlyArray<string>> = []
      const running = yield* start({
        onMessages: (messages) => Effect.sync(() => bursts.push(messages.map(({ text }) => text))),
        ...handlers
      }, { burstMs: 1_000, ...more })
      return { ...running, bursts }
    })

  it.scoped("what one person says in one go is one, and nobody else's; all are acknowledged at once", () =>
    Effect.gen(function*() {
      const { acks, bursts, count, say } = yield* robot()
      yield* say("a1")
      yield* say("b1", { senderStaffId: "staff2" })
      yield* seconds(0.9)
      yield* say("a2")
      yield* say("elsewhere", { conversationId: "cidOther" })
      assert.strictEqual(acks(), 4)
      assert.deepStrictEqual(bursts, [])
      yield* seconds(0.2)
      assert.deepStrictEqual(bursts, [["b1"]])
      yield* seconds(1)
      assert.sameDeepMembers(bursts, [["b1"], ["a1", "a2"], ["elsewhere"]])
      assert.strictEqual(yield* count("handled"), 4)
    }))

  it.scoped("a redelivery in it is left out; what the gate refuses, too", () =>
    Effect.gen(function*() {
      const { bursts, count, say } = yield* robot({ requireMention: true })
      yield* say("a")
      yield* say("a", { frameId: "again" })
      yield* say("refused", { isInAtList: false })
      yield* say("b")
      yield* seconds(2)
      yield* say("b", { frameId: "later" })
      yield* seconds(2)
      assert.deepStrictEqual(bursts, [["a", "b"]])
      assert.strictEqual(yield* count("duplicate"), 2)
      assert.strictEqual(yield* count("handled"), 2)
    }))

  it.scoped("all of a burst that failed are handled again when they come again", () =>
    Effect.gen(function*() {
      let fails = true
      const seen: Array<number> = []
      const { count, say } = yield* robot({}, {
        onMessages: (messages) =>
          Effect.suspend(() => {
            seen.push(messages.length)
            return fails ? Effect.fail("no") : Effect.void
          })
      })
      yield* say("a")
      yield* say("b")
      yield* seconds(1)
      assert.strictEqual(yield* count("failed"), 2)
      fails = false
      yield* say("b", { frameId: "again" })
      yield* seconds(1)
      assert.deepStrictEqual(seen, [2, 1])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))

  it.scoped("goes on at once when it is full, and at a stop", () =>
    Effect.gen(function*() {
      const { bursts, channel, id, say } = yield* robot({ drainTimeoutMs: 1_500 })
      for (let n = 0; n < mostOfOne + 2; n++) yield* say(String(n))
      assert.deepStrictEqual(bursts.map(({ length }) => length), [mostOfOne])
      yield* channel.stop(id)
      assert.deepStrictEqual(bursts.map(({ length }) => length), [mostOfOne, 2])
    }))

  it.scoped("dropped ones count, and are told of, one by one", () =>
    Effect.gen(function*() {
      const dropped: Array<string> = []
      const { count, say } = yield* robot({ dispatchWorkers: 1, dispatchQueueSize: 10 }, {
        onMessages: () => Effect.never,
        onDropped: ({ text }) => Effect.sync(() => dropped.push(text))
      })
      for (let n = 0; n < 12; n++) {
        yield* say(`${n}a`, { senderStaffId: `s${n}` })
        yield* say(`${n}b`, { senderStaffId: `s${n}` })
        yield* seconds(1)
      }
      assert.strictEqual(yield* count("dropped"), 2)
      assert.deepStrictEqual(dropped, ["11a", "11b"])
    }))

  it.scoped("interrupted by one of its messages: each counts, and none is handled again", () =>
    Effect.gen(function*() {
      const { channel, count, say } = yield* robot({}, { onMessages: () => Effect.never })
      yield* say("a")
      yield* say("b")
      yield* seconds(1)
      assert.strictEqual(yield* channel.interrupt({ messageId: "b" }), 1)
      assert.strictEqual(yield* count("interrupted"), 2)
      yield* say("a", { frameId: "again" })
      yield* seconds(1)
      assert.strictEqual(yield* count("duplicate"), 1)
    }))
})

describe("old news", () => {
  const robot = (handlers: Handlers = {}) =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const running = yield* start({
        onMessage: ({ text }) => Effect.sync(() => log.push(`handled ${text}`)),
        onStale: ({ text }) => Effect.sync(() => log.push(`stale ${text}`)),
        ...handlers
      }, { staleAfterMs: 60_000 })
      yield* seconds(3_600)
      return { ...running, log }
    })
  const anHour = 3_600_000

  it.scoped("is told of, once, counted and logged with its age; what is young or of no known age is handled", () =>
    Effect.gen(function*() {
      const { layer, of } = yield* logged
      yield* Effect.gen(function*() {
        const { count, log, say } = yield* robot()
        yield* say("old", { createAt: anHour - 60_001 })
        yield* say("old", { createAt: anHour - 60_001, frameId: "again" })
        yield* say("young", { createAt: String(anHour - 60_000) })
        yield* say("ahead", { createAt: 2 * anHour })
        yield* say("unknown", { createAt: undefined })
        yield* say("odd", { createAt: "yesterday" })
        assert.deepStrictEqual(log, ["stale old", "handled young", "handled ahead", "handled unknown", "handled odd"])
        assert.strictEqual(yield* count("stale"), 1)
        assert.strictEqual(yield* count("duplicate"), 1)
        assert.deepInclude(of(logEvents.stale)[0]?.facts, { count: 1 })
        assert.include(JSON.stringify(of(logEvents.stale)), "\"messageId\":\"old\"")
      }).pipe(Effect.provide(layer))
    }))

  it.scoped("goes by DingTalk's clock where a frame says when it was sent", () =>
    Effect.gen(function*() {
      const { deliver, log } = yield* robot()
      const frame = (text: string, createAt: number, time: number) => {
        const made = FakeWire.messageFrame({ msgId: text, text, createAt })
        return { ...made, headers: { ...made.headers, time: String(time) } }
      }
      yield* deliver(frame("ours is fast", 1, 2))
      yield* deliver(frame("ours is slow", 9 * anHour, 10 * anHour))
      assert.deepStrictEqual(log, ["handled ours is fast", "stale ours is slow"])
    }))

  it.scoped("is gated first, and overtakes nothing; a failure of onStale is logged", () =>
    Effect.gen(function*() {
      const { layer, of } = yield* logged
      yield* Effect.gen(function*() {
        const { count, log, say } = yield* robot({ overtakes: () => true, onStale: () => Effect.fail("no") })
        yield* say("own", { createAt: 1, senderId: "$:LWCP_v1:$bot" })
        yield* say("old", { createAt: 1 })
        assert.deepStrictEqual(log, [])
        assert.strictEqual(yield* count("stale"), 1)
        assert.deepInclude(of(logEvents.handlerFailed)[0]?.facts, { handler: "onStale", messageId: "old" })
      }).pipe(Effect.provide(layer))
    }))
})

describe("refusals", () => {
  it.scoped("are told of with the reason, once each, and never the robot's own", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const { say } = yield* start({
        onMessage: () => Effect.void,
        onGated: ({ text }, reason) => Effect.sync(() => log.push(`${text}: ${reason}`))
      }, { allowedUsers: ["boss"], requireMention: true })
      yield* say("a")
      yield* say("a", { frameId: "again" })
      yield* say("b", { senderStaffId: "boss", isInAtList: false })
      yield* say("c", { senderStaffId: "boss" })
      yield* say("own", { senderId: "$:LWCP_v1:$bot" })
      assert.deepStrictEqual(log, ["a: sender", "b: mention"])
    }))

  it.scoped("are bounded: one at a time with 16 waiting", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      let told = 0
      const { say } = yield* start({
        onMessage: () => Effect.void,
        onGated: () => Effect.zipRight(Deferred.await(gate), Effect.sync(() => told++))
      }, { allowedUsers: ["boss"] })
      for (let n = 0; n < 30; n++) yield* say(String(n))
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.strictEqual(told, 17)
    }))

  it.scoped("a handler that takes too long ends, and the next is told", () =>
    Effect.gen(function*() {
      const told: Array<string> = []
      const { say } = yield* start({
        onMessage: () => Effect.void,
        onGated: ({ text }) => text === "a" ? Effect.never : Effect.sync(() => told.push(text))
      }, { allowedUsers: ["boss"], handlerTimeoutMs: 1_000 })
      yield* say("a")
      yield* say("b")
      assert.deepStrictEqual(told, [])
      yield* seconds(1)
      assert.deepStrictEqual(told, ["b"])
    }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))))
})
