/** More than a robot can take, in small: `npm run chaos` has the same by the million, with latencies. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { scaled } from "../../chaos/faults/timing.ts"
import { goRound, mostConnections } from "../../chaos/overload/spin.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as Metrics from "../../src/metrics.ts"
import { defaults, StreamTiming } from "../../src/stream/StreamTiming.ts"
import { Bodies, FakeDingTalk } from "../../src/testing/index.ts"
import type { App } from "../../src/testing/Options.ts"
import * as Robot from "../utils/robot.ts"

const quiet = Effect.provide(Logger.remove(Logger.defaultLogger))

/** Keeps the annotations of one event's records. */
const recording = (event: string) => {
  const records: Array<Readonly<Record<string, unknown>>> = []
  const logger = Logger.make(({ annotations, message }) => {
    const [said] = Array.isArray(message) ? message : [message]
    if (said === event) records.push(Object.fromEntries(HashMap.toEntries(annotations)))
  })
  return { records, layer: Logger.replace(Logger.defaultLogger, logger) }
}

const spin = (forMs: number) => {
  const until = performance.now() + forMs
  while (performance.now() < until);
}

const value = (account: string, name: "dropped" | "handled" | "received") =>
  Effect.map(Metric.value(Metrics.forAccount(account)[name]), ({ count }) => count)

describe("overload", () => {
  it.scopedLive("a handler that keeps the event loop to itself is named, with how long, once", () =>
    Effect.gen(function*() {
      const { layer, records } = recording(logEvents.handlerBlocked)
      const fake = yield* FakeDingTalk.make()
      yield* Effect.provide(
        Robot.start(fake.config, {
          onMessage: ({ text }) => Effect.sync(() => text === "heavy" ? spin(400) : undefined)
        }),
        layer
      )
      yield* fake.awaitConnection
      yield* fake.say("light", { msgId: "m1" })
      yield* fake.awaitAllAcked
      assert.deepStrictEqual(records, [])
      const first = yield* fake.say("heavy", { msgId: "m2" })
      const second = yield* fake.say("heavy", { msgId: "m3" })
      yield* fake.awaitAllAcked
      yield* fake.say("light", { msgId: "m4" })
      yield* fake.awaitAck("m4")
      yield* Effect.repeat(Effect.sleep(5), { until: () => records.length > 0 })
      assert.lengthOf(records, 1)
      assert.containSubset(records[0], { account: "default", module: "inbound" })
      const frames = [...first.deliveries, ...second.deliveries].map(({ messageId }) => messageId)
      assert.include(frames, records[0]?.["frame"])
      assert.isAtLeast(Number(records[0]?.["blockedMs"]), 400)
      assert.strictEqual(yield* fake.connectionsEver, 1)
    }))

  it.scopedLive("one noisy account among fifty quiet ones: the quiet ones are heard, and only it loses", () =>
    Effect.gen(function*() {
      const noisy: App = { clientId: "noisy", clientSecret: "secret" }
      const others = Array.from({ length: 50 }, (_, i): App => ({ clientId: `quiet${i}`, clientSecret: "secret" }))
      const fake = yield* FakeDingTalk.make({ apps: [noisy, ...others], awaitTimeoutMs: 15_000 })
      const { apiBaseUrl, oapiBaseUrl } = fake.config
      const heard = new Set<string>()
      const accounts = Object.fromEntries([noisy, ...others].map((app) => [app.clientId, app]))
      const before = yield* value("noisy", "received")
      yield* Robot.start({ apiBaseUrl, oapiBaseUrl, accounts, drainTimeoutMs: 100 }, {
        onMessage: ({ accountId }) => accountId === "noisy" ? Effect.never : Effect.sync(() => heard.add(accountId))
      })
      yield* fake.awaitConnections(51)
      yield* fake.flood(1_000, () => Bodies.text("more"), { robots: ["noisy"] })
      for (const { clientId } of others) yield* fake.say("anybody?", { robots: [clientId] })
      yield* fake.flood(1_000, () => Bodies.text("and more"), { robots: ["noisy"] })
      const { acked, doubleAcked } = yield* fake.awaitAllAcked
      assert.deepStrictEqual([acked, doubleAcked], [2_050, 0])
      // Its handlers never end: it got as far as its workers and its queue.
      yield* Effect.repeat(Effect.sleep(5), { until: () => heard.size === 50 })
      assert.strictEqual((yield* value("noisy", "received")) - before, 2_000)
      assert.strictEqual(yield* value("noisy", "dropped"), 2_000 - 8 - 256)
      for (const { clientId } of others) assert.strictEqual(yield* value(clientId, "dropped"), 0)
    }).pipe(quiet))

  it.scopedLive("giants: 7 MiB are a message like others, 9 MiB end the connection, and the next one works", () =>
    Effect.gen(function*() {
      const mebibyte = 1024 * 1024
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const lengths: Array<number> = []
      yield* Robot.start(fake.config, { onMessage: ({ text }) => Effect.sync(() => lengths.push(text.length)) })
      yield* fake.awaitConnection
      const { msgId } = yield* fake.post(Bodies.text("x".repeat(7 * mebibyte)), {})
      yield* fake.awaitAck(msgId)
      yield* fake.raw("x".repeat(9 * mebibyte))
      yield* fake.until(
        "another connection",
        Effect.map(fake.connectionsEver, (ever) => ever === 2 ? Option.some(ever) : Option.none())
      )
      yield* fake.awaitConnection
      yield* fake.say("small")
      yield* fake.awaitAllAcked
      yield* Effect.repeat(Effect.sleep(5), { until: () => lengths.length === 2 })
      assert.deepStrictEqual(lengths, [7 * mebibyte, 5])
      // A ping sooner than a giant is through would find the connection silent.
    }).pipe(Effect.provideService(StreamTiming, { ...defaults, backoffMs: [10] }), quiet))

  it.scopedLive("huge messages are bounded in bytes: all are acknowledged, and as many wait as there is room for", () =>
    Effect.gen(function*() {
      const mebibyte = 1024 * 1024
      const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
      const { apiBaseUrl, appKey, appSecret, oapiBaseUrl } = fake.config
      const before = yield* value("huge", "dropped")
      yield* Robot.start({
        apiBaseUrl,
        oapiBaseUrl,
        accounts: { huge: { appKey, appSecret } },
        dispatchQueueBytes: 8 * mebibyte,
        drainTimeoutMs: 100
      }, { onMessage: () => Effect.never })
      yield* fake.awaitConnection
      for (let i = 0; i < 40; i++) yield* fake.say("x".repeat(mebibyte))
      const { acked, doubleAcked } = yield* fake.awaitAllAcked
      assert.deepStrictEqual([acked, doubleAcked], [40, 0])
      // Two bytes a character: three of them wait within 8 MiB, for each takes a little more than a mebibyte twice.
      assert.strictEqual((yield* value("huge", "dropped")) - before, 40 - 8 - 3)
    }).pipe(quiet))

  for (const ordering of ["unordered", "conversation"] as const) {
    it.scopedLive(`one chatter does not silence the others, ordering ${ordering}`, () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make({ awaitTimeoutMs: 15_000 })
        const answered = new Set<string>()
        yield* Robot.start({ ...fake.config, ordering, drainTimeoutMs: 100 }, {
          onMessage: ({ senderStaffId }) =>
            Effect.zipRight(Effect.sleep(5), Effect.sync(() => answered.add(senderStaffId ?? "")))
        })
        yield* fake.awaitConnection
        const people = Array.from({ length: 20 }, (_, i) => `quiet${i}`)
        for (const from of people) {
          for (let i = 0; i < 30; i++) yield* fake.say("and another thing", { from: "chatter" })
          yield* fake.say("anybody?", { from })
        }
        yield* fake.awaitAllAcked
        yield* Effect.repeat(Effect.sleep(5), { until: () => people.every((person) => answered.has(person)) }).pipe(
          Effect.timeout("10 seconds")
        )
      }).pipe(quiet))
  }

  for (const afterMs of [0, 30]) {
    it.scopedLive(`a gateway that gives notice ${afterMs} ms behind one message, again and again, is paced`, () =>
      Effect.gen(function*() {
        const timing = scaled(20)
        const fake = yield* FakeDingTalk.make()
        yield* Effect.forkScoped(goRound(fake, afterMs))
        yield* Effect.provideService(
          Robot.start(fake.config, { onMessage: () => Effect.void }),
          StreamTiming,
          timing
        )
        yield* Effect.sleep(800)
        assert.isAtLeast(yield* fake.connectionsEver, 3)
        assert.isAtMost(yield* fake.connectionsEver, mostConnections(800, timing.backoffMs))
      }).pipe(quiet))
  }
})
