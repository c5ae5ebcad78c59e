/** What is handled can't be written down for a while. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, start, until } from "./world.ts"

const group = { group: "cidTeam", mention: true }

const handledOnce = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const goOn = yield* Deferred.make<void>()
    const began: Array<string> = []
    const sql = yield* start(fake.config, yield* database, {
      onMessage: ({ attempt, text }) =>
        Effect.zipRight(Effect.sync(() => began.push(`${text} ${attempt}`)), Deferred.await(goOn))
    })
    yield* fake.awaitConnection
    yield* fake.say("first", group)
    yield* until(Effect.sync(() => began.length), (length) => length === 1)
    yield* sql`ALTER TABLE cluster_replies RENAME TO away`
    yield* Deferred.succeed(goOn, undefined)
    // Longer than the engine tries it by itself.
    yield* Effect.sleep("2 seconds")
    yield* sql`ALTER TABLE away RENAME TO cluster_replies`
    yield* fake.say("second", group)
    yield* until(sql`SELECT id FROM cluster_messages WHERE NOT processed`, ({ length }) => length === 0)
    assert.deepStrictEqual(began, ["first 1", "second 1"])
  })

describe.concurrent("what is handled while that can't be written", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `is not handled again by the same runner, on ${name}`,
      () => handledOnce(database),
      60_000
    )
  }
})
