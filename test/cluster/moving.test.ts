/** A robot moves from an inbox on one machine to a cluster on the same database. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, outside, start, until } from "./world.ts"

/** More than go over at once. */
const count = 350

const moved = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    yield* Effect.scoped(Effect.gen(function*() {
      yield* start(
        { ...fake.config, drainTimeoutMs: 50 },
        client,
        { onMessage: () => Effect.never },
        DingTalkInbox.layer()
      )
      yield* fake.awaitConnection
      for (let index = 0; index < count; index++) {
        yield* fake.say(`${index}`, { group: `cidTeam${index % 3}`, mention: true })
      }
      yield* fake.awaitAllAcked
    }))
    const handled: Array<string> = []
    const all = yield* Deferred.make<void>()
    yield* start(
      fake.config,
      client,
      {
        onMessage: ({ text }) =>
          Effect.suspend(() => {
            handled.push(text)
            return handled.length < count ? Effect.void : Deferred.succeed(all, undefined)
          })
      }
    )
    yield* Effect.timeout(Deferred.await(all), "30 seconds")
    assert.strictEqual(new Set(handled).size, count)
    for (let team = 0; team < 3; team++) {
      const numbers = handled.map(Number).filter((number) => number % 3 === team)
      assert.deepStrictEqual(numbers, numbers.toSorted((a, b) => a - b))
    }
    yield* until(outside(client)(DingTalkInbox.list()), ({ length }) => length === 0)
  })

describe.concurrent("a robot that moves from an inbox to a cluster", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `handles there what waited, in order, on ${name}`,
      () => moved(database),
      60_000
    )
  }
})
