import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as DingTalkChannel from "../src/DingTalkChannel.ts"
import { Transport } from "../src/stream/Transport.ts"
import * as FakeWire from "./utils/FakeWire.ts"
import { settings } from "./utils/settings.ts"
import { settle } from "./utils/settle.ts"
import { channel, configOf, seconds, settingsOf } from "./utils/world.ts"

const account = (id: string, overrides: Parameters<typeof settings>[0] = {}) =>
  settings({ id, appKey: `key-${id}`, drainTimeoutMs: 0, ...overrides })

const nothing = { onMessage: () => Effect.void }

const tags = (statuses: ReadonlyMap<string, { readonly _tag: string }>) =>
  [...statuses].map(([id, { _tag }]) => `${id} ${_tag}`)

const unauthorised: FakeWire.Answer = { status: 401, body: { code: "authFailed" } }

describe("status", () => {
  it.scoped("tells the truth: Connected only once the upgrade succeeded, and where it stands before and after", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ handshake: (n) => (n === 0 ? "hang" : "accept") })
      const it = yield* channel(wire, nothing, account("a"))
      const seen: Array<string> = []
      yield* Effect.forkScoped(Stream.runForEach(it.statusChanges, (all) => Effect.sync(() => seen.push(...tags(all)))))
      yield* settle
      yield* seconds(10)
      yield* seconds(2)
      yield* wire.connections[0]?.serverCloses() ?? Effect.void
      yield* settle
      yield* it.stop("a")
      yield* settle
      assert.deepStrictEqual(seen, [
        "a Connecting",
        "a BackingOff",
        "a Connecting",
        "a Connected",
        "a Connecting",
        "a BackingOff",
        "a Stopping",
        "a Stopped"
      ])
    }))
})

describe("accounts", () => {
  it.scoped("D10 one account refused for good does not touch the others", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 0 ? unauthorised : FakeWire.ticket) })
      const it = yield* channel(wire, nothing, account("a"), account("b"))
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopped", "b Connected"])
      yield* seconds(3_600)
      assert.strictEqual(wire.opens.length, 2)
      const status = (yield* it.statuses).get("a")
      assert.isTrue(
        status?._tag === "Stopped" && status.reason._tag === "ByError" &&
          status.reason.error._tag === "PermanentAuth" && status.reason.error.account === "a"
      )
    }))

  it.scoped("D08 when every account is stopped the channel says so, with the reasons", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: () => unauthorised })
      const it = yield* channel(wire, nothing, account("a"), account("b"))
      const reasons = yield* it.awaitAllStopped
      assert.deepStrictEqual([...reasons].map(([id, { _tag }]) => `${id} ${_tag}`), ["a ByError", "b ByError"])
    }))

  it.scoped("D11 an unexpected error surfaces unchanged, and only its account stops", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const bug = new Error("bug")
      let calls = 0
      const broken = Layer.succeed(
        Transport,
        Transport.of({ connect: () => (++calls === 1 ? Effect.die(bug) : Effect.never) })
      )
      const it = yield* DingTalkChannel.make(nothing).pipe(
        Effect.provide(Layer.mergeAll(wire.layer, broken, configOf(account("a"), account("b"))))
      )
      yield* settle
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopped", "b Connecting"])
      yield* it.stop("b")
      assert.deepStrictEqual(yield* Effect.exit(it.awaitAllStopped), Exit.die(bug))
    }))

  it.scoped("D12 an account cut off without a stop having been asked is run again, never left parked", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      let calls = 0
      const cutOff = Layer.succeed(
        Transport,
        Transport.of({ connect: () => (++calls === 1 ? Effect.interrupt : Effect.never) })
      )
      yield* DingTalkChannel.make(nothing).pipe(
        Effect.provide(Layer.mergeAll(wire.layer, cutOff, configOf(account("a"))))
      )
      yield* settle
      assert.strictEqual(calls, 1)
      yield* seconds(2)
      assert.strictEqual(calls, 2)
    }))

  it.scoped("D09 a stop returns within 2 s, whatever the server does; the status says Stopping meanwhile", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deaf = true
          })
      })
      const it = yield* channel(wire, nothing, account("a"))
      const stopping = yield* Effect.fork(it.stop("a"))
      yield* settle
      yield* seconds(2)
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopping"])
      yield* seconds(3)
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopped"])
      assert.strictEqual(wire.live().length, 0)
    }))

  it.scoped("D13 after a stop it is silence", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const handled: Array<string> = []
      const it = yield* channel(wire, { onMessage: (m) => Effect.sync(() => handled.push(m.messageId)) }, account("a"))
      yield* it.stop("a")
      wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "late" }))
      yield* seconds(3_600)
      assert.deepStrictEqual(handled, [])
      assert.strictEqual(wire.opens.length, 1)
      assert.deepStrictEqual(wire.connections[0]?.sent, [])
    }))

  it.scoped("fifty restarts at once leave exactly one live connection, and never had two", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const it = yield* channel(wire, nothing, account("a"))
      yield* Effect.forEach(Array.from({ length: 50 }), () => it.restart("a"), { concurrency: "unbounded" })
      yield* settle
      assert.strictEqual(wire.live().length, 1)
      assert.strictEqual(wire.maxLive(), 1)
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Connected"])
    }))

  it.scoped("start and stop in any order, from many fibers: the last command wins and nothing is left over", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const it = yield* channel(wire, nothing, account("a"))
      const commands = Array.from(
        { length: 60 },
        (_, i) => i % 3 === 0 ? it.stop("a") : i % 3 === 1 ? it.start("a") : it.restart("a")
      )
      yield* Effect.forEach([...commands, it.stop("a")], (command) => command, { concurrency: "unbounded" })
      yield* settle
      assert.strictEqual(wire.live().length, 0)
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopped"])
      yield* it.start("a")
      yield* it.start("a")
      yield* settle
      assert.strictEqual(wire.live().length, 1)
    }))

  it.scoped("an account that was refused can be started again", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 0 ? unauthorised : FakeWire.ticket) })
      const it = yield* channel(wire, nothing, account("a"))
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Stopped"])
      yield* it.start("a")
      yield* settle
      assert.deepStrictEqual(tags(yield* it.statuses), ["a Connected"])
    }))

  it.scoped("an unknown account is a typed error that names the known ones", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"), account("b"))
      const error = yield* Effect.flip(it.restart("c"))
      assert.strictEqual(error._tag, "UnknownAccount")
      assert.include(error.message, "\"a\", \"b\"")
    }))

  it.scoped("what was handled before a restart is not handled again after it", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const handled: Array<string> = []
      const it = yield* channel(wire, { onMessage: (m) => Effect.sync(() => handled.push(m.messageId)) }, account("a"))
      wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: "m", frameId: "f1" }))
      yield* settle
      yield* it.restart("a")
      yield* settle
      wire.connections[1]?.deliver(FakeWire.messageFrame({ msgId: "m", frameId: "f2" }))
      yield* settle
      assert.deepStrictEqual(handled, ["m"])
    }))

  it.scoped("two accounts that receive the same message both handle it", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const handled: Array<string> = []
      yield* channel(
        wire,
        { onMessage: (m) => Effect.sync(() => handled.push(`${m.accountId} ${m.messageId}`)) },
        account("a"),
        account("b")
      )
      for (const connection of wire.connections) connection.deliver(FakeWire.messageFrame({ msgId: "m" }))
      yield* settle
      assert.deepStrictEqual(handled, ["a m", "b m"])
    }))
})

describe("stop", () => {
  it.scoped("finishes what is in hand within drainTimeoutMs, acknowledging nothing more, and closes then", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const handled: Array<string> = []
      const it = yield* channel(wire, {
        onMessage: (m) => Effect.zipRight(Effect.sleep(1_000), Effect.sync(() => handled.push(m.messageId)))
      }, account("a", { drainTimeoutMs: 1_500, dispatchWorkers: 1 }))
      const [connection] = wire.connections
      connection?.deliver(FakeWire.messageFrame({ msgId: "m1" }))
      connection?.deliver(FakeWire.messageFrame({ msgId: "m2" }))
      yield* settle
      const stopping = yield* Effect.fork(it.stop("a"))
      yield* settle
      connection?.deliver(FakeWire.messageFrame({ msgId: "late" }))
      assert.strictEqual(connection?.sent.length, 2)
      assert.strictEqual(connection?.state, "open")
      yield* seconds(1)
      assert.deepStrictEqual(handled, ["m1"])
      yield* seconds(0.5)
      yield* Fiber.join(stopping)
      assert.strictEqual(connection?.state, "closed")
      yield* seconds(10)
      assert.deepStrictEqual(handled, ["m1"])
    }))

  it.scoped("acknowledges nothing more, though nothing had arrived before", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deaf = true
          })
      })
      const handled: Array<string> = []
      const it = yield* channel(wire, {
        onMessage: (m) => Effect.sync(() => handled.push(m.messageId))
      }, account("a"))
      const [connection] = wire.connections
      const stopping = yield* Effect.fork(it.stop("a"))
      yield* settle
      connection?.deliver(FakeWire.messageFrame({ msgId: "late" }))
      yield* seconds(5)
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(connection?.sent, [])
      assert.deepStrictEqual(handled, [])
    }))

  it.effect("closing the scope stops all accounts side by side, within the bounds", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deaf = true
          })
      })
      const scope = yield* Scope.make()
      yield* channel(wire, nothing, account("a"), account("b"), account("c")).pipe(Scope.extend(scope))
      assert.strictEqual(wire.live().length, 3)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* settle
      yield* TestClock.adjust(5_000)
      yield* Fiber.join(closing)
      assert.strictEqual(wire.live().length, 0)
    }))
})

describe("reload", () => {
  it.scoped("stops what is gone, starts what is new, restarts what changed, and leaves the rest alone", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const it = yield* channel(wire, nothing, account("gone"), account("same"), account("changed"))
      const plan = yield* it.reload(settingsOf(
        account("same", { mentionPatterns: [] }),
        account("changed", { appSecret: Redacted.make("new-secret") }),
        account("new")
      ))
      yield* settle
      assert.deepStrictEqual(plan, { remove: ["gone"], add: ["new"], restart: ["changed"], keep: ["same"] })
      assert.deepStrictEqual(tags(yield* it.statuses), ["same Connected", "changed Connected", "new Connected"])
      assert.strictEqual(wire.opens.length, 5)
      assert.strictEqual(wire.live().length, 3)
      assert.isTrue(JSON.stringify(wire.opens).includes("new-secret"))
    }))
})

describe("layerStream", () => {
  it.scoped("gives the messages as a stream; while nobody takes, the queue fills and then drops", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make()
      const layer = DingTalkChannel.layerStream().pipe(
        Layer.provide(wire.layer),
        Layer.provide(configOf(account("a", { dispatchWorkers: 1, dispatchQueueSize: 2, ordering: "conversation" })))
      )
      yield* Effect.gen(function*() {
        yield* settle
        for (let i = 0; i < 10; i++) {
          wire.connections[0]?.deliver(FakeWire.messageFrame({ msgId: `m${i}` }))
          yield* settle
        }
        const messages = yield* DingTalkChannel.DingTalkMessages
        const taken = yield* Stream.runCollect(Stream.take(messages, 4))
        assert.deepStrictEqual(Chunk.toReadonlyArray(taken).map((m) => m.messageId), ["m0", "m1", "m2", "m3"])
      }).pipe(Effect.provide(layer))
    }))
})
