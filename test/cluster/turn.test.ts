import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Tables from "../../src/cluster/Tables.ts"
import * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { type Database, databases, start } from "./world.ts"

const { messages, replies } = Tables.of("cluster")

/** A runner, what it begins, and what another runner may do to its database. */
const runner = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const began = yield* Queue.unbounded<string>()
    const goOn = yield* Deferred.make<void>()
    const sql = yield* start(fake.config, yield* database, {
      onMessage: ({ attempt, text }) =>
        Effect.zipRight(
          Queue.offer(began, attempt === 1 ? text : `${text} again`),
          text.startsWith("slow") ? Deferred.await(goOn) : Effect.void
        )
    })
    yield* fake.awaitConnection
    const id = (text: string) => sql`SELECT id FROM ${sql(messages)} WHERE payload LIKE ${`%${text}%`}`
    return {
      say: (text: string, group: string) => fake.say(text, { group, mention: true }),
      acked: fake.awaitAllAcked,
      next: Queue.take(began),
      goOn: Deferred.succeed(goOn, undefined),
      /** As if another one had handled it. */
      handled: (text: string) => sql`UPDATE ${sql(messages)} SET processed = TRUE WHERE id IN (${id(text)})`,
      /** As if another one had begun it. */
      begun: (text: string) =>
        sql`INSERT INTO ${
          sql(Tables.of("cluster").attempts)
        } (request_id, attempts, holder) SELECT id, 1, 'another' FROM (${id(text)}) AS that`,
      /** As if there were another message before it, which another runner had read and was gone. */
      readElsewhere: (text: string) =>
        sql.withTransaction(Effect.gen(function*() {
          yield* sql`DELETE FROM ${sql(replies)} WHERE request_id IN (${id(text)})`
          yield* sql`DELETE FROM ${sql(Tables.of("cluster").attempts)} WHERE request_id IN (${id(text)})`
          const [row] = yield* sql<{ readonly payload: string }>`
            SELECT payload FROM ${sql(messages)} WHERE id IN (${id(text)})
          `
          const payload = row?.payload ?? ""
          const another = payload.replaceAll(JSON.parse(payload).id, "another")
          yield* sql`
            UPDATE ${sql(messages)} SET processed = FALSE, last_reply_id = NULL, last_read = CURRENT_TIMESTAMP,
            payload = ${another} WHERE id IN (${id(text)})
          `
        })),
      /** As if another one had handled it, and this one did not know of its answer. */
      answered: (text: string) =>
        sql`INSERT INTO ${sql(replies)} (id, kind, request_id, payload)
          SELECT 1, ${Tables.lastReply}, id, ${Tables.wellDone} FROM (${id(text)}) AS that`,
      /** As if one who was cut off had read what came last, late, and nobody had got the answer. */
      readByNobody: (text: string, group: string) =>
        sql.withTransaction(Effect.gen(function*() {
          const [row] = yield* sql<Record<string, unknown>>`SELECT * FROM ${
            sql(messages)
          } WHERE entity_id LIKE ${`%${group}`}`
          const { rowid: _, ...that } = row ?? {}
          const payload = String(that["payload"])
          yield* sql`INSERT INTO ${sql(messages)} ${
            sql.insert({
              ...that,
              id: 7,
              request_id: 7,
              message_id: "late",
              last_reply_id: null,
              payload: payload.replaceAll(JSON.parse(payload).id, "late").replaceAll("before", text)
            })
          }`
          const before = sql.onDialectOrElse({
            sqlite: () => "datetime('now', '-1 minute')",
            orElse: () => "now() - INTERVAL '1 minute'"
          })
          yield* sql`UPDATE ${sql(messages)} SET processed = FALSE, last_read = ${sql.literal(before)} WHERE id = 7`
        })),
      isHandled: (text: string) =>
        Effect.map(
          sql`SELECT id FROM ${sql(messages)} WHERE processed = TRUE AND id IN (${id(text)})`,
          (rows) => rows.length === 1
        )
    }
  })

const until = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(isSo, { until: (so) => so, schedule: Schedule.spaced("20 millis") })

const beginsNothingHandled = (database: Database) =>
  Effect.gen(function*() {
    const { acked, goOn, handled, next, say } = yield* runner(database)
    yield* say("slow", "cidTeam")
    assert.strictEqual(yield* next, "slow")
    // Both are read here, and another runner handles the first while this one is frozen.
    yield* say("behind", "cidTeam")
    yield* say("last", "cidTeam")
    yield* acked
    yield* handled("behind")
    yield* goOn
    assert.strictEqual(yield* next, "last")
  })

const endsWhatAnotherEnded = (database: Database) =>
  Effect.gen(function*() {
    const { acked, answered, goOn, isHandled, next, say } = yield* runner(database)
    for (const [text, group] of [["slow one", "cidTeam"], ["slow two", "cidOther"]] as const) {
      yield* say(text, group)
      assert.strictEqual(yield* next, text)
    }
    yield* acked
    yield* answered("slow one")
    // What is handled at the same time is written down by the same statement.
    yield* goOn
    for (const text of ["slow one", "slow two"]) yield* until(isHandled(text))
    for (const [text, group] of [["behind", "cidTeam"], ["other", "cidOther"]] as const) {
      yield* say(text, group)
      assert.strictEqual(yield* next, text)
    }
  })

const beginsNothingBegun = (database: Database) =>
  Effect.gen(function*() {
    const { acked, begun, goOn, next, say } = yield* runner(database)
    yield* say("slow", "cidTeam")
    assert.strictEqual(yield* next, "slow")
    yield* say("behind", "cidTeam")
    yield* acked
    yield* begun("behind")
    yield* goOn
    for (const text of ["one", "two"]) {
      yield* say(text, "cidOther")
      assert.strictEqual(yield* next, text)
    }
    // Whoever has begun it has lost the conversation by then, or this runner has.
    assert.strictEqual(yield* next, "behind again")
  })

const beginsNothingOutOfTurn = (database: Database) =>
  Effect.gen(function*() {
    const { isHandled, next, readElsewhere, say } = yield* runner(database)
    yield* say("first", "cidTeam")
    assert.strictEqual(yield* next, "first")
    yield* until(isHandled("first"))
    yield* readElsewhere("first")
    yield* say("second", "cidTeam")
    assert.strictEqual(yield* next, "first")
    assert.strictEqual(yield* next, "second")
  })

const readsAgain = (database: Database) =>
  Effect.gen(function*() {
    const { isHandled, next, readByNobody, say } = yield* runner(database)
    yield* say("before", "cidTeam")
    assert.strictEqual(yield* next, "before")
    yield* until(isHandled("before"))
    yield* readByNobody("late", "cidTeam")
    assert.strictEqual(yield* next, "late")
  })

describe.concurrent("a runner that has lost a conversation and does not know it", () => {
  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `begins nothing that another has handled, and goes on behind it, on ${name}`,
      () => beginsNothingHandled(database),
      30_000
    )

    it.scopedLive.skipIf(missing !== undefined)(
      `ends what another has ended, and what it handled itself beside it, on ${name}`,
      () => endsWhatAnotherEnded(database),
      30_000
    )

    it.scopedLive.skipIf(missing !== undefined)(
      `begins nothing that another has begun, on ${name}`,
      () => beginsNothingBegun(database),
      30_000
    )

    it.scopedLive.skipIf(missing !== undefined)(
      `begins nothing before what came earlier, on ${name}`,
      () => beginsNothingOutOfTurn(database),
      30_000
    )

    it.scopedLive.skipIf(missing !== undefined)(
      `handles what was read by nobody, without another message in its conversation, on ${name}`,
      () => readsAgain(database),
      30_000
    )
  }
})
