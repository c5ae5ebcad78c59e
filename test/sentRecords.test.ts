import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as DingTalkSender from "../src/DingTalkSender.ts"
import { Script, TestDingTalk, TestMessage } from "../src/testing/index.ts"

const recordsOf = (level: LogLevel.LogLevel) =>
  Effect.gen(function*() {
    const records: Array<Record<string, unknown>> = []
    const logger = Logger.make(({ annotations, logLevel, message }) => {
      if (String(message) !== "dingtalk.send.done") return
      records.push({ level: logLevel.label, ...Object.fromEntries(HashMap.toEntries(annotations)) })
    })
    const send = DingTalkSender.send({ to: "user:lisi", text: "a secret" })
    yield* Effect.gen(function*() {
      yield* DingTalkSender.reply(TestMessage.text("?", { from: "zhangsan", group: "cidTeam", mention: true }), "hello")
      const dingtalk = yield* TestDingTalk.TestDingTalk
      yield* dingtalk.answerNext("/v1.0/robot/oToMessages/batchSend", Script.refusals.noPermission)
      yield* Effect.ignore(send)
    }).pipe(
      Effect.provide(TestDingTalk.layer()),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      Logger.withMinimumLogLevel(level)
    )
    return records
  })

it.effect("at DEBUG an answer has a record, with its outcome and without its text", () =>
  Effect.gen(function*() {
    const common = { level: "DEBUG", account: "default", module: "sender", messages: 1, durationMs: 0 }
    assert.deepStrictEqual(yield* recordsOf(LogLevel.Debug), [
      { ...common, operation: "reply", to: "cidTeam", outcome: "sent" },
      { ...common, operation: "send", to: "lisi", outcome: "PermissionDenied" }
    ])
  }))

it.effect("at TRACE the text is there too, and at INFO there is no record", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual((yield* recordsOf(LogLevel.Trace)).map(({ text }) => text), ["hello", "a secret"])
    assert.deepStrictEqual(yield* recordsOf(LogLevel.Info), [])
  }))
