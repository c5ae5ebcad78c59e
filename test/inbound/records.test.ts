import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel, seconds } from "../utils/world.ts"

const message = FakeWire.messageFrame

interface Record {
  readonly level: string
  readonly event: string
  readonly facts: { readonly [key: string]: unknown }
}

/** A robot that listens to staff1 alone, and the records of what it does, from a level on. */
const start = (level: LogLevel.LogLevel) =>
  Effect.gen(function*() {
    const records: Array<Record> = []
    const logger = Logger.make(({ annotations, logLevel, message }) => {
      records.push({
        level: logLevel.label,
        event: String(message),
        facts: Object.fromEntries(HashMap.toEntries(annotations))
      })
    })
    const wire = FakeWire.make()
    yield* channel(
      wire,
      {
        onMessage: (m) => m.text === "fail" ? Effect.fail("failed") : Effect.sleep("250 millis"),
        onEvent: () => Effect.void
      },
      settings({ id: "records", drainTimeoutMs: 0, allowedUsers: ["staff1"], requireMention: true, events: true })
    ).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)), Logger.withMinimumLogLevel(level))
    const [connection] = wire.connections
    return {
      deliver: (frame: object) => Effect.zipRight(Effect.sync(() => connection?.deliver(frame)), settle),
      of: (event: string) => records.filter((record) => record.event === event)
    }
  })

describe("records of what arrives", () => {
  it.scoped("at DEBUG a message has one when it comes and one when it is handled, without its text", () =>
    Effect.gen(function*() {
      const { deliver, of } = yield* start(LogLevel.Debug)
      yield* deliver(message({ msgId: "m1", text: "a secret" }))
      const ids = {
        account: "records",
        module: "inbound",
        messageId: "m1",
        conversationId: "cidGroup",
        msgtype: "text",
        sender: "staff1",
        frame: "frame-m1"
      }
      assert.deepStrictEqual(of("dingtalk.delivery.received"), [
        { level: "DEBUG", event: "dingtalk.delivery.received", facts: ids }
      ])
      assert.deepStrictEqual(of("dingtalk.delivery.handled"), [])
      yield* seconds(0.25)
      yield* deliver(message({ msgId: "m1", frameId: "again" }))
      yield* deliver(message({ msgId: "m2", text: "fail" }))
      yield* deliver({
        type: "EVENT",
        headers: { topic: "*", messageId: "f1", eventId: "e1", eventType: "user_add_org" },
        data: "{}"
      })
      assert.deepStrictEqual(
        of("dingtalk.delivery.handled").map(({ facts: { durationMs, eventId, messageId, outcome } }) => [
          messageId ?? eventId,
          outcome,
          durationMs
        ]),
        [["m1", "handled", 250], ["m1", "duplicate", 0], ["m2", "failed", 0], ["e1", "handled", 0]]
      )
      assert.strictEqual(of("dingtalk.handler.failed")[0]?.facts.sender, "staff1")
    }))

  it.scoped("at TRACE the text is there too", () =>
    Effect.gen(function*() {
      const { deliver, of } = yield* start(LogLevel.Trace)
      yield* deliver(message({ msgId: "m1", text: "a secret" }))
      assert.strictEqual(of("dingtalk.delivery.received")[0]?.facts.text, "a secret")
    }))

  it.scoped("what the gate refuses has a record each at DEBUG, and a summary at INFO, with the reason", () =>
    Effect.gen(function*() {
      const { deliver, of } = yield* start(LogLevel.Debug)
      yield* deliver(message({ msgId: "m1", senderStaffId: "stranger" }))
      yield* deliver(message({ msgId: "m2", isInAtList: false }))
      yield* deliver(message({ msgId: "m3", text: "" }))
      yield* seconds(10)
      const refusals = of("dingtalk.gate.refused")
      assert.deepStrictEqual(
        refusals.filter(({ level }) => level === "DEBUG")
          .map(({ facts: { messageId, reason, sender } }) => [messageId, reason, sender]),
        [["m1", "sender", "stranger"], ["m2", "mention", "staff1"], ["m3", "empty", undefined]]
      )
      assert.deepStrictEqual(
        refusals.filter(({ level }) => level === "INFO").map(({ facts: { count, reasons } }) => [count, reasons]),
        [[1, { sender: 1 }], [2, { mention: 1, empty: 1 }]]
      )
    }))

  it.scoped("at INFO there is no record for a message that is handled", () =>
    Effect.gen(function*() {
      const { deliver, of } = yield* start(LogLevel.Info)
      yield* deliver(message({ msgId: "m1" }))
      yield* deliver(message({ msgId: "m2", senderStaffId: "stranger" }))
      yield* seconds(1)
      assert.deepStrictEqual(of("dingtalk.delivery.received"), [])
      assert.deepStrictEqual(of("dingtalk.delivery.handled"), [])
      assert.deepStrictEqual(of("dingtalk.gate.refused").map(({ level }) => level), ["INFO"])
    }))
})
