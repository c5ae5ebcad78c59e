import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { logEvents } from "../../src/logEvents.ts"
import * as EventLog from "../../src/stream/EventLog.ts"
import { seconds } from "../utils/world.ts"

const recorded = () => {
  const records: Array<{ readonly level: string; readonly event: string; readonly facts: Record<string, unknown> }> = []
  const logger = Logger.make(({ annotations, logLevel, message }) => {
    records.push({
      level: logLevel.label,
      event: Array.isArray(message) ? String(message[0]) : String(message),
      facts: Object.fromEntries(HashMap.toEntries(annotations))
    })
  })
  return {
    layer: Logger.replace(Logger.defaultLogger, logger),
    of: (event: string) => records.filter((record) => record.event === event)
  }
}

describe("EventLog", () => {
  it.scoped("records each event until there are floods of them, and sums up the rest", () => {
    const log = recorded()
    return Effect.gen(function*() {
      const { log: tell } = yield* EventLog.make
      for (let n = 0; n < 500; n++) yield* tell(LogLevel.Warning, "it.happened", { account: `a${n}` })
      yield* tell(LogLevel.Info, "something.else")
      assert.strictEqual(log.of("it.happened").filter(({ level }) => level === "WARN").length, 20)
      assert.deepInclude(log.of("it.happened")[19]?.facts, { account: "a19" })
      assert.deepStrictEqual(log.of(logEvents.summary), [])
      yield* seconds(10)
      const [summary, ...others] = log.of(logEvents.summary)
      assert.deepStrictEqual(others, [])
      assert.strictEqual(summary?.level, "WARN")
      assert.deepInclude(summary?.facts, { event: "it.happened", count: 480 })
      assert.strictEqual(log.of("something.else").length, 1)
      // The next interval begins anew.
      yield* tell(LogLevel.Warning, "it.happened", { account: "late" })
      assert.strictEqual(log.of("it.happened").at(-1)?.level, "WARN")
    }).pipe(Effect.provide(log.layer))
  })

  it.scoped("what is rare is never summed up, however long it goes on", () => {
    const log = recorded()
    return Effect.gen(function*() {
      const { log: tell } = yield* EventLog.make
      for (let n = 0; n < 60; n++) {
        yield* tell(LogLevel.Info, "it.happened")
        yield* seconds(1)
      }
      assert.strictEqual(log.of("it.happened").filter(({ level }) => level === "INFO").length, 60)
      assert.deepStrictEqual(log.of(logEvents.summary), [])
    }).pipe(Effect.provide(log.layer))
  })

  it.effect("what was not summed up yet is, when the program ends", () => {
    const log = recorded()
    return Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const { log: tell } = yield* EventLog.make
        for (let n = 0; n < 25; n++) yield* tell(LogLevel.Info, "it.happened")
      }))
      assert.deepInclude(log.of(logEvents.summary)[0]?.facts, { event: "it.happened", count: 5 })
    }).pipe(Effect.provide(log.layer))
  })
})
