/** What the crash of a runner leaves open of a card. */
import * as ClusterMetrics from "@effect/cluster/ClusterMetrics"
import { SqliteClient } from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkCards from "../../src/DingTalkCards.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { FakeDingTalk } from "../../src/testing/index.ts"
import { client, crashed, file, inspect } from "../sql/world.ts"
import * as OpenCards from "../utils/openCards.ts"
import { type Database, databases, outside, sqlite, start as startOn, until } from "./world.ts"

const start = (
  fake: FakeDingTalk.Fake,
  filename: string,
  handlers: Handlers<DingTalkSender.DingTalkSender | DingTalkChannel.DingTalkChannel>
) =>
  Layer.build(
    DingTalkChannel.layer(handlers).pipe(
      Layer.provideMerge(DingTalkSender.layer),
      Layer.provide(DingTalkConfig.layerUnknown({ ...fake.config, drainTimeoutMs: 50 })),
      Layer.provide(NodeDingTalk.layer()),
      Layer.provide(DingTalkCluster.layerSingleRunner()),
      Layer.provide(client(filename))
    )
  )

const noted = (filename: string) =>
  inspect(
    filename,
    Effect.flatMap(SqliteClient, (sql) =>
      Effect.map(sql`SELECT out_track_id AS id FROM effect_dingtalk_inbox_card`, (rows) =>
        rows.map(({ id }) => id)))
  )

const settled = (filename: string, left: number) =>
  Effect.repeat(noted(filename), { until: (rows) => rows.length === left, schedule: Schedule.spaced(20) })

/** What a runner had noted before it was gone. */
const left = (database: Database) =>
  Effect.gen(function*() {
    const fake = yield* FakeDingTalk.make()
    const opened = yield* database
    const ask = outside(opened)
    const notes = ask(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`SELECT * FROM effect_dingtalk_inbox_card`))
    const [note] = yield* Effect.scoped(Effect.gen(function*() {
      yield* startOn({ ...fake.config, drainTimeoutMs: 50 }, opened, {
        onMessage: (message) =>
          Effect.asVoid(DingTalkCards.streamReply(message, Stream.concat(Stream.make("Once"), Stream.never)))
      })
      yield* fake.awaitConnection
      yield* fake.say("a story", { group: "cidTeam", mention: true })
      return yield* until(notes, ({ length }) => length === 1)
    }))
    yield* fake.awaitClosed()
    assert.deepStrictEqual(yield* notes, [])
    const insert = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
      ask(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`INSERT INTO effect_dingtalk_inbox_card ${sql.insert(rows)}`))
    return note === undefined ? assert.fail() : { fake, opened, note, notes, insert }
  })

/** What a runner had noted is there again, as if it had not come to an end, beside what one has noted of a conversation elsewhere. */
const takenUp = (database: Database) =>
  Effect.gen(function*() {
    const { fake, insert, note, notes, opened } = yield* left(database)
    const elsewhere = { ...note, out_track_id: "another", owner: String(note["owner"]).replace("cidTeam", "cidOther") }
    yield* insert([note, elsewhere])
    yield* startOn(fake.config, opened, { onMessage: () => Effect.void })
    assert.deepStrictEqual(yield* until(notes, ({ length }) => length === 1), [elsewhere])
  })

const conversations = Metric.value(ClusterMetrics.entities.pipe(Metric.tagged("type", "DingTalkConversation")))

/** A conversation of which nothing waits any more is given up by the engine, while DingTalk does not answer. */
const silent = Effect.gen(function*() {
  // The engine takes it from there.
  yield* Effect.acquireRelease(
    Effect.sync(() => vi.stubEnv("ENTITY_MAX_IDLE_TIME", "1 second")),
    () => Effect.sync(() => vi.unstubAllEnvs())
  )
  const { fake, insert, note, notes, opened } = yield* left(sqlite)
  yield* insert([note])
  yield* fake.answerEvery("/v1.0/card/instances", { status: 503 })
  const handled = yield* Deferred.make<void>()
  yield* startOn(
    fake.config,
    opened,
    { onMessage: () => Deferred.succeed(handled, undefined) }
  )
  yield* Deferred.await(handled)
  yield* until(conversations, ({ value }) => value > 0n)
  yield* until(conversations, ({ value }) => value === 0n)
  yield* fake.answerEvery("/v1.0/card/instances", "handle")
  yield* until(notes, ({ length }) => length === 0)
})

describe("a card that the crash of a runner has left open", () => {
  it.scopedLive(
    "shows how far it came when its conversation is taken up again; a question is withdrawn",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const filename = yield* file
        yield* start(fake, filename, OpenCards.handlers)
        const cards = yield* OpenCards.open(fake)
        // Of a conversation that nobody takes up, and whose runner may be alive.
        yield* fake.say("another story", { from: "wangwu" })
        const other = yield* fake.awaitCard(({ outTrackId, text }) =>
          text === "Once upon" && outTrackId !== cards.story
        )
        const left = yield* crashed(filename)
        yield* inspect(
          left,
          Effect.flatMap(
            SqliteClient,
            (sql) => sql`UPDATE cluster_messages SET processed = 1 WHERE payload LIKE '%another%'`
          )
        )
        assert.sameMembers(yield* noted(left), [cards.story, cards.question, other.outTrackId])

        yield* start(fake, left, { onMessage: () => Effect.void })
        yield* OpenCards.awaitSettled(fake, cards)
        yield* settled(left, 1)
        assert.deepStrictEqual(yield* noted(left), [other.outTrackId])
      }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))),
    60_000
  )

  it.scopedLive(
    "is forgotten once it is settled",
    () =>
      Effect.gen(function*() {
        const fake = yield* FakeDingTalk.make()
        const filename = yield* file
        yield* start(fake, filename, {
          onMessage: (message) =>
            Effect.asVoid(DingTalkCards.streamReply(message, Stream.make("the end"), { intervalMs: 200 }))
        })
        yield* fake.awaitConnection
        yield* fake.say("a story", { from: "zhangsan" })
        yield* fake.awaitCard(({ status, text }) => text === "the end" && status === "finished")
        yield* settled(filename, 0)
      }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))),
    60_000
  )

  it.scopedLive("is settled though nothing more is said in its conversation", () => silent, 60_000)

  for (const [name, database, missing] of databases) {
    it.scopedLive.skipIf(missing !== undefined)(
      `is left alone where its conversation is not taken up, on ${name}`,
      () => takenUp(database),
      60_000
    )
  }
})
