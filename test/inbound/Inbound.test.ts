import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { AccountSettings } from "../../src/DingTalkConfig.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type { Message } from "../../src/inbound/message/Message.ts"
import { forAccount } from "../../src/metrics.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { answers, channel, seconds } from "../utils/world.ts"

let accounts = 0

/** An account of its own per test, for metrics are global. No drain: nobody moves the clock at a test's end. */
const start = <R>(handlers: Handlers<R>, overrides: Partial<AccountSettings> = {}) =>
  Effect.gen(function*() {
    const wire = FakeWire.make()
    const id = `inbound-${accounts++}`
    yield* channel(wire, handlers, settings({ id, drainTimeoutMs: 0, ...overrides }))
    const metrics = forAccount(id)
    const [connection] = wire.connections
    assert.isDefined(connection)
    return {
      connection: connection as FakeWire.FakeConnection,
      answers: () => answers(connection),
      count: (
        name: "received" | "acked" | "dropped" | "duplicate" | "undecodable" | "handled" | "failed" | "abandoned"
      ) => Effect.map(Metric.value(metrics[name]), ({ count }) => count),
      gated: (reason: string) =>
        Effect.map(Metric.value(Metric.tagged(metrics.gated, "reason", reason)), ({ count }) => count)
    }
  })

const callback = (topic: string, messageId: string, data: unknown) => ({
  type: "CALLBACK",
  headers: { topic, messageId },
  data: JSON.stringify(data)
})

const event = (messageId: string, eventId = messageId) => ({
  type: "EVENT",
  headers: { topic: "*", messageId, eventId, eventType: "user_add_org", eventBornTime: "1700000000000" },
  data: JSON.stringify({ userId: ["u"] })
})

const message = FakeWire.messageFrame

describe("acknowledgement", () => {
  it.scoped("a message is acknowledged before it is handled, on the socket that delivered it", () =>
    Effect.gen(function*() {
      const { answers, connection, count } = yield* start({ onMessage: () => Effect.never })
      connection.deliver(message({ msgId: "m1" }))
      assert.deepStrictEqual(answers().get("frame-m1"), { code: 200, data: { response: null } })
      yield* settle
      assert.strictEqual(yield* count("received"), 1)
      assert.strictEqual(yield* count("acked"), 1)
    }))

  it.scoped("so is the first message of all, though fibers give way after every few steps", () =>
    Effect.gen(function*() {
      const { answers, connection, count } = yield* start({ onMessage: () => Effect.void })
      connection.deliver(message({ msgId: "m1" }))
      assert.strictEqual(answers().size, 1)
      yield* settle
      assert.strictEqual(yield* count("handled"), 1)
    }).pipe(Effect.withMaxOpsBeforeYield(128)))

  it.scoped("every frame of a flood is acknowledged and counted, and what is too much is dropped", () =>
    Effect.gen(function*() {
      const { answers, connection, count } = yield* start({ onMessage: () => Effect.never }, {
        dispatchWorkers: 2,
        dispatchQueueSize: 10
      })
      for (let i = 0; i < 5_000; i++) connection.deliver(message({ msgId: `m${i}` }))
      yield* settle
      assert.strictEqual(answers().size, 5_000)
      assert.strictEqual(yield* count("received"), 5_000)
      assert.strictEqual(yield* count("dropped"), 4_990)
    }))

  it.scoped("a topic without a handler is answered 404", () =>
    Effect.gen(function*() {
      const { answers, connection } = yield* start({ onMessage: () => Effect.void })
      connection.deliver(callback("/v1.0/new/topic", "f1", {}))
      connection.deliver(callback("/v1.0/card/instances/callback", "f2", {}))
      connection.deliver(event("f3"))
      assert.deepStrictEqual([...answers().values()].map(({ code }) => code), [404, 404, 404])
    }))
})

describe("handling", () => {
  it.scoped("a redelivery is acknowledged and not handled twice, while in flight and when done", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const handled: Array<string> = []
      const { answers, connection, count } = yield* start({
        onMessage: (m) => Effect.zipRight(Deferred.await(gate), Effect.sync(() => handled.push(m.messageId)))
      })
      connection.deliver(message({ msgId: "m", frameId: "f1" }))
      connection.deliver(message({ msgId: "m", frameId: "f2" }))
      yield* settle
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      connection.deliver(message({ msgId: "m", frameId: "f3" }))
      yield* settle
      assert.deepStrictEqual(handled, ["m"])
      assert.deepStrictEqual([...answers().keys()], ["f1", "f2", "f3"])
      assert.strictEqual(yield* count("duplicate"), 2)
    }))

  it.scoped("a message whose handler failed is handled again when it comes again", () =>
    Effect.gen(function*() {
      let tries = 0
      const { connection, count } = yield* start({
        onMessage: () => Effect.suspend(() => (++tries === 1 ? Effect.fail("not now") : Effect.void))
      })
      for (const frameId of ["f1", "f2", "f3"]) {
        connection.deliver(message({ msgId: "m", frameId }))
        yield* settle
      }
      assert.strictEqual(tries, 2)
      assert.strictEqual(yield* count("failed"), 1)
      assert.strictEqual(yield* count("handled"), 1)
      assert.strictEqual(yield* count("duplicate"), 1)
    }))

  it.scoped("a handler that fails, dies or throws takes no worker with it, and is logged", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => logged.push(message))
      const { connection, count } = yield* start({
        onMessage: (m) => {
          if (m.text === "throw") throw new Error("thrown")
          return m.text === "fail"
            ? Effect.fail("failed")
            : m.text === "die"
            ? Effect.die("died")
            : Effect.sync(() => handled.push(m.text))
        }
      }, { dispatchWorkers: 1 }).pipe(Effect.provide(Logger.add(logger)))
      for (const text of ["fail", "die", "throw", "ok"]) connection.deliver(message({ msgId: text, text }))
      yield* settle
      assert.deepStrictEqual(handled, ["ok"])
      assert.strictEqual(yield* count("failed"), 3)
      assert.strictEqual(logged.filter((m) => String(m).includes("dingtalk.handler.failed")).length, 3)
    }))

  it.scoped("a handler that exceeds handlerTimeoutMs is interrupted and counts as failed", () =>
    Effect.gen(function*() {
      const { connection, count } = yield* start({ onMessage: () => Effect.never }, { handlerTimeoutMs: 3_000 })
      connection.deliver(message({ msgId: "m" }))
      yield* settle
      yield* seconds(2.9)
      assert.strictEqual(yield* count("failed"), 0)
      yield* seconds(0.1)
      assert.strictEqual(yield* count("failed"), 1)
    }))

  it.scoped("what the gate refuses is counted by reason and reaches no handler", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const { connection, gated } = yield* start(
        { onMessage: (m) => Effect.sync(() => handled.push(m.messageId)) },
        { requireMention: true, allowedUsers: ["staff1"] }
      )
      connection.deliver(message({ msgId: "ok" }))
      connection.deliver(message({ msgId: "m1", isInAtList: false }))
      connection.deliver(message({ msgId: "m2", senderStaffId: "stranger" }))
      connection.deliver(message({ msgId: "m3", chatbotUserId: "$:LWCP_v1:$abc" }))
      connection.deliver(message({ msgId: "m4", text: "" }))
      yield* settle
      assert.deepStrictEqual(handled, ["ok"])
      for (const reason of ["mention", "sender", "self", "empty"]) {
        assert.strictEqual(yield* gated(reason), 1, reason)
      }
    }))

  it.scoped("a payload that can't be read is counted and survived", () =>
    Effect.gen(function*() {
      const handled: Array<string> = []
      const { connection, count } = yield* start({ onMessage: (m) => Effect.sync(() => handled.push(m.messageId)) })
      connection.deliver({ ...message({ msgId: "x" }), data: "{" })
      connection.deliver({ ...message({ msgId: "y" }), data: "[]" })
      connection.deliver({ ...message({ msgId: "z" }), data: undefined })
      connection.deliver(message({ msgId: "ok" }))
      yield* settle
      assert.deepStrictEqual(handled, ["ok"])
      assert.strictEqual(yield* count("undecodable"), 3)
    }))

  it.scoped("ordering conversation: in order within each conversation, conversations side by side", () =>
    Effect.gen(function*() {
      const running = new Set<string>()
      const seen = new Map<string, Array<string>>()
      let most = 0
      const { connection } = yield* start({
        onMessage: (m: Message) =>
          Effect.gen(function*() {
            assert.isFalse(running.has(m.conversationId), "no overlap")
            running.add(m.conversationId)
            most = Math.max(most, running.size)
            yield* Effect.sleep(10)
            running.delete(m.conversationId)
            seen.set(m.conversationId, [...seen.get(m.conversationId) ?? [], m.messageId])
          })
      }, { ordering: "conversation", dispatchWorkers: 3 })
      const expected = new Map<string, Array<string>>()
      for (let i = 0; i < 24; i++) {
        const conversationId = `cid${(i * 7) % 4}`
        expected.set(conversationId, [...expected.get(conversationId) ?? [], `m${i}`])
        connection.deliver(message({ msgId: `m${i}`, conversationId }))
      }
      yield* settle
      for (let i = 0; i < 24; i++) yield* seconds(0.01)
      assert.deepStrictEqual(seen, expected)
      assert.strictEqual(most, 3)
    }))
})

describe("overflow", () => {
  it.scoped("onDropped can tell the sender; it is itself bounded", () =>
    Effect.gen(function*() {
      const told: Array<string> = []
      const { connection, count } = yield* start({
        onMessage: () => Effect.never,
        onDropped: (m) => Effect.sync(() => told.push(m.messageId))
      }, { dispatchWorkers: 1, dispatchQueueSize: 1 })
      connection.deliver(message({ msgId: "a" }))
      yield* settle
      for (let i = 0; i < 100; i++) connection.deliver(message({ msgId: `m${i}` }))
      yield* settle
      assert.strictEqual(yield* count("dropped"), 99)
      assert.deepStrictEqual(told, Array.from({ length: 16 }, (_, i) => `m${i + 1}`))
      connection.deliver(message({ msgId: "later" }))
      yield* settle
      assert.include(told, "later")
    }))

  it.scoped("drops are summarised in the log: one record at once, then at most one every ten seconds", () =>
    Effect.gen(function*() {
      const counts: Array<unknown> = []
      const logger = Logger.make(({ annotations, message }) => {
        if (String(message) === "dingtalk.dispatch.dropped") {
          counts.push(Option.getOrUndefined(HashMap.get(annotations, "count")))
        }
      })
      const { connection } = yield* start(
        { onMessage: () => Effect.never },
        { dispatchWorkers: 1, dispatchQueueSize: 1 }
      ).pipe(Effect.provide(Logger.add(logger)))
      connection.deliver(message({ msgId: "a" }))
      yield* settle
      for (let i = 0; i < 101; i++) connection.deliver(message({ msgId: `m${i}` }))
      yield* settle
      for (let i = 0; i < 50; i++) connection.deliver(message({ msgId: `n${i}` }))
      yield* settle
      assert.deepStrictEqual(counts, [100])
      yield* seconds(10)
      assert.deepStrictEqual(counts, [100, 50])
      yield* seconds(100)
      assert.deepStrictEqual(counts, [100, 50])
    }))
})

describe("events", () => {
  const events = { events: true }

  it.scoped("SUCCESS after success, LATER after failure, and again handled when it comes back", () =>
    Effect.gen(function*() {
      let tries = 0
      const { answers, connection } = yield* start({
        onEvent: (e) => Effect.suspend(() => (e.eventId === "bad" && ++tries === 1 ? Effect.fail("no") : Effect.void))
      }, events)
      connection.deliver(event("f1", "good"))
      connection.deliver(event("f2", "bad"))
      yield* settle
      connection.deliver(event("f3", "bad"))
      connection.deliver(event("f4", "good"))
      yield* settle
      assert.deepStrictEqual([...answers()], [
        ["f1", { code: 200, data: { status: "SUCCESS" } }],
        ["f2", { code: 200, data: { status: "LATER" } }],
        ["f3", { code: 200, data: { status: "SUCCESS" } }],
        ["f4", { code: 200, data: { status: "SUCCESS" } }]
      ])
      assert.strictEqual(tries, 2)
    }))

  it.scoped("LATER on overflow and after the time-out", () =>
    Effect.gen(function*() {
      const { answers, connection } = yield* start({ onEvent: () => Effect.never }, {
        ...events,
        dispatchWorkers: 1,
        dispatchQueueSize: 1,
        handlerTimeoutMs: 1_000
      })
      connection.deliver(event("f1"))
      yield* settle
      connection.deliver(event("f2"))
      connection.deliver(event("f3"))
      assert.deepStrictEqual([...answers()], [["f3", { code: 200, data: { status: "LATER" } }]])
      yield* seconds(1)
      assert.deepStrictEqual(answers().get("f1")?.data, { status: "LATER" })
    }))
})

describe("events that were not asked for, or can't be read", () => {
  it.scoped("without the setting an event is answered 404 and not handled", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const { answers, connection } = yield* start({ onEvent: (e) => Effect.sync(() => seen.push(e.eventId)) })
      connection.deliver(event("f1"))
      yield* settle
      assert.deepStrictEqual(seen, [])
      assert.strictEqual(answers().get("f1")?.code, 404)
    }))

  it.scoped("data that is not JSON is handed over as it came", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const { answers, connection } = yield* start(
        { onEvent: (e) => Effect.sync(() => seen.push(e.data)) },
        { events: true }
      )
      connection.deliver({ ...event("f1"), data: "not json" })
      yield* settle
      assert.deepStrictEqual(seen, ["not json"])
      assert.deepStrictEqual(answers().get("f1")?.data, { status: "SUCCESS" })
    }))
})

describe("calls", () => {
  const card = (id: string) =>
    callback("/v1.0/card/instances/callback", id, {
      outTrackId: "card-1",
      userId: "u1",
      content: JSON.stringify({ cardPrivateData: { actionIds: ["yes"], params: { n: "1" } } })
    })

  it.scoped("what a card action's handler returns is the answer", () =>
    Effect.gen(function*() {
      const { answers, connection } = yield* start({
        onCardAction: (action) => Effect.succeed({ cardData: { state: `${action.actionIds[0]} by ${action.userId}` } })
      })
      connection.deliver(card("f1"))
      yield* settle
      assert.deepStrictEqual(answers().get("f1"), {
        code: 200,
        data: {
          response: {
            cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
            cardData: { cardParamMap: { state: "yes by u1" } }
          }
        }
      })
    }))

  it.scoped("a handler that returns nothing answers an empty response; one that fails answers 500", () =>
    Effect.gen(function*() {
      let calls = 0
      const { answers, connection } = yield* start({
        onCardAction: () => Effect.suspend(() => (++calls === 1 ? Effect.void : Effect.fail("no")))
      })
      connection.deliver(card("f1"))
      yield* settle
      connection.deliver(card("f2"))
      yield* settle
      assert.deepStrictEqual(answers().get("f1"), { code: 200, data: { response: {} } })
      assert.strictEqual(answers().get("f2")?.code, 500)
    }))

  it.scoped("a graph call is answered with a status line, headers and a body", () =>
    Effect.gen(function*() {
      const { answers, connection } = yield* start({
        onGraphCall: (call) => Effect.succeed({ body: JSON.stringify({ echo: call.uri }) })
      })
      connection.deliver(callback("/v1.0/graph/api/invoke", "f1", {
        requestLine: { method: "POST", uri: "/v1.0/weather" },
        headers: {},
        body: "{}"
      }))
      yield* settle
      assert.deepStrictEqual(answers().get("f1"), {
        code: 200,
        data: {
          response: {
            statusLine: { code: 200, reasonPhrase: "OK" },
            headers: {},
            body: "{\"echo\":\"/v1.0/weather\"}"
          }
        }
      })
    }))

  it.scoped("a button does not wait behind slow messages", () =>
    Effect.gen(function*() {
      const { answers, connection } = yield* start({
        onMessage: () => Effect.never,
        onCardAction: () => Effect.void
      }, { dispatchWorkers: 1 })
      for (let i = 0; i < 20; i++) connection.deliver(message({ msgId: `m${i}` }))
      connection.deliver(card("f1"))
      yield* settle
      assert.strictEqual(answers().get("f1")?.code, 200)
    }))
})
