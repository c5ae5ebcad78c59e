import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as FakeWire from "../utils/FakeWire.ts"
import { settings } from "../utils/settings.ts"
import { settle } from "../utils/settle.ts"
import { channel, seconds, settingsOf } from "../utils/world.ts"

const account = (id: string, overrides: Parameters<typeof settings>[0] = {}) =>
  settings({ id, appKey: `key-${id}`, drainTimeoutMs: 0, ...overrides })

const nothing = { onMessage: () => Effect.void }

const refused: FakeWire.Answer = { status: 401, body: { code: "authFailed" } }

/** Whoever waits for the end of all accounts, and all that is said of them meanwhile. */
const watch = (it: DingTalkChannel.Channel) =>
  Effect.gen(function*() {
    const said: Array<string> = []
    yield* Effect.forkScoped(Stream.runForEach(it.statusChanges, (all) =>
      Effect.sync(() => {
        said.push([...all].map(([id, { _tag }]) => `${id} ${_tag}`).join(", "))
      })))
    const ended = yield* Effect.forkScoped(it.awaitAllStopped)
    yield* settle
    return {
      said,
      hasEnded: Effect.map(Fiber.poll(ended), ({ _tag }) => _tag === "Some"),
      wasStopped: (id: string) => said.some((line) => line.includes(`${id} Stopped`))
    }
  })

describe("an account that is being restarted is never stopped", () => {
  it.scoped("by restart", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"))
      const { hasEnded, said, wasStopped } = yield* watch(it)
      yield* it.restart("a")
      yield* settle
      assert.isFalse(wasStopped("a"), said.join("; "))
      assert.isFalse(yield* hasEnded)
      yield* it.stop("a")
      yield* settle
      assert.isTrue(yield* hasEnded)
    }))

  it.scoped("by a reload that changes it", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"))
      const { hasEnded, said, wasStopped } = yield* watch(it)
      yield* it.reload(settingsOf(account("a", { requireMention: true })))
      yield* settle
      assert.isFalse(wasStopped("a"), said.join("; "))
      assert.isFalse(yield* hasEnded)
    }))

  it.scoped("by a reload that puts another one in its place", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("old"))
      const { hasEnded, said, wasStopped } = yield* watch(it)
      yield* it.reload(settingsOf(account("new")))
      yield* settle
      assert.isFalse(wasStopped("new"), said.join("; "))
      assert.isFalse(yield* hasEnded)
    }))

  it.scoped("while the others are stopped", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"), account("b"))
      yield* it.stop("b")
      const { hasEnded, said } = yield* watch(it)
      yield* it.restart("a")
      yield* settle
      assert.isFalse(said.includes("a Stopped, b Stopped"), said.join("; "))
      assert.isFalse(yield* hasEnded)
    }))

  it.scoped("by a reload that takes the last one that runs, and starts a refused one again", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 0 ? refused : FakeWire.ticket) })
      const it = yield* channel(wire, nothing, account("a"), account("b"))
      const { hasEnded, said } = yield* watch(it)
      yield* it.reload(settingsOf(account("a", { requireMention: true })))
      yield* settle
      assert.isFalse(yield* hasEnded, said.join("; "))
      assert.strictEqual(said.at(-1), "a Connected")
    }))

  it.scoped("by many at once, stops among them, as long as the last command starts it", () =>
    Effect.gen(function*() {
      const it = yield* channel(FakeWire.make(), nothing, account("a"))
      const { hasEnded, said, wasStopped } = yield* watch(it)
      const commands = Array.from({ length: 30 }, (_, n) => n % 3 === 2 ? it.stop("a") : it.restart("a"))
      yield* Effect.forEach([...commands, it.start("a")], (command) => command, { concurrency: "unbounded" })
      yield* settle
      assert.isFalse(wasStopped("a"), said.join("; "))
      assert.isFalse(yield* hasEnded)
      assert.strictEqual(said.at(-1), "a Connected")
    }))

  it.scoped("while its old connection takes its time to close, and its caller does not wait", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({
        onOpen: (connection) =>
          Effect.sync(() => {
            connection.deaf = connection.id === 0
          })
      })
      const it = yield* channel(wire, nothing, account("a"))
      const { hasEnded, said, wasStopped } = yield* watch(it)
      const asking = yield* Effect.fork(it.restart("a"))
      yield* settle
      yield* Fiber.interrupt(asking)
      yield* seconds(5)
      assert.isFalse(wasStopped("a"), said.join("; "))
      assert.isFalse(yield* hasEnded)
      assert.strictEqual(said.at(-1), "a Connected")
    }))

  it.scoped("but it is when the start is refused", () =>
    Effect.gen(function*() {
      const wire = FakeWire.make({ opening: (n) => (n === 0 ? FakeWire.ticket : refused) })
      const it = yield* channel(wire, nothing, account("a"))
      const { hasEnded, wasStopped } = yield* watch(it)
      yield* it.restart("a")
      yield* settle
      assert.isTrue(wasStopped("a"))
      assert.isTrue(yield* hasEnded)
    }))
})
