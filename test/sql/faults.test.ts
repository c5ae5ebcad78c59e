import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { ofInbox } from "../../src/metrics.ts"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId, robot } from "./world.ts"

const list = (filename: string, selection: DingTalkInbox.Selection = {}) =>
  Effect.provide(DingTalkInbox.list(selection), client(filename))

const counted = () => {
  const handled: Array<string> = []
  const onMessage = ({ messageId }: { readonly messageId: string }) => Effect.sync(() => handled.push(messageId))
  return { handled, onMessage }
}

/** Takes the right to write, as another program may. */
const locked = (filename: string) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(SqliteClient.layer({ filename }), scope)
    const connection = yield* Effect.provide(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.reserve), context).pipe(
      Scope.extend(scope)
    )
    yield* connection.executeUnprepared("BEGIN EXCLUSIVE", [], undefined)
    return Effect.zipRight(connection.executeUnprepared("ROLLBACK", [], undefined), Scope.close(scope, Exit.void))
  })

const event = (id: string) => ({
  type: "EVENT",
  headers: { topic: "*", messageId: `frame-${id}`, eventId: id, eventType: "user_add_org" },
  data: JSON.stringify({ userId: ["u"] })
})

describe("an inbox that can't be written", () => {
  it.scoped("acknowledges nothing meanwhile, says LATER of events, and heals by itself", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const { handled, onMessage } = counted()
      const { answers, deliver, say } = yield* robot(
        filename,
        { onMessage, onEvent: ({ eventId }) => Effect.sync(() => handled.push(eventId)) },
        { id, events: true },
        { patience: "2 seconds" }
      )
      const up = Effect.map(Metric.value(ofInbox(id).inboxUp), ({ value }) => value)
      const unlock = yield* locked(filename)
      say("m1")
      deliver(event("e1"))
      yield* seconds(1)
      assert.strictEqual(answers().size, 0)
      yield* seconds(3)
      assert.strictEqual(yield* up, 0)
      assert.deepStrictEqual([...answers().keys()], ["frame-e1"])
      assert.deepStrictEqual(answers().get("frame-e1")?.data, { status: "LATER" })
      yield* unlock
      yield* seconds(2)
      say("m1", { frameId: "again" })
      deliver(event("e1"))
      yield* settle
      assert.deepStrictEqual(answers().get("frame-e1")?.data, { status: "SUCCESS" })
      assert.isTrue(answers().has("again"))
      assert.sameMembers(handled, ["m1", "e1"])
      assert.strictEqual(yield* up, 1)
    }))

  it.scoped("keeps in mind what is done while it can't be written down", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const gate = yield* Deferred.make<void>()
      const { say } = yield* robot(filename, { onMessage: () => Deferred.await(gate) }, { id })
      say("m1")
      yield* settle
      const unlock = yield* locked(filename)
      yield* Deferred.succeed(gate, undefined)
      yield* seconds(5)
      yield* unlock
      yield* seconds(2)
      const [entry] = yield* list(filename, { states: ["done", "waiting"] })
      assert.deepInclude(entry, { id: "m1", state: "done", attempts: 1 })
    }))

  it.scoped("is not spoiled by a disk that was full at a commit", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const { handled, onMessage } = counted()
      const context = yield* Layer.build(client(filename))
      const pages = (n: number) =>
        Effect.provide(
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`PRAGMA max_page_count = ${n}`)),
          context
        )
      const { answers, say } = yield* robot(filename, { onMessage }, { id }, {}, Layer.succeedContext(context))
      yield* pages(1)
      const text = "x".repeat(200_000)
      say("m1", { text })
      yield* seconds(3)
      assert.strictEqual(answers().size, 0)
      yield* pages(1_000_000)
      yield* seconds(2)
      say("m1", { text, frameId: "again" })
      yield* settle
      assert.deepStrictEqual([...answers().keys()], ["again"])
      assert.deepStrictEqual(handled, ["m1"])
    }))
})

describe("a full inbox", () => {
  it.scoped("refuses what is new, and acknowledges what it has", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const { answers, say } = yield* robot(filename, { onMessage: () => Effect.never }, { id: freshId() }, {
        inboxLimit: 2
      })
      for (const msgId of ["m1", "m2", "m3"]) say(msgId)
      yield* settle
      assert.deepStrictEqual([...answers().keys()], ["frame-m1", "frame-m2"])
      say("m2", { frameId: "again" })
      yield* settle
      assert.isTrue(answers().has("again"))
    }))

  it.scoped("or gives up the oldest that was never begun, and tells of it", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const dropped: Array<string> = []
      const { answers, say } = yield* robot(
        filename,
        {
          onMessage: () => Effect.never,
          onDropped: ({ messageId }) => Effect.sync(() => dropped.push(messageId))
        },
        { id: freshId() },
        { inboxLimit: 2, full: "dropOldest" }
      )
      for (const msgId of ["m1", "m2"]) say(msgId)
      yield* settle
      say("m3")
      yield* settle
      assert.strictEqual(answers().size, 3)
      assert.deepStrictEqual(dropped, ["m2"])
      const entries = yield* list(filename)
      assert.deepStrictEqual(entries.map(({ id, state }) => `${id} ${state}`), [
        "m1 waiting",
        "m2 dropped",
        "m3 waiting"
      ])
    }))

  it.scoped("forgets what is past, by time and by count", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const { handled, onMessage } = counted()
      const { say } = yield* robot(filename, { onMessage }, { id: freshId() }, { retainCount: 3 })
      for (let i = 0; i < 10; i++) say(`m${i}`)
      yield* settle
      assert.strictEqual(handled.length, 10)
      yield* seconds(31)
      yield* seconds(1)
      assert.isAtMost((yield* list(filename, { states: ["done"] })).length, 3)
    }))
})

describe("a clock that was set back by an hour", () => {
  it.scoped("makes an inbox forget neither what was handled since nor too little", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const { onMessage } = counted()
      const { say } = yield* robot(filename, { onMessage }, { id: freshId() }, { retainCount: 3 })
      for (let i = 0; i < 5; i++) say(`before${i}`)
      yield* settle
      yield* Effect.provide(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`UPDATE effect_dingtalk_inbox SET ended_at = ended_at + 3600000`
        ),
        client(filename)
      )
      yield* seconds(31)
      yield* seconds(1)
      for (const msgId of ["m1", "m2"]) say(msgId)
      yield* settle
      yield* seconds(31)
      yield* seconds(1)
      const known = (yield* list(filename, { states: ["done"] })).map(({ id }) => id)
      assert.includeMembers(known, ["m1", "m2"])
      assert.isAtMost(known.length, 3)
    }))
})

describe("what goes before, and what goes together", () => {
  it.scoped("what overtakes does, and is kept all the same", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const begun: Array<string> = []
      const { say } = yield* robot(filename, {
        overtakes: ({ text }) => text === "stop",
        onMessage: ({ messageId, text }) =>
          Effect.suspend(() => {
            begun.push(messageId)
            return text === "stop" ? Effect.void : Effect.never
          })
      }, { id: freshId() })
      for (const msgId of ["m1", "m2"]) say(msgId)
      say("m3", { text: "stop" })
      yield* settle
      assert.deepStrictEqual(begun.toSorted(), ["m1", "m3"])
      const entries = yield* list(filename, { states: ["done", "waiting"] })
      assert.deepStrictEqual(entries.map(({ id, state }) => `${id} ${state}`), ["m1 waiting", "m2 waiting", "m3 done"])
    }))

  it.scoped("bursts succeed and fail together", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const bursts: Array<string> = []
      const { say } = yield* robot(
        filename,
        {
          onMessages: (messages) =>
            Effect.suspend(() => {
              bursts.push(messages.map(({ attempt, messageId }) => `${messageId}.${attempt}`).join("+"))
              return bursts.length === 1 ? Effect.fail("not now") : Effect.void
            })
        },
        { id: freshId(), burstMs: 100 },
        { retryDelay: "1 second" }
      )
      for (const msgId of ["m1", "m2"]) say(msgId)
      yield* settle
      yield* seconds(0.2)
      assert.deepStrictEqual(bursts, ["m1.1+m2.1"])
      yield* seconds(1.5)
      yield* seconds(0.5)
      assert.deepStrictEqual(bursts, ["m1.1+m2.1", "m1.2+m2.2"])
      const entries = yield* list(filename, { states: ["done"] })
      assert.strictEqual(entries.length, 2)
    }))
})
