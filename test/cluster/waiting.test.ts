/** What waits in a cluster is looked at as what waits in an inbox is. */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, keep, outside, start, until } from "./world.ts"

const looked = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const ask = outside(client)
    yield* keep(fake, client, "cidTeam", ["first", "second"])
    yield* keep(fake, client, "cidOther", ["third"])

    const all = yield* ask(DingTalkInbox.list())
    const shown = yield* Effect.forEach(
      all,
      ({ id = "" }) => ask(DingTalkInbox.show({ account: "default", entry: id }))
    )
    assert.deepStrictEqual(
      shown.map(({ payload }) => JSON.parse(payload).text.content.trim()),
      ["first", "second", "third"]
    )
    assert.deepStrictEqual(all.map(({ account, line, state, type }) => [account, line, state, type]), [
      ["default", "cidTeam", "waiting", "CALLBACK"],
      ["default", "cidTeam", "waiting", "CALLBACK"],
      ["default", "cidOther", "waiting", "CALLBACK"]
    ])
    // A stop that cuts off a handler does not count.
    assert.deepStrictEqual(all.map(({ attempts }) => attempts), [0, 0, 0])
    assert.deepStrictEqual(
      all.map(({ receivedAt }) => receivedAt),
      all.map(({ receivedAt }) => receivedAt).toSorted((one, other) => one - other)
    )
    assert.isAbove(all[0]?.receivedAt ?? 0, Date.now() - 60_000)

    const ids = (selection: DingTalkInbox.Selection) =>
      Effect.map(ask(DingTalkInbox.list(selection)), (entries) => entries.map(({ id }) => id))
    assert.deepStrictEqual(yield* ids({ account: "default", limit: 2 }), [all[0]?.id, all[1]?.id])
    assert.deepStrictEqual(yield* ids({ account: "defaul" }), [])
    assert.deepStrictEqual(yield* ids({ states: ["dead"] }), [])
    assert.deepStrictEqual(yield* ask(DingTalkInbox.counts), [{ account: "default", state: "waiting", count: 3 }])

    // One that was begun, and what nobody can read.
    yield* ask(Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.zipRight(
        sql`
          INSERT INTO cluster_messages_dingtalk_attempts (request_id, attempts, holder)
          SELECT id, 2, 'somebody' FROM cluster_messages WHERE payload LIKE '%first%'
          ON CONFLICT (request_id) DO UPDATE SET attempts = 2
        `,
        sql`UPDATE cluster_messages SET payload = 'no JSON' WHERE payload LIKE '%second%'`
      )))
    const [first, second] = yield* ask(DingTalkInbox.list({ account: "default" }))
    assert.deepInclude(first, { id: all[0]?.id, attempts: 2 })
    assert.deepInclude(second, { account: "default", line: "cidTeam", state: "waiting", topic: "" })
    const { payload } = yield* ask(DingTalkInbox.show({ account: "default", entry: second?.id ?? "" }))
    assert.strictEqual(payload, "no JSON")
  })

/** One is at work, and of those behind it one is dropped; in the end it is handled all the same. */
const dropped = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const ask = outside(client)
    const handled = yield* Queue.unbounded<string>()
    const go = yield* Deferred.make<void>()
    yield* start(fake.config, client, {
      onMessage: ({ text }) =>
        Effect.zipRight(Queue.offer(handled, text), text === "first" ? Deferred.await(go) : Effect.void)
    })
    yield* fake.awaitConnection
    for (const text of ["first", "second", "third"]) yield* fake.say(text, { group: "cidTeam", mention: true })
    yield* fake.awaitAllAcked
    assert.strictEqual(yield* Queue.take(handled), "first")
    const [first, second] = yield* ask(DingTalkInbox.list())
    assert.strictEqual(first?.attempts, 1)
    const which = { account: "default", entry: second?.id ?? "" }
    assert.include(String(yield* Effect.flip(ask(DingTalkInbox.retry(which)))), "is waiting")
    yield* ask(DingTalkInbox.drop(which))
    yield* Deferred.succeed(go, undefined)
    assert.strictEqual(yield* Queue.take(handled), "third")
    const [entry, ...others] = yield* until(ask(DingTalkInbox.list()), ({ length }) => length === 1)
    assert.deepInclude(entry, { id: which.entry, line: "cidTeam", state: "dropped", attempts: 0 })
    assert.strictEqual(entry?.topic, second?.topic)
    assert.deepStrictEqual(others, [])

    yield* ask(DingTalkInbox.retry(which))
    assert.strictEqual(yield* Queue.take(handled), "second")
    yield* until(ask(DingTalkInbox.list()), ({ length }) => length === 0)
  })

/** Two clusters have the same robot, one after the other, and know nothing of each other's tables. */
const ofBoth = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const ask = outside(client)
    yield* keep(fake, client, "cidTeam", ["first"])
    yield* keep(fake, client, "cidTeam", ["second", "third"], DingTalkCluster.layerSingleRunner({ prefix: "another" }))

    const all = yield* ask(DingTalkInbox.list())
    const shown = Effect.forEach(all, ({ id = "" }) => ask(DingTalkInbox.show({ account: "default", entry: id })))
    assert.deepStrictEqual(
      (yield* shown).map(({ payload }) => JSON.parse(payload).text.content.trim()),
      ["first", "second", "third"]
    )
    const oldest = yield* ask(DingTalkInbox.list({ limit: 2 }))
    assert.deepStrictEqual(oldest.map(({ id }) => id), [all[0]?.id, all[1]?.id])
    assert.deepStrictEqual(yield* ask(DingTalkInbox.counts), [{ account: "default", state: "waiting", count: 3 }])

    // The same message came to both.
    yield* ask(Effect.flatMap(SqlClient.SqlClient, (sql) => {
      const [one = "", other = ""] = all.map(({ id }) => String(id))
      return sql`UPDATE another_messages SET payload = replace(payload, ${other}, ${one})`
    }))
    yield* ask(DingTalkInbox.drop({ account: "default", entry: all[0]?.id ?? "" }))
    yield* ask(DingTalkInbox.drop({ account: "default", entry: all[2]?.id ?? "" }))
    const left = yield* ask(DingTalkInbox.list())
    assert.deepStrictEqual(left.map(({ id, state }) => [id, state]), [[all[0]?.id, "dropped"], [all[2]?.id, "dropped"]])
  })

describe.concurrent("what waits in a cluster", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `is listed, shown and counted, on ${name}`,
      () => looked(database),
      60_000
    )
    it.scopedLive.skipIf(missing !== undefined)(
      `is found in the tables of each cluster that has some, on ${name}`,
      () => ofBoth(database),
      60_000
    )
    it.scopedLive.skipIf(missing !== undefined)(
      `is dropped, and handled after all, on ${name}`,
      () => dropped(database),
      60_000
    )
  }
})
