/** Two clusters on one database, each with a prefix of its own. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, outside, start, until } from "./world.ts"

const group = { group: "cidTeam", mention: true }

const neighbours = (database: Database) =>
  Effect.gen(function*() {
    const client = yield* database
    const ask = outside(client)
    const began = yield* Queue.unbounded<string>()
    const robot = (account: string, isWell: boolean) =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const sql = yield* start(
          { accounts: { [account]: fake.config } },
          client,
          {
            onMessage: ({ attempt, text }) =>
              Effect.zipRight(
                Queue.offer(began, `${account} ${text} ${attempt}`),
                isWell ? Effect.void : Effect.fail("not now")
              )
          },
          DingTalkCluster.layerSingleRunner({ prefix: account, maxAttempts: 1 })
        )
        yield* fake.awaitConnection
        return { fake, sql }
      })
    const next = Effect.timeout(Queue.take(began), "15 seconds")

    // One of them alone: what it has given up stays with it.
    yield* Effect.scoped(Effect.gen(function*() {
      const { fake } = yield* robot("two", false)
      yield* fake.say("again", group)
      assert.strictEqual(yield* next, "two again 1")
      yield* until(ask(DingTalkInbox.list({ states: ["dead"] })), ({ length }) => length === 1)
      yield* until(ask(DingTalkInbox.counts), (all) => all.every(({ state }) => state !== "waiting"))
    }))
    const { fake, sql } = yield* robot("one", true)
    const [dead] = yield* ask(DingTalkInbox.list())
    yield* ask(DingTalkInbox.retry({ account: "two", entry: dead?.number ?? 0 }))
    // What comes later of its own goes through all that is done once a second.
    yield* Effect.sleep("2 seconds")
    yield* fake.say("own", group)
    assert.strictEqual(yield* next, "one own 1")
    yield* robot("two", true)
    assert.strictEqual(yield* next, "two again 1")

    // Their engines give the same ids now and then: what the one has begun, the other has not.
    const columns = sql.literal("id, shard_id, entity_type, kind, tag, headers, request_id")
    yield* sql`
      INSERT INTO two_messages (${columns}, message_id, entity_id, payload)
      SELECT ${columns}, 'the other', replace(entity_id, 'one/', 'two/'), replace(payload, '"one"', '"two"')
      FROM one_messages WHERE payload LIKE '%own%'
    `
    assert.strictEqual(yield* next, "two own 1")
  })

describe.concurrent("two clusters on one database", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `leave each other's messages alone, on ${name}`,
      () => neighbours(database),
      60_000
    )
  }
})
