import * as SqlClient from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { DingTalkInbox } from "../../src/sql/index.ts"
import { settle } from "../utils/settle.ts"
import { seconds } from "../utils/world.ts"
import { client, file, freshId, robot } from "./world.ts"

/** A database that, from when it is told to, gives its answers to some statements only when it may: as one that is far away. */
const farAway = (filename: string, isSlow: (text: string) => boolean) =>
  Effect.gen(function*() {
    const sql = Context.get(yield* Layer.build(client(filename)), SqlClient.SqlClient)
    const mayAnswer = yield* Deferred.make<void>()
    const asked = yield* Deferred.make<void>()
    let isTold = false
    const slowly = <A, E>(text: string, answer: Effect.Effect<A, E>) =>
      Effect.zipLeft(
        answer,
        Effect.suspend(() =>
          isTold && isSlow(text)
            ? Effect.zipRight(Deferred.succeed(asked, undefined), Deferred.await(mayAnswer))
            : Effect.void
        )
      )
    const slowed = (connection: Connection): Connection => ({
      ...connection,
      execute: (text, params, transform) => slowly(text, connection.execute(text, params, transform)),
      executeUnprepared: (text, params, transform) =>
        slowly(text, connection.executeUnprepared(text, params, transform))
    })
    // Each with a handle of its own, as of a server: what is asked meanwhile is answered.
    const reserve = Effect.flatMap(
      Effect.orDie(Layer.build(Layer.fresh(client(filename)))),
      (context) => Effect.map(Context.get(context, SqlClient.SqlClient).reserve, slowed)
    )
    return {
      sql,
      database: Layer.succeed(
        SqlClient.SqlClient,
        new Proxy(sql, { get: (target, key) => key === "reserve" ? reserve : Reflect.get(target, key) })
      ),
      slow: Effect.sync(() => {
        isTold = true
      }),
      asked: Deferred.await(asked),
      answer: Deferred.succeed(mayAnswer, undefined)
    }
  })

const isCommit = (text: string) => text === "COMMIT"

const isRead = (text: string) => text.startsWith("SELECT") && text.includes("ORDER BY number LIMIT")

const event = { type: "EVENT", headers: { topic: "*", messageId: "frame", eventType: "user_add_org" }, data: "{}" }

/** A robot that is stopped while what arrived is committed. */
const stoppedMeanwhile = Effect.gen(function*() {
  const filename = yield* file
  const { answer, database, slow } = yield* farAway(filename, isCommit)
  const scope = yield* Scope.make()
  const { deliver } = yield* Scope.extend(
    robot(filename, { onEvent: () => Effect.never }, { id: freshId(), events: true }, {}, database),
    scope
  )
  yield* slow
  deliver(event)
  yield* settle
  return { filename, answer, stopping: yield* Effect.fork(Scope.close(scope, Exit.void)) }
})

describe("a stop while the database commits", () => {
  it.scoped("writes nothing twice", () =>
    Effect.gen(function*() {
      const { answer, filename, stopping } = yield* stoppedMeanwhile
      yield* settle
      yield* answer
      yield* Fiber.join(stopping)
      const entries = yield* DingTalkInbox.list().pipe(Effect.provide(client(filename)))
      assert.deepStrictEqual(entries.map(({ number }) => number), [1])
    }))

  it.scoped("ends in time when the commit is never answered", () =>
    Effect.gen(function*() {
      const { stopping } = yield* stoppedMeanwhile
      for (let second = 0; second < 10; second++) yield* seconds(1)
      assert.isTrue(Option.isSome(yield* Fiber.poll(stopping)))
    }))
})

describe("what the database tells of late", () => {
  it.scoped("is no dead letter when it was handled meanwhile", () =>
    Effect.gen(function*() {
      const filename = yield* file
      const { answer, asked, database, slow, sql } = yield* farAway(filename, isRead)
      const goOn = yield* Deferred.make<void>()
      const dead: Array<string> = []
      const { say } = yield* robot(
        filename,
        {
          onMessage: () => Deferred.await(goOn),
          onDeadLetter: ({ text }) => Effect.sync(() => dead.push(text))
        },
        { id: freshId() },
        { maxAttempts: 1 },
        database
      )
      say("m1")
      yield* settle
      // As `effect-dingtalk inbox retry` does for another one: all is read again.
      yield* sql`UPDATE effect_dingtalk_inbox_account SET poked = poked + 1`
      yield* slow
      yield* Effect.raceFirst(asked, Effect.forever(seconds(1)))
      yield* Deferred.succeed(goOn, undefined)
      yield* settle
      yield* answer
      for (let second = 0; second < 3; second++) yield* seconds(1)
      assert.deepStrictEqual(dead, [])
      assert.deepStrictEqual(
        yield* sql`SELECT state FROM effect_dingtalk_inbox`,
        [{ state: 1 }]
      )
    }))
})
