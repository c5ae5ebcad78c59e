import type * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, start, until } from "./world.ts"

const group = { group: "cidTeam", mention: true }

/** What is given up is looked at, and decided on, through a client of its own, as the command line has one. */
const decidedOn = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const began = yield* Queue.unbounded<string>()
    const mended = yield* Deferred.make<void>()
    yield* start(
      fake.config,
      client,
      {
        onMessage: ({ attempt, text }) =>
          Effect.gen(function*() {
            yield* Queue.offer(began, `${text} ${attempt}`)
            if (text !== "fine" && !(yield* Deferred.isDone(mended))) return yield* Effect.fail("not mended")
          })
      },
      DingTalkCluster.layerSingleRunner({ retryDelay: "20 millis", maxAttempts: 2 })
    )
    yield* fake.awaitConnection
    const outside = yield* Layer.build(Layer.fresh(client))
    const ask = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provide(effect, outside)
    const dead = ask(DingTalkInbox.list({ states: ["dead"] }))

    for (const text of ["again", "never", "fine"]) yield* fake.say(text, group)
    assert.deepStrictEqual(yield* Queue.takeN(began, 5).pipe(Effect.map((all) => [...all])), [
      "again 1",
      "again 2",
      "never 1",
      "never 2",
      "fine 1"
    ])
    const [again, never] = yield* until(dead, ({ length }) => length === 2)
    if (again === undefined || never === undefined) return assert.fail()
    assert.deepInclude(again, { account: "default", line: "cidTeam", attempts: 2, state: "dead" })
    assert.include(again.cause, "not mended")
    assert.include((yield* ask(DingTalkInbox.show({ account: "default", entry: again.number ?? "" }))).payload, "again")

    yield* ask(DingTalkInbox.drop({ account: "default", entry: never.number ?? "" }))
    yield* Deferred.succeed(mended, undefined)
    yield* ask(DingTalkInbox.retry({ account: "default", entry: again.number ?? "" }))
    // With all its attempts.
    assert.strictEqual(yield* Queue.take(began), "again 1")
    // It waits until its end is written down.
    const left = yield* until(ask(DingTalkInbox.list()), (all) => all.every(({ state }) => state !== "waiting"))
    assert.deepStrictEqual(left.map(({ number, state }) => [number, state]), [[never.number, "dropped"]])

    // What was dropped, too.
    yield* ask(DingTalkInbox.retry({ account: "default", entry: never.number ?? "" }))
    assert.strictEqual(yield* Queue.take(began), "never 1")
    assert.deepStrictEqual(yield* dead, [])
  })

describe.concurrent("what a cluster gives up", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `is looked at and decided on from outside, on ${name}`,
      () => decidedOn(database),
      60_000
    )
  }
})
