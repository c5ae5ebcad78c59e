/** A robot moves from a cluster back to an inbox on the same database, and something waits in the cluster's tables. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as Runtime from "effect/Runtime"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, keep, start } from "./world.ts"

const told = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    const warned = yield* Queue.unbounded<Readonly<Record<string, unknown>>>()
    const { runSync } = yield* Effect.map(Effect.runtime<never>(), (runtime) => ({ runSync: Runtime.runSync(runtime) }))
    const listening = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ annotations, message }) => {
        if (String(message) === "dingtalk.inbox.clustered") {
          runSync(Queue.offer(warned, Object.fromEntries(annotations)))
        }
      })
    )
    const robot = start(fake.config, client, { onMessage: () => Effect.void }, DingTalkInbox.layer(), listening)
    // There are no such tables yet.
    yield* Effect.scoped(Effect.zipRight(robot, fake.awaitConnection))
    yield* fake.awaitClosed()
    yield* keep(fake, client, "cidTeam", ["first", "second"])
    yield* robot
    const told = yield* Effect.timeout(Queue.take(warned), "15 seconds")
    assert.deepInclude(told, { account: "default", module: "inbox", waiting: 2 })
    assert.include(told["hint"], "cluster")
    assert.strictEqual(yield* Queue.size(warned), 0)
  })

describe.concurrent("a robot that moves from a cluster back to an inbox", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `says how many messages wait for the cluster, on ${name}`,
      () => told(database),
      60_000
    )
  }
})
