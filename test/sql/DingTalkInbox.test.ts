import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { logEvents } from "../../src/logEvents.ts"
import { ofInbox } from "../../src/metrics.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId, robot } from "./world.ts"

const list = (filename: string, selection: DingTalkInbox.Selection = {}) =>
  Effect.provide(DingTalkInbox.list(selection), client(filename))

describe("an inbox in a SQLite file", () => {
  it.scoped("acknowledges when it is kept, and handles", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const handled: Array<readonly [string, number]> = []
      const { answers, say } = yield* robot(filename, {
        onMessage: ({ attempt, messageId }) => Effect.sync(() => handled.push([messageId, attempt]))
      }, { id })
      say("m1")
      assert.strictEqual(answers().size, 0)
      yield* settle
      assert.deepStrictEqual([...answers().keys()], ["frame-m1"])
      assert.deepStrictEqual(handled, [["m1", 1]])
      yield* settle
      const [entry] = yield* list(filename, { states: ["done"] })
      assert.deepInclude(entry, { account: id, id: "m1", state: "done", attempts: 1 })
    }))

  it.scoped("hands out after a restart what was not handled, in order, and knows redeliveries", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      yield* Effect.scoped(Effect.gen(function*() {
        const { answers, say } = yield* robot(filename, { onMessage: () => Effect.never }, { id })
        for (const msgId of ["m1", "m2", "m3"]) say(msgId)
        yield* settle
        assert.strictEqual(answers().size, 3)
      }))
      const handled: Array<readonly [string, number]> = []
      const { answers, say } = yield* robot(filename, {
        onMessage: ({ attempt, messageId }) => Effect.sync(() => handled.push([messageId, attempt]))
      }, { id })
      yield* settle
      assert.deepStrictEqual(handled, [["m1", 2], ["m2", 1], ["m3", 1]])
      say("m2", { frameId: "again" })
      yield* settle
      assert.isTrue(answers().has("again"))
      assert.strictEqual(handled.length, 3)
    }))

  it.scoped("tries again what failed, before all that comes later in its conversation, and buries it in the end", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const begun: Array<string> = []
      const buried: Array<readonly [string, number]> = []
      const { say } = yield* robot(
        filename,
        {
          onMessage: ({ messageId }) =>
            Effect.suspend(() => {
              begun.push(messageId)
              return messageId === "bad" ? Effect.fail("not now") : Effect.void
            }),
          onDeadLetter: ({ messageId }, { attempts }) => Effect.sync(() => buried.push([messageId, attempts]))
        },
        { id },
        { maxAttempts: 3, retryDelay: "1 second" }
      )
      say("bad")
      say("later")
      say("elsewhere", { conversationId: "cidOther" })
      yield* settle
      assert.deepStrictEqual(begun, ["bad", "elsewhere"])
      yield* seconds(1.1)
      assert.deepStrictEqual(begun, ["bad", "elsewhere", "bad"])
      yield* seconds(5)
      assert.deepStrictEqual(begun, ["bad", "elsewhere", "bad", "bad", "later"])
      assert.deepStrictEqual(buried, [["bad", 3]])
      const [entry] = yield* list(filename, { states: ["dead"] })
      assert.deepInclude(entry, { id: "bad", attempts: 3 })
      assert.include(entry?.cause, "not now")
      yield* Effect.provide(DingTalkInbox.retry({ account: id, entry: "bad" }), client(filename))
      yield* seconds(2)
      assert.strictEqual(begun.at(-1), "bad")
    }))

  it.scoped("buries nothing that somebody has dropped while its last attempt was under way", () => {
    const told: Array<string> = []
    return Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const fail = yield* Deferred.make<void>()
      const { say } = yield* robot(
        filename,
        {
          onMessage: () => Effect.zipRight(Deferred.await(fail), Effect.fail("not now")),
          onDeadLetter: ({ messageId }) => Effect.sync(() => told.push(messageId))
        },
        { id },
        { maxAttempts: 1 }
      )
      say("m1")
      yield* settle
      yield* Effect.provide(DingTalkInbox.drop({ account: id, entry: "m1" }), client(filename))
      yield* Deferred.succeed(fail, undefined)
      yield* seconds(2)
      assert.deepStrictEqual((yield* list(filename)).map(({ state }) => state), ["dropped"])
      assert.notInclude(told, "m1")
      assert.notInclude(told, logEvents.deadLetter)
      assert.strictEqual((yield* Metric.value(ofInbox(id).inboxDeadLetters)).count, 0)
    }).pipe(
      Effect.provide(Logger.replace(Logger.defaultLogger, Logger.make(({ message }) => told.push(String(message)))))
    )
  })

  it.scoped("has none follow on behind one that failed, however many begin in a short time", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const begun: Array<readonly [string, number]> = []
      const { say } = yield* robot(
        filename,
        {
          onMessage: ({ attempt, messageId }) =>
            Effect.suspend(() => {
              begun.push([messageId, attempt])
              return messageId === "bad" && attempt === 1 ? Effect.fail("not now") : Effect.void
            })
        },
        { id: freshId() },
        { retryDelay: "1 second" }
      )
      const sayAll = (msgIds: ReadonlyArray<string>) =>
        Effect.suspend(() => {
          for (const msgId of msgIds) say(msgId)
          return settle
        })
      yield* sayAll(Array.from({ length: 20 }, (_, index) => `warm-up ${index}`))
      yield* seconds(0.02)
      yield* sayAll(["good"])
      begun.length = 0
      yield* sayAll(["first", "bad", "second", "third"])
      assert.deepStrictEqual(begun, [["first", 1], ["bad", 1]])
      yield* seconds(1.1)
      assert.deepStrictEqual(begun.slice(2), [["bad", 2], ["second", 1], ["third", 1]])
    }))

  it.scoped("is handled by one process at a time, whoever it arrives at, and handed over at a stop", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const handled: Array<string> = []
      const name = (who: string) => ({
        onMessage: ({ messageId }: { readonly messageId: string }) =>
          Effect.sync(() => handled.push(`${who} ${messageId}`))
      })
      const first = yield* Scope.make()
      const one = yield* Scope.extend(robot(filename, name("one"), { id }), first)
      const two = yield* robot(filename, name("two"), { id })
      one.say("m1")
      two.say("m2")
      yield* settle
      assert.isTrue(two.answers().has("frame-m2"))
      yield* seconds(2)
      assert.deepStrictEqual(handled, ["one m1", "one m2"])
      two.say("m3")
      yield* settle
      yield* Scope.close(first, Exit.void)
      yield* seconds(2)
      assert.deepStrictEqual(handled, ["one m1", "one m2", "two m3"])
    }))
})
