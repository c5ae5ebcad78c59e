import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import type { AccountSettings } from "../../src/DingTalkConfig.ts"
import type * as Phase from "../../src/stream/Phase.ts"
import * as Runner from "../../src/stream/Runner.ts"
import { defaults, StreamTiming } from "../../src/stream/StreamTiming.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"

/** A run whose connections close with it. */
const run = (options: Runner.Options) => Effect.scoped(Effect.flatten(Runner.make(options)))

const start = (wire: FakeWire.FakeWire, overrides: Partial<AccountSettings> = {}) =>
  Effect.gen(function*() {
    const phases: Array<Phase.Phase> = []
    const odd: Array<string> = []
    const deliveries: Array<string> = []
    const fiber = yield* run({
      settings: settings(overrides),
      subscriptions: [{ type: "CALLBACK", topic: "/v1.0/im/bot/messages/get" }],
      beforeOpening: Effect.void,
      log: () => Effect.void,
      onDelivery: (frame, send) => {
        deliveries.push(frame.messageId)
        send(`ack:${frame.messageId}`)
      },
      onOdd: (kind, detail) => odd.push(detail === "" ? kind : `${kind} ${detail}`),
      onPhase: (phase) => Effect.sync(() => phases.push(phase))
    }).pipe(
      Effect.withRandom(Random.fixed([0.5])),
      Effect.provide(wire.layer),
      Effect.forkScoped
    )
    yield* settle
    return { fiber, phases, odd, deliveries }
  })

const seconds = (n: number) => Effect.zipRight(TestClock.adjust(n * 1_000), settle)

const openTimes = (wire: FakeWire.FakeWire) => wire.opens.map(({ at }) => at / 1_000)

describe("back-off", () => {
  it.scoped("waits 2, 5, 10, 30, 60, 60 s and never gives up on a transient failure", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: () => ({ status: 503, body: "upstream" }) })
      const { fiber } = yield* start(wire)
      for (const wait of [2, 5, 10, 30, 60, 60, 60, 60]) {
        yield* seconds(wait - 0.001)
        yield* seconds(0.001)
      }
      assert.deepStrictEqual(openTimes(wire), [0, 2, 7, 17, 47, 107, 167, 227, 287])
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
    }))

  it.scoped("starts again at 2 s after a session of 30 s, and not before", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      const closeAfter = (s: number) =>
        Effect.gen(function*() {
          const connection = wire.connections.at(-1)
          connection?.deliver(FakeWire.messageFrame({ msgId: `m${wire.connections.length}` }))
          yield* seconds(s)
          yield* connection?.serverCloses() ?? Effect.void
          yield* settle
        })
      yield* closeAfter(29)
      yield* seconds(2)
      yield* closeAfter(29)
      yield* seconds(5)
      yield* closeAfter(30)
      yield* seconds(2)
      assert.deepStrictEqual(openTimes(wire), [0, 31, 65, 97])
    }))

  it.scoped("waits at least as long as the server asks for", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        opening: (n) => (n === 0 ? { status: 429, body: {}, headers: { "retry-after": "40" } } : FakeWire.ticket)
      })
      yield* start(wire)
      yield* seconds(39)
      assert.strictEqual(wire.opens.length, 1)
      yield* seconds(60)
      assert.strictEqual(wire.opens.length, 2)
    }))

  it.scoped("a clock that jumps does not count as uptime", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ handshake: () => "refuse" })
      yield* start(wire)
      yield* seconds(2)
      yield* seconds(5)
      assert.deepStrictEqual(openTimes(wire), [0, 2, 7])
    }))
})

describe("stall", () => {
  /** Accepts, says nothing, and hangs up at once. */
  const silent = () => FakeWire.make({ onOpen: (connection) => connection.serverCloses() })

  it.scoped("H01 five short silent sessions in a row are a StreamStall", () =>
    Effect.gen(function*() {
      const wire = silent()
      const { fiber, phases } = yield* start(wire)
      for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit))
      const error = yield* Effect.flip(exit)
      assert.strictEqual(error._tag, "StreamStall")
      assert.deepInclude({ ...error }, { account: "default", strikes: 5, lastDurationMs: 0 })
      assert.strictEqual(wire.connections.length, 5)
      assert.isAbove(phases.length, 4)
    }))

  for (
    const [name, interlude] of [
      ["a session of 30 s", (c: FakeWire.FakeConnection) => Effect.zipRight(seconds(30), c.serverCloses())],
      ["a delivery", (c: FakeWire.FakeConnection) =>
        Effect.zipRight(
          Effect.sync(() => c.deliver(FakeWire.messageFrame({ msgId: "m" }))),
          c.serverCloses()
        )],
      [
        "a failure of the network",
        (c: FakeWire.FakeConnection) => c.serverCloses({ by: "network", code: 1006, error: "ECONNRESET" })
      ]
    ] as const
  ) {
    it.scoped(`H02 ${name} resets the strikes`, () =>
      Effect.gen(function*() {
        const wire = FakeWire.make({
          onOpen: (connection) => (connection.id === 4 ? Effect.void : connection.serverCloses())
        })
        const { fiber } = yield* start(wire)
        for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
        const fifth = wire.connections[4]
        assert.isDefined(fifth)
        if (fifth !== undefined) yield* interlude(fifth)
        yield* settle
        for (let i = 0; i < 6; i++) yield* seconds(60)
        // Four strikes, the reset, and five strikes again.
        assert.strictEqual(wire.connections.length, 10)
        assert.strictEqual((yield* Effect.flip(Fiber.join(fiber)))._tag, "StreamStall")
      }))
  }

  it.scoped("H02 openings that fail do not accumulate strikes", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ handshake: () => "refuse" })
      const { fiber } = yield* start(wire)
      for (let i = 0; i < 20; i++) yield* seconds(60)
      assert.isAtLeast(wire.opens.length, 10)
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
    }))

  it.scoped("a connection that we ended for younger ones is no strike, and resets none", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) => Effect.sync(() => connection.deliver(FakeWire.systemFrame("disconnect")))
      })
      const { fiber } = yield* start(wire).pipe(
        Effect.provideService(StreamTiming, { ...defaults, lingeringMost: 1, stallStrikes: 3 })
      )
      for (let i = 0; i < 13; i++) yield* seconds(1)
      assert.deepStrictEqual(openTimes(wire), [0, 0, 2, 7])
      assert.strictEqual(wire.live().length, 1)
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
    }))

  it.scoped("with a cool-down it tries again with one probe, for which one strike suffices", () =>
    Effect.gen(function*() {
      const wire = silent()
      const { fiber, phases } = yield* start(wire, { stallCoolDownMs: 600_000 })
      for (const wait of [2, 5, 10, 30]) yield* seconds(wait)
      assert.strictEqual(wire.connections.length, 5)
      const phase = phases.at(-1)
      assert.deepInclude({ ...phase }, { _tag: "BackingOff", until: 647_000 })
      yield* seconds(599)
      assert.strictEqual(wire.connections.length, 5)
      yield* seconds(1)
      assert.strictEqual(wire.connections.length, 6)
      assert.deepInclude({ ...phases.at(-1) }, { _tag: "BackingOff", until: 1_247_000 })
      assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
    }))
})

describe("permanent errors", () => {
  it.scoped("G01 a refused credential ends the account at the first answer", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        opening: () => ({ status: 401, body: { code: "authFailed", message: "鉴权失败", requestid: "R-1" } })
      })
      const { fiber } = yield* start(wire)
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.deepInclude({ ...error }, { _tag: "PermanentAuth", status: 401, code: "authFailed", requestId: "R-1" })
      yield* seconds(600)
      assert.strictEqual(wire.opens.length, 1)
    }))

  it.scoped("a defect of a delivery handler surfaces unchanged", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const defect = new Error("bug")
      const fiber = yield* run({
        settings: settings(),
        subscriptions: [],
        beforeOpening: Effect.void,
        log: () => Effect.void,
        onDelivery: () => {
          throw defect
        },
        onOdd: () => {},
        onPhase: () => Effect.void
      }).pipe(Effect.provide(wire.layer), Effect.forkScoped)
      yield* settle
      wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "m" }))
      const exit = yield* Fiber.await(fiber)
      assert.deepStrictEqual(exit, Exit.die(defect))
    }))
})

describe("hand-over", () => {
  it.scoped("opens the next connection at once and serves the old one until the server ends it", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const { deliveries, phases } = yield* start(wire)
      const [first] = wire.connections
      yield* seconds(40)
      first?.deliver(FakeWire.systemFrame("disconnect", { reason: "persistent connection is timeout" }))
      yield* settle
      assert.strictEqual(wire.live().length, 2)
      first?.deliver(FakeWire.messageFrame({ msgId: "late" }))
      assert.deepStrictEqual(deliveries, ["frame-late"])
      assert.deepStrictEqual(first?.sent, ["ack:frame-late"])
      yield* seconds(10)
      yield* first?.serverCloses() ?? Effect.void
      yield* settle
      assert.strictEqual(wire.live().length, 1)
      assert.strictEqual(wire.opens.length, 2)
      assert.deepStrictEqual(phases.map(({ _tag }) => _tag), ["Connected", "Connected"])
    }))

  it.scoped("a server that does not end the old connection has it closed after 15 s", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      const [first] = wire.connections
      yield* seconds(40)
      first?.deliver(FakeWire.systemFrame("disconnect"))
      yield* settle
      yield* seconds(14)
      assert.strictEqual(first?.state, "open")
      yield* seconds(1)
      assert.strictEqual(first?.state, "closed")
    }))

  it.scoped("a second notice on the same connection opens nothing more", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      const [first] = wire.connections
      first?.deliver(FakeWire.systemFrame("disconnect"))
      first?.deliver(FakeWire.systemFrame("disconnect"))
      yield* settle
      first?.deliver(FakeWire.systemFrame("disconnect"))
      yield* seconds(9)
      assert.strictEqual(wire.opens.length, 2)
    }))

  it.scoped("a server that sends nothing but notices is paced", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) => Effect.sync(() => connection.deliver(FakeWire.systemFrame("disconnect")))
      })
      yield* start(wire)
      for (let i = 0; i < 10; i++) yield* seconds(1)
      assert.deepStrictEqual(openTimes(wire), [0, 0, 2, 7])
    }))

  for (
    const [name, delayMs, ends] of [
      ["in one read", 0, false],
      ["after 10 ms", 10, false],
      ["after 2 s", 2_000, false],
      ["after 29 s", 29_000, false],
      ["in one read, and hangs up", 0, true]
    ] as const
  ) {
    it.scoped(`a server that sends one message and a notice on each connection ${name}, is paced`, () =>
      Effect.gen(function*() {
        const wire = FakeWire.make({
          onOpen: (connection) =>
            Effect.sync(() => {
              connection.deliver(FakeWire.messageFrame({ msgId: `m${connection.id}` }))
              connection.deliver(FakeWire.systemFrame("disconnect"))
            }).pipe(
              Effect.zipRight(ends ? connection.serverCloses() : Effect.void),
              Effect.delay(delayMs),
              Effect.forkDaemon
            )
        })
        yield* start(wire)
        for (let i = 0; i < 300; i++) {
          yield* seconds(1)
          assert.isAtMost(wire.live().length, 5 + 1)
        }
        // Once for nothing, then 2, 5, 10, 30, 60 s and so on, each behind a session of `delayMs`.
        assert.isAtMost(wire.opens.length, 11)
        assert.isAtLeast(wire.opens.length, 5)
      }))
  }

  it.scoped("not more than four old connections are served behind their notice: one more ends the oldest", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deliver(FakeWire.messageFrame({ msgId: `m${connection.id}` }))
            connection.deliver(FakeWire.systemFrame("disconnect"))
          })
      })
      const fiber = yield* run({
        settings: settings(),
        subscriptions: [],
        beforeOpening: Effect.void,
        log: () => Effect.void,
        onDelivery: () => {},
        onOdd: () => {},
        onPhase: () => Effect.void
      }).pipe(
        Effect.provide(wire.layer),
        Effect.provideService(StreamTiming, { ...defaults, backoffMs: [1_000] }),
        Effect.withRandom(Random.fixed([0.5])),
        Effect.forkScoped
      )
      yield* settle
      for (let i = 0; i < 10; i++) {
        yield* seconds(1)
        assert.isAtMost(wire.live().length, 4)
      }
      assert.isAbove(wire.connections.length, 9)
      assert.deepStrictEqual(wire.live().map(({ id }) => id), wire.connections.slice(-4).map(({ id }) => id))
      yield* Fiber.interrupt(fiber)
    }))

  it.scoped("while the next connection can't be had the account stays connected through the old one", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 1 ? { status: 500, body: "" } : FakeWire.ticket) })
      const { phases } = yield* start(wire)
      yield* seconds(40)
      wire.connections[0]?.deliver(FakeWire.systemFrame("disconnect"))
      yield* settle
      assert.deepStrictEqual(phases.map(({ _tag }) => _tag), ["Connected"])
      yield* seconds(2)
      assert.strictEqual(wire.live().length, 2)
    }))
})

describe("heartbeat", () => {
  it.scoped("a half-open socket is found within 60 s, and replaced", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const { phases } = yield* start(wire)
      const [first] = wire.connections
      yield* seconds(25)
      if (first !== undefined) first.answersPings = false
      for (let i = 0; i < 60; i++) yield* seconds(1)
      assert.isTrue(first?.terminated)
      assert.strictEqual(wire.live().length, 1)
      assert.deepStrictEqual(phases.map(({ _tag }) => _tag), [
        "Connected",
        "Connecting",
        "BackingOff",
        "Connecting",
        "Connected"
      ])
      const lost = Chunk.findFirst(Chunk.fromIterable(phases), ({ _tag }) => _tag === "BackingOff")
      assert.isTrue(
        lost._tag === "Some" && lost.value._tag === "BackingOff" && lost.value.error._tag === "Transient" &&
          lost.value.error.reason === "heartbeatLost"
      )
    }))

  it.scoped("a socket that fell silent right behind a tick is found within 60 s, though the next tick asks nothing", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      const [first] = wire.connections
      yield* seconds(20.001)
      first?.deliver(FakeWire.systemFrame("ping", { opaque: "last words" }))
      if (first !== undefined) first.answersPings = false
      yield* seconds(20)
      assert.deepStrictEqual(first?.pings, [20_000])
      yield* seconds(20)
      yield* seconds(19.999)
      assert.deepStrictEqual(first?.pings, [20_000, 60_000])
      assert.isTrue(first?.terminated)
    }))

  it.scoped("a socket that answers pings, or says anything at all, is left alone", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      const [first] = wire.connections
      for (let i = 0; i < 10; i++) yield* seconds(20)
      if (first !== undefined) first.answersPings = false
      for (let i = 0; i < 20; i++) {
        first?.deliver(FakeWire.systemFrame("ping", { opaque: String(i) }))
        yield* seconds(15)
      }
      assert.strictEqual(wire.connections.length, 1)
      assert.isAtLeast(first?.pings.length ?? 0, 10)
    }))
})

describe("opening", () => {
  it.scoped("asks for JSON and exactly the given subscriptions, and puts the ticket into the URL encoded", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      assert.strictEqual(wire.opens[0]?.accept, "application/json")
      assert.deepStrictEqual(wire.opens[0]?.body, {
        clientId: "dingkey",
        clientSecret: "s3cr3t-value",
        subscriptions: [{ type: "CALLBACK", topic: "/v1.0/im/bot/messages/get" }],
        ua: "effect-dingtalk"
      })
      assert.strictEqual(
        wire.connections[0]?.url,
        "wss://wss-open-connection.dingtalk.com:443/connect?ticket=t%2B1%2F%3D"
      )
    }))

  it.scoped("an opening call that hangs is given up after 10 s", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 0 ? "hang" : FakeWire.ticket) })
      const { phases } = yield* start(wire)
      yield* seconds(10)
      assert.deepInclude({ ...phases.at(-1) }, { _tag: "BackingOff", until: 12_000 })
      yield* seconds(2)
      assert.strictEqual(wire.live().length, 1)
    }))

  it.scoped("a handshake that hangs is given up after 10 s", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ handshake: (n) => (n === 0 ? "hang" : "accept") })
      const { phases } = yield* start(wire)
      yield* seconds(10)
      assert.deepInclude({ ...phases.at(-1) }, { _tag: "BackingOff", until: 12_000 })
    }))

  it.scoped("a socket that is not DingTalk's is not dialled", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        opening: () => ({ status: 200, body: { endpoint: "wss://evil.example/connect", ticket: "t" } })
      })
      yield* start(wire)
      assert.strictEqual(wire.connections.length, 0)
    }))
})

describe("frames", () => {
  it.scoped("a SYSTEM ping is answered with the same data and message id", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      yield* start(wire)
      wire.connections[0]?.deliver(FakeWire.systemFrame("ping", { opaque: "abc" }))
      assert.deepStrictEqual(JSON.parse(wire.connections[0]?.sent[0] ?? ""), {
        code: 200,
        headers: { contentType: "application/json", messageId: "sys-ping" },
        message: "OK",
        data: "{\"opaque\":\"abc\"}"
      })
    }))

  it.scoped("what is not a frame is told and survived; an unknown SYSTEM topic is answered 404", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const { odd } = yield* start(wire)
      const [connection] = wire.connections
      for (const junk of ["{", "[]", "null", "{\"type\":\"NEW\",\"headers\":{}}", "{\"type\":\"EVENT\"}"]) {
        connection?.deliver(junk)
      }
      connection?.deliver(FakeWire.systemFrame("CONNECTED"))
      connection?.deliver(FakeWire.systemFrame("dance"))
      assert.deepStrictEqual(odd, [
        "malformedJson",
        "notAnObject",
        "notAnObject",
        "unknownType",
        "missingHeaders",
        "unknownTopic SYSTEM dance"
      ])
      assert.strictEqual(JSON.parse(connection?.sent[0] ?? "").code, 404)
      assert.strictEqual(wire.live().length, 1)
    }))
})

describe("stop", () => {
  it.scoped("interruption closes every connection, and is over within 5 s when the server is deaf", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deaf = true
          })
      })
      const { fiber } = yield* start(wire)
      yield* seconds(40)
      wire.connections[0]?.deliver(FakeWire.systemFrame("disconnect"))
      yield* settle
      assert.strictEqual(wire.live().length, 2)
      const stopping = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* settle
      yield* seconds(5)
      yield* Fiber.join(stopping)
      assert.strictEqual(yield* Clock.currentTimeMillis, 45_000)
      assert.deepStrictEqual(wire.connections.map(({ releasedAt }) => releasedAt), [45_000, 45_000])
      yield* seconds(600)
      assert.strictEqual(wire.opens.length, 2)
    }))
})
