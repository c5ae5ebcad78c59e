import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import { logEvents } from "../../src/logEvents.ts"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, outside, start, until } from "./world.ts"

const account = "default"

/** One of two is dropped while its last attempt is under way. */
const droppedMeanwhile = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const ask = outside(client)
    const begun = yield* Deferred.make<void>()
    const fail = yield* Deferred.make<void>()
    const told: Array<string> = []
    yield* start(
      fake.config,
      client,
      {
        onMessage: ({ text }) =>
          text === "behind"
            ? Effect.fail("never")
            : Deferred.succeed(begun, undefined).pipe(
              Effect.zipRight(Deferred.await(fail)),
              Effect.zipRight(Effect.fail("not now"))
            ),
        onDeadLetter: ({ text }) => Effect.sync(() => told.push(text))
      },
      DingTalkCluster.layerSingleRunner({ maxAttempts: 1 }),
      Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => {
          if (String(message) === logEvents.deadLetter) told.push(logEvents.deadLetter)
        })
      )
    )
    yield* fake.awaitConnection
    for (const text of ["dropped", "behind"]) yield* fake.say(text, { group: "cidTeam", mention: true })
    yield* Deferred.await(begun)
    const [first] = yield* ask(DingTalkInbox.list())
    yield* ask(DingTalkInbox.drop({ account, entry: first?.id ?? "" }))
    yield* Deferred.succeed(fail, undefined)
    yield* until(Effect.sync(() => told.length), (length) => length >= 2)
    assert.deepStrictEqual(told.toSorted(), ["behind", logEvents.deadLetter])
    assert.deepStrictEqual(
      (yield* ask(DingTalkInbox.list({ states: ["dead", "dropped"] }))).map(({ state }) => state).toSorted(),
      ["dead", "dropped"]
    )
  })

describe("what somebody drops while its last attempt is under way", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `is no dead letter, on ${name}`,
      () => droppedMeanwhile(database),
      60_000
    )
  }
})
