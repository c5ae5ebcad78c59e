import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import { nameOf } from "../../src/accounts/AccountStatus.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as Metrics from "../../src/metrics.ts"
import { Transport } from "../../src/stream/Transport.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel, configOf, seconds } from "../utils/world.ts"

const account = (id: string, overrides: Parameters<typeof settings>[0] = {}) =>
  settings({ id, appKey: `key-${id}`, drainTimeoutMs: 0, ...overrides })

const nothing = { onMessage: () => Effect.void }

const refused: FakeWire.Answer = { status: 401, body: { code: "authFailed" } }

/** Refuses the account whose opening call is the nth. */
const refusing = (...calls: ReadonlyArray<number>) =>
  FakeWire.make({ opening: (n) => (calls.includes(n) ? refused : FakeWire.ticket) })

describe("run", () => {
  it.scoped("fails with the error when every account is stopped, and not before", () =>
    Effect.gen(function*() {
      const it = yield* channel(refusing(0, 2), nothing, account("a"), account("b"))
      const running = yield* Effect.fork(it.run())
      yield* settle
      assert.strictEqual((yield* Fiber.poll(running))._tag, "None")
      yield* it.restart("b")
      yield* settle
      const error = yield* Effect.flip(Fiber.join(running))
      assert.deepInclude({ ...error }, { _tag: "PermanentAuth", account: "a" })
    }))

  it.scoped("fails as soon as the first account is stopped, when that is asked for", () =>
    Effect.gen(function*() {
      const it = yield* channel(refusing(1), nothing, account("a"), account("b"))
      const error = yield* Effect.flip(it.run({ failOn: "first" }))
      assert.deepInclude({ ...error }, { _tag: "PermanentAuth", account: "b" })
    }))

  it.scoped("goes on while accounts are only stopped by somebody, or restarted", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"), account("b"))
      const both = yield* Effect.forEach(
        ["all", "first"] as const,
        (failOn) => Effect.fork(it.run({ failOn }))
      )
      yield* it.restart("a")
      yield* it.stop("a")
      yield* it.stop("b")
      yield* settle
      for (const running of both) assert.strictEqual((yield* Fiber.poll(running))._tag, "None")
    }))

  it.scoped("a stalled account is handled with catchTags", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ onOpen: (connection) => connection.serverCloses() })
      const it = yield* channel(wire, nothing, account("a"))
      const running = yield* it.run().pipe(
        Effect.catchTags({
          StreamStall: ({ strikes }) => Effect.succeed(`stalled after ${strikes}`),
          PermanentAuth: ({ hint }) => Effect.succeed(hint)
        }),
        Effect.fork
      )
      for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
      assert.strictEqual(yield* Fiber.join(running), "stalled after 5")
    }))

  it.scoped("dies of an account's defect, unchanged", () =>
    Effect.gen(function*() {
      const bug = new Error("bug")
      const broken = Layer.succeed(Transport, Transport.of({ connect: () => Effect.die(bug) }))
      const it = yield* DingTalkChannel.make(nothing).pipe(
        Effect.provide(Layer.mergeAll(FakeWire.make().layer, broken, configOf(account("a"))))
      )
      yield* settle
      assert.deepStrictEqual(yield* Effect.exit(it.run()), Exit.die(bug))
    }))
})

describe("stops", () => {
  it.scoped("tells of each stop as it comes, of those that were there before first, and of no restart", () =>
    Effect.gen(function*() {
      const it = yield* channel(refusing(0, 4), nothing, account("a"), account("b"), account("c"))
      const seen: Array<string> = []
      yield* Effect.forkScoped(Stream.runForEach(it.stops, ({ account, reason }) =>
        Effect.sync(() => {
          seen.push(`${account} ${nameOf(reason)}`)
        })))
      yield* settle
      assert.deepStrictEqual(seen, ["a PermanentAuth"])
      yield* it.restart("b")
      yield* settle
      assert.deepStrictEqual(seen, ["a PermanentAuth"])
      yield* it.stop("c")
      yield* settle
      yield* it.restart("b")
      yield* settle
      assert.deepStrictEqual(seen, ["a PermanentAuth", "c ByRequest", "b PermanentAuth"])
      yield* it.restart("a")
      yield* settle
      yield* it.stop("a")
      yield* settle
      assert.deepStrictEqual(seen.slice(3), ["a ByRequest"])
    }))
})

describe("a stopped account is not forgotten", () => {
  const recorded = () => {
    const records: Array<{ readonly event: string; readonly facts: Readonly<Record<string, unknown>> }> = []
    const logger = Logger.make(({ annotations, message }) => {
      records.push({
        event: Array.isArray(message) ? String(message[0]) : String(message),
        facts: Object.fromEntries(HashMap.toEntries(annotations))
      })
    })
    return {
      layer: Logger.replace(Logger.defaultLogger, logger),
      of: (event: string) => records.filter((record) => record.event === event).map(({ facts }) => facts)
    }
  }

  it.scoped("a record every hour says which it is, since when and why; who was stopped by request is not missed", () => {
    const log = recorded()
    return Effect.gen(function*() {
      const it = yield* channel(refusing(0), nothing, account("a"), account("b"), account("c"))
      yield* it.stop("c")
      yield* seconds(3_599)
      assert.deepStrictEqual(log.of(logEvents.stillStopped), [])
      yield* seconds(1)
      yield* seconds(3_600)
      const told = log.of(logEvents.stillStopped)
      assert.strictEqual(told.length, 2)
      for (const facts of told) {
        assert.deepInclude(facts, { account: "a", error: "PermanentAuth", since: "1970-01-01T00:00:00.000Z" })
        assert.include(facts["detail"], "Compare Client ID")
      }
    }).pipe(Effect.provide(log.layer))
  })

  it.scoped("the record of its end carries the error's tag", () => {
    const log = recorded()
    return Effect.gen(function*() {
      const wire = FakeWire.make({
        opening: (n) => (n === 0 ? refused : FakeWire.ticket),
        onOpen: (connection) => connection.serverCloses()
      })
      yield* channel(wire, nothing, account("a"), account("b"))
      for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
      assert.deepInclude(log.of(logEvents.authFailed)[0], { error: "PermanentAuth", account: "a" })
      assert.deepInclude(log.of(logEvents.stalled)[0], { error: "StreamStall", account: "b" })
    }).pipe(Effect.provide(log.layer))
  })

  it.scoped("a gauge says since when, and goes back when the account is started", () =>
    Effect.gen(function*() {
      const since = Metric.value(Metrics.ofStopped("gauge-a", "StreamStall"))
      const wire = FakeWire.make({
        onOpen: (connection) => connection.id < 5 ? connection.serverCloses() : Effect.void
      })
      const it = yield* channel(wire, nothing, account("gauge-a"))
      assert.strictEqual((yield* since).value, 0)
      for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
      assert.strictEqual((yield* since).value, 47)
      yield* it.start("gauge-a")
      yield* settle
      assert.strictEqual((yield* since).value, 0)
    }))
})
