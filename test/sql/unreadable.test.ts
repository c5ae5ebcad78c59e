/** What was kept, and can't be read when it comes to be handled. */
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId, inspect, robot } from "./world.ts"

const write = (filename: string, column: "payload" | "topic" | "headers", value: string, id: string) =>
  inspect(
    filename,
    Effect.flatMap(
      SqliteClient.SqliteClient,
      (sql) => sql`UPDATE effect_dingtalk_inbox SET ${sql(column)} = ${value} WHERE id = ${id}`
    )
  )

const event = {
  specVersion: "1.0",
  type: "EVENT",
  headers: { topic: "*", messageId: "frame-e1", eventId: "e1", eventType: "user_add_org" },
  data: "{}"
}

const ask = <A, E>(filename: string, effect: Effect.Effect<A, E, SqlClient>) => Effect.provide(effect, client(filename))
const list = (filename: string) => ask(filename, DingTalkInbox.list())

/** Has a robot keep messages that it does not come to. */
const keep = (filename: string, id: string, msgIds: ReadonlyArray<string>) =>
  Effect.scoped(Effect.gen(function*() {
    const { answers, say } = yield* robot(filename, { onMessage: () => Effect.never }, { id })
    for (const msgId of msgIds) say(msgId)
    yield* settle
    assert.strictEqual(answers().size, msgIds.length)
  }))

describe("what an inbox has kept and can't read", () => {
  it.scoped("is a dead letter with its cause, is out of the way, and is read again on request", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      yield* keep(filename, id, ["before", "odd", "behind"])
      const [, odd] = yield* list(filename)
      if (odd === undefined) return assert.fail()
      const { payload } = yield* ask(filename, DingTalkInbox.show({ account: id, entry: "odd" }))
      yield* write(filename, "payload", "{\"of\": \"another vers", "odd")

      const handled: Array<string> = []
      yield* robot(filename, { onMessage: ({ messageId }) => Effect.sync(() => handled.push(messageId)) }, { id })
      yield* settle
      assert.deepStrictEqual(handled, ["before", "behind"])
      const dead = { id: "odd", number: odd.number, state: "dead" } as const
      const [entry, ...others] = yield* list(filename)
      assert.deepInclude(entry, { ...dead, attempts: 1 })
      assert.include(entry?.cause, "notAnObject")
      assert.deepStrictEqual(others, [])

      const which = { account: id, entry: "odd" }
      assert.include((yield* ask(filename, DingTalkInbox.show(which))).payload, "another vers")
      yield* ask(filename, DingTalkInbox.retry(which))
      yield* seconds(2)
      assert.deepInclude((yield* list(filename))[0], dead)

      yield* write(filename, "payload", payload, "odd")
      yield* ask(filename, DingTalkInbox.retry(which))
      yield* seconds(2)
      assert.deepStrictEqual(handled, ["before", "behind", "odd"])
      assert.deepStrictEqual(yield* list(filename), [])
    }))

  it.scoped("is dropped on request", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      yield* keep(filename, id, ["odd"])
      yield* write(filename, "payload", "", "odd")
      yield* robot(filename, { onMessage: () => Effect.void }, { id })
      yield* settle
      yield* ask(filename, DingTalkInbox.drop({ account: id, entry: "odd" }))
      assert.deepInclude((yield* list(filename))[0], { id: "odd", state: "dropped" })
    }))

  it.scoped("takes nothing with it of the burst that it stands in", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      yield* keep(filename, id, ["m1", "odd", "m2"])
      yield* write(filename, "payload", "null", "odd")
      const handled: Array<ReadonlyArray<string>> = []
      yield* robot(filename, {
        onMessages: (messages) => Effect.sync(() => handled.push(messages.map(({ messageId }) => messageId)))
      }, { id, burstMs: 100 })
      yield* settle
      yield* seconds(1)
      assert.deepStrictEqual(handled, [["m1", "m2"]])
      assert.deepStrictEqual((yield* list(filename)).map(({ id, state }) => [id, state]), [["odd", "dead"]])
    }))

  it.scoped("is an event whose headers don't say what happened, too", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      const events = { id, events: true }
      yield* Effect.scoped(Effect.gen(function*() {
        const { deliver } = yield* robot(filename, { onEvent: () => Effect.never }, events)
        deliver(event)
        yield* settle
      }))
      yield* write(filename, "headers", "{\"eventId\"", "event:e1")
      const handled: Array<unknown> = []
      yield* robot(filename, { onEvent: (event) => Effect.sync(() => handled.push(event)) }, events)
      yield* settle
      assert.deepStrictEqual(handled, [])
      assert.deepInclude((yield* list(filename))[0], { id: "event:e1", state: "dead" })
    }))

  it.scoped("is what this robot has no handler for", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const id = freshId()
      yield* Effect.scoped(Effect.gen(function*() {
        const { deliver, say } = yield* robot(
          filename,
          { onMessage: () => Effect.never, onEvent: () => Effect.never },
          { id, events: true }
        )
        deliver(event)
        say("m1")
        yield* settle
      }))
      yield* write(filename, "topic", "/v9/im/bot/messages/thought", "m1")
      yield* robot(filename, { onMessage: () => Effect.void }, { id, events: true })
      yield* settle
      const entries = yield* list(filename)
      assert.deepStrictEqual(entries.map(({ id, state }) => [id, state]), [["event:e1", "dead"], ["m1", "dead"]])
      assert.include(entries[0]?.cause, "no handler")
      assert.include(entries[1]?.cause, "/v9/im/bot/messages/thought")
    }))
})
