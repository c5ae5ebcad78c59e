import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type { SettleCard } from "../../../src/inbound/Inbox.ts"
import { StillOpen } from "../../../src/internal/handler/OpenCards.ts"
import * as Cards from "../../../src/sql/internal/cards.ts"
import * as Dialect from "../../../src/sql/internal/database/dialect.ts"
import * as Migrations from "../../../src/sql/internal/database/migrations.ts"
import { settle } from "../../utils/settle.ts"

const account = "robot"

const database = Effect.map(
  Layer.build(SqliteClient.layer({ filename: ":memory:" })),
  (context) => <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provide(effect, context)
)

/** Whoever has the account's inbox. */
const owns = (owner: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`
      INSERT INTO effect_dingtalk_inbox_account (account, last, poked, beat, until, owner)
      VALUES (${account}, 0, 0, 0, 0, ${owner}) ON CONFLICT (account) DO UPDATE SET owner = excluded.owner
    `)

const migrated = Effect.tap(database, (ask) => ask(Migrations.run))

const inConversation = (line: string, isHere = () => true): Cards.Conversation => ({ line, isHere })

const of = (owner: string, line?: string, isHere?: () => boolean) =>
  Effect.map(SqlClient.SqlClient, (sql) =>
    Cards.make(sql, Dialect.of(sql), account, {
      owner,
      conversation: line === undefined ? undefined : inConversation(line, isHere)
    }))

const noted = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql`SELECT out_track_id AS id, owner FROM effect_dingtalk_inbox_card ORDER BY out_track_id`,
    (rows) => rows.map(({ id, owner }) => `${id} of ${owner}`)
  ))

const card = (outTrackId: string) => ({ outTrackId, streamed: undefined, params: {} })

/** Settles what may be, and tells what was tried. */
const settling = (isSettled: (outTrackId: string) => boolean) => {
  const tried: Array<string> = []
  const settleCard: SettleCard = (id, { outTrackId }) =>
    Effect.suspend(() => {
      tried.push(outTrackId)
      if (outTrackId === "dies") return Effect.dieMessage("a defect")
      return isSettled(outTrackId)
        ? Effect.void
        : new StillOpen({ account: id, outTrackId, reason: "no answer" })
    })
  return { tried, settleCard }
}

const logging = () => {
  const told: Array<Readonly<Record<string, unknown>>> = []
  const layer = Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ annotations, logLevel, message }) => {
      told.push({ level: logLevel.label, event: String(message), ...Object.fromEntries(annotations) })
    })
  )
  return { told, layer }
}

/** Lets time pass, one step after the other, for each try waits for what is not of this clock. */
const ended = (fiber: Fiber.RuntimeFiber<void>): Effect.Effect<void> =>
  Effect.flatMap(
    Fiber.poll(fiber),
    Option.match({
      onNone: () => TestClock.adjust("5 seconds").pipe(Effect.zipRight(settle), Effect.zipRight(ended(fiber))),
      onSome: () => Fiber.join(fiber)
    })
  )

describe("a card that somebody has left", () => {
  it.scoped("is tried until it is settled, and keeps none of the others from it", () =>
    Effect.gen(function*() {
      const ask = yield* migrated
      yield* ask(owns("new"))
      const old = yield* ask(of("old"))
      for (const id of ["dies", "first", "second", "third"]) yield* old.note(card(id))
      let isAnswering = false
      const { settleCard, tried } = settling((id) => id !== "first" || isAnswering)
      const { settleLeft } = yield* ask(of("new"))
      const fiber = yield* Effect.fork(settleLeft(settleCard))
      yield* settle
      assert.sameMembers(tried.splice(0), ["dies", "first", "second", "third"])
      assert.deepStrictEqual(yield* ask(noted), ["dies of old", "first of old"])
      yield* TestClock.adjust("1 second")
      yield* settle
      assert.sameMembers(tried.splice(0), ["dies", "first"])
      isAnswering = true
      yield* TestClock.adjust("2 seconds")
      yield* settle
      assert.deepStrictEqual(yield* ask(noted), ["dies of old"])
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(logging().layer)))

  it.scoped("is settled when the database answers again", () =>
    Effect.gen(function*() {
      const ask = yield* migrated
      yield* (yield* ask(of("old", "cidTeam"))).note(card("first"))
      let isAnswering = false
      const { settleLeft } = yield* ask(Effect.map(SqlClient.SqlClient, (sql) => {
        const dialect = Dialect.of(sql)
        return Cards.make(
          sql,
          {
            ...dialect,
            get begin() {
              return isAnswering ? dialect.begin : "no SQL"
            }
          },
          account,
          { owner: "new", conversation: inConversation("cidTeam") }
        )
      }))
      const { settleCard, tried } = settling(() => true)
      const fiber = yield* Effect.fork(settleLeft(settleCard))
      for (const _ of [1, 2, 3]) yield* Effect.zipRight(TestClock.adjust("2 seconds"), settle)
      assert.deepStrictEqual(tried, [])
      isAnswering = true
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(tried, ["first"])
      assert.deepStrictEqual(yield* ask(noted), [])
    }))

  it.scoped("is settled though the database never answered at first", () =>
    Effect.gen(function*() {
      const ask = yield* migrated
      yield* (yield* ask(of("old", "cidTeam"))).note(card("first"))
      let isAnswering = false
      const { settleLeft } = yield* ask(Effect.map(SqlClient.SqlClient, (sql) => {
        const silent = new Proxy(sql, {
          get: (target, key) => key === "reserve" && !isAnswering ? Effect.never : Reflect.get(target, key)
        })
        return Cards.make(silent, { ...Dialect.of(sql), isApart: true }, account, {
          owner: "new",
          conversation: inConversation("cidTeam")
        })
      }))
      const { settleCard, tried } = settling(() => true)
      const fiber = yield* Effect.fork(settleLeft(settleCard))
      yield* settle
      yield* TestClock.adjust("5 seconds")
      yield* settle
      isAnswering = true
      yield* ended(fiber)
      assert.deepStrictEqual(tried, ["first"])
    }), 5_000)

  it.scoped("is left to whoever has its conversation since", () =>
    Effect.gen(function*() {
      const ask = yield* migrated
      yield* (yield* ask(of("old", "cidTeam"))).note(card("first"))
      let isHere = true
      const { settleCard, tried } = settling(() => false)
      const { settleLeft } = yield* ask(of("new", "cidTeam", () => isHere))
      const fiber = yield* Effect.fork(settleLeft(settleCard))
      yield* settle
      assert.deepStrictEqual(tried.splice(0), ["first"])
      isHere = false
      yield* ended(fiber)
      assert.deepStrictEqual(tried, [])
    }).pipe(Effect.provide(logging().layer)))

  it.scoped("is told of once, when it is given up", () => {
    const { layer, told } = logging()
    return Effect.gen(function*() {
      const ask = yield* migrated
      yield* (yield* ask(of("old", "cidTeam"))).note(card("first"))
      const { settleCard, tried } = settling(() => false)
      const { settleLeft } = yield* ask(of("new", "cidTeam"))
      const fiber = yield* Effect.fork(settleLeft(settleCard))
      yield* settle
      yield* ended(fiber)
      assert.isAbove(tried.length, 20)
      assert.deepStrictEqual(told, [{
        level: "WARN",
        event: "dingtalk.card.stuck",
        account,
        module: "cluster",
        conversationId: "cidTeam",
        outTrackId: "first",
        reason: "no answer"
      }])
      assert.deepStrictEqual(yield* ask(noted), ["first of old cidTeam"])
    }).pipe(Effect.provide(layer))
  })

  it.scoped("is told of by its account and conversation where the database never says which it is", () => {
    const { layer, told } = logging()
    return Effect.gen(function*() {
      const ask = yield* database
      const { settleLeft } = yield* ask(of("new", "cidTeam"))
      const fiber = yield* Effect.fork(settleLeft(() => Effect.void))
      yield* settle
      yield* ended(fiber)
      const [record] = told
      assert.strictEqual(told.length, 1)
      assert.deepInclude(record, { event: "dingtalk.card.stuck", account, conversationId: "cidTeam" })
      assert.include(String(record?.["reason"]), "no such table")
    }).pipe(Effect.provide(layer))
  })
})

describe("a card that two have written", () => {
  it.scoped("is the last one's, who settles it itself", () =>
    Effect.gen(function*() {
      const ask = yield* migrated
      yield* ask(owns("new"))
      const before = yield* ask(of("old"))
      const after = yield* ask(of("new"))
      yield* before.note(card("first"))
      yield* after.note(card("first"))
      assert.deepStrictEqual(yield* ask(noted), ["first of new"])
      const { settleCard, tried } = settling(() => true)
      yield* after.settleLeft(settleCard)
      // It has lost the inbox.
      yield* before.settleLeft(settleCard)
      yield* before.forget("first")
      assert.deepStrictEqual(tried, [])
      assert.deepStrictEqual(yield* ask(noted), ["first of new"])
      yield* after.forget("first")
      assert.deepStrictEqual(yield* ask(noted), [])
    }))
})
