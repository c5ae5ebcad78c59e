/** What a cluster has kept, and can't read or not in the order of the people who speak. */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DingTalkInbox from "../../src/sql/DingTalkInbox.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Client, type Database, databases, keep, outside, sqlite, start, until } from "./world.ts"

const team = { group: "cidTeam", mention: true }

/** Changes what was kept of the message that says this. */
const change = (client: Client, text: string, payload: (before: Record<string, unknown>) => string) =>
  outside(client)(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly id: string; readonly payload: string }>`
      SELECT CAST(id AS TEXT) AS id, payload FROM cluster_messages WHERE payload LIKE ${`%${text}%`}
    `
    if (row === undefined) return assert.fail(`nothing says ${text}`)
    yield* sql`
      UPDATE cluster_messages SET payload = ${payload(JSON.parse(row.payload))}
      WHERE id = ${sql.literal(row.id)}
    `
  }))

/** What becomes of it when it comes to be handled. */
const buried = (
  database: Database,
  payload: (before: Record<string, unknown>) => string,
  cause: string
) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const client = yield* database
    yield* keep(fake, client, "cidTeam", ["before", "odd", "behind"])
    yield* change(client, "odd", payload)
    const handled: Array<string> = []
    const sql = yield* start(fake.config, client, {
      onMessage: ({ text }) => Effect.sync(() => handled.push(text))
    })
    const ask = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      Effect.provideService(effect, SqlClient.SqlClient, sql)
    const dead = ask(DingTalkInbox.list({ states: ["dead"] }))
    const [entry] = yield* until(dead, ({ length }) => length === 1)
    if (entry === undefined) return assert.fail("it is not there")
    assert.include(entry.cause, cause)
    assert.deepInclude(entry, { account: "default", line: "cidTeam" })
    assert.include((yield* ask(DingTalkInbox.show({ account: "default", entry: entry.number ?? "" }))).payload, "odd")
    yield* until(Effect.sync(() => handled.length), (length) => length === 2)
    assert.deepStrictEqual(handled, ["before", "behind"])
    yield* ask(DingTalkInbox.retry({ account: "default", entry: entry.number ?? "" }))
    // It is read again, to no avail.
    yield* until(dead, ([again]) => again !== undefined && again.number !== entry.number)
  })

const frameOf = ({ frame }: Record<string, unknown>): Record<string, unknown> => JSON.parse(String(frame))

const odd = {
  "is no message": [
    (before: Record<string, unknown>) =>
      JSON.stringify({ ...before, frame: JSON.stringify({ ...frameOf(before), data: "[\"odd\"]" }) }),
    "notAnObject"
  ],
  "is no frame": [(before: Record<string, unknown>) => JSON.stringify({ ...before, frame: "{\"odd" }), "no frame"],
  "is not what a runner keeps": [
    ({ account, frame, id }: Record<string, unknown>) => JSON.stringify({ account, id, kept: frame }),
    "what was kept can't be read"
  ],
  "is no JSON": [(before: Record<string, unknown>) => JSON.stringify(before).slice(1), "what was kept can't be read"]
} as const

describe.concurrent("what a cluster has kept and can't read is a dead letter", () => {
  for (const [what, [payload, cause]] of Object.entries(odd)) {
    for (const [name, database, missing] of databases) {
      it.scopedLive.skipIf(missing !== undefined)(
        `if it ${what}, on ${name}`,
        () => buried(database, payload, cause),
        60_000
      )
    }
  }
})

describe("bursts from a cluster", () => {
  it.scopedLive("of two people who speak at the same time are handled, each as one", () =>
    Effect.gen(function*() {
      const fake = yield* FakeDingTalk.make()
      const handled: Array<string> = []
      yield* start({ ...fake.config, burstMs: 200 }, yield* sqlite, {
        onMessages: (messages) => Effect.sync(() => handled.push(messages.map(({ text }) => text).join(" ")))
      })
      yield* fake.awaitConnection
      for (const [index, from] of ["a", "b", "a", "b"].entries()) yield* fake.say(`${from}${index}`, { ...team, from })
      yield* until(Effect.sync(() => handled.length), (length) => length === 2)
      assert.sameMembers(handled, ["a0 a2", "b1 b3"])
    }))
})
