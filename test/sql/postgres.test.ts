import * as PgClient from "@effect/sql-pg/PgClient"
import type { Connection } from "@effect/sql/SqlConnection"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { DingTalkInbox } from "../../src/sql/index.ts"
import * as Dialect from "../../src/sql/internal/database/dialect.ts"
import * as Statements from "../../src/sql/internal/statements.ts"
import { database } from "../utils/database.ts"
import { postgres, postgresMissing } from "../utils/postgres.ts"
import { shared } from "./sharing/sharing.ts"
import { freshId, robot } from "./world.ts"

const client = (url: string) => Layer.orDie(PgClient.layer({ url: Redacted.make(url), maxConnections: 4 }))

const until = (what: string, isSo: () => boolean) =>
  Effect.suspend(() => isSo() ? Effect.void : Effect.fail(what)).pipe(
    Effect.retry({ times: 2_000, schedule: Schedule.spaced("10 millis") })
  )

describe.skipIf(postgresMissing !== undefined)(`an inbox in PostgreSQL${postgresMissing ?? ""}`, () => {
  it.scopedLive(
    "shares limits and tokens, keeps, hands over, tries again, buries and is looked into, as one in SQLite",
    () =>
      Effect.gen(function*() {
        const server = yield* postgres
        const url = yield* server.database("inbox")
        // Machines that start at once on a database that is new.
        yield* Effect.all(
          Array.from({ length: 8 }, () => Effect.provide(DingTalkInbox.migrate, client(url))),
          { concurrency: "unbounded", discard: true }
        )
        yield* shared(client(url))
        const id = freshId()
        const handled: Array<string> = []
        const options = { maxAttempts: 2, retryDelay: "100 millis" } as const
        const first = yield* Effect.scoped(Effect.gen(function*() {
          const begun: Array<string> = []
          const onMessage = ({ messageId }: { readonly messageId: string }) =>
            Effect.zipRight(Effect.sync(() => begun.push(messageId)), Effect.never)
          const { answers, say } = yield* robot("", { onMessage }, { id }, options, client(url))
          for (const msgId of ["m1", "m2", "m3\0\ud800"]) say(msgId)
          yield* until("kept", () => answers().size === 3)
          yield* until("begun", () => begun.length === 1)
          return answers().size
        }))
        assert.strictEqual(first, 3)
        const { answers, say } = yield* robot(
          "",
          {
            onMessage: ({ attempt, messageId }) =>
              Effect.suspend(() => {
                handled.push(`${messageId}.${attempt}`)
                return messageId === "bad" ? Effect.fail("no") : Effect.void
              })
          },
          { id },
          options,
          client(url)
        )
        yield* until("handed over", () => handled.length === 3)
        assert.deepStrictEqual(handled.slice(0, 2), ["m1.2", "m2.1"])
        say("bad")
        say("later")
        say("m1", { frameId: "again" })
        yield* until("in order", () => handled.at(-1) === "later.1")
        assert.deepStrictEqual(handled.slice(3), ["bad.1", "bad.2", "later.1"])
        assert.isTrue(answers().has("again"))
        const [dead] = yield* Effect.provide(DingTalkInbox.list({ account: id, states: ["dead"] }), client(url))
        assert.deepInclude(dead, { id: "bad", attempts: 2 })
        const which = { account: id, entry: "bad" }
        yield* Effect.provide(DingTalkInbox.retry(which), client(url))
        yield* until("again", () => handled.at(-1) === "bad.4")
        // The server comes back, and things go on by themselves.
        yield* server.crash
        say("lost")
        yield* server.start
        yield* Effect.suspend(() => {
          say("found", { frameId: `found-${handled.length}-${Math.random()}` })
          return Effect.sleep("200 millis")
        }).pipe(Effect.repeat({ until: () => handled.includes("found.1") }))
        const error = yield* Effect.provide(
          Effect.flip(DingTalkInbox.drop({ account: id, entry: "nothing" })),
          client(url)
        )
        assert.strictEqual(error._tag, "NoSuchEntry")
        // What a clock that was set back has ended in the future is past, too.
        const past = yield* Effect.provide(
          Effect.gen(function*() {
            const sql = yield* PgClient.PgClient
            yield* sql`UPDATE effect_dingtalk_inbox SET ended_at = ended_at + 3600000 WHERE state = 1`
            const { sweepAll } = Statements.make(sql, Dialect.of(sql), id)
            yield* sweepAll({ retainCount: 1, retainMs: 86_400_000, retainDeadCount: 0, retainDeadMs: 86_400_000 })
            return yield* sql`
              SELECT ended_at FROM effect_dingtalk_inbox WHERE state = 1 AND account = ${id}
              AND ended_at > extract(epoch FROM clock_timestamp()) * 1000 + 60000
            `
          }),
          client(url)
        )
        assert.deepStrictEqual(past, [])
      }).pipe(Effect.provide(Logger.remove(Logger.defaultLogger))),
    60_000
  )

  it.scopedLive("finds by their numbers those that begin and end, even when it knows nothing of the table yet", () =>
    Effect.gen(function*() {
      const layer = client(yield* database)
      const plans = yield* Effect.provide(
        Effect.gen(function*() {
          yield* DingTalkInbox.migrate
          const sql = yield* PgClient.PgClient
          const statements = Statements.make(sql, Dialect.of(sql), "account")
          const numbers = Array.from({ length: 2_000 }, (_, index) => index + 1)
          const rows = numbers.map((number) => ({
            number,
            id: `m${number}`,
            line: `cid${number % 50}`,
            type: "CALLBACK",
            topic: "topic",
            frame: "frame",
            headers: null,
            payload: "{}".padEnd(500),
            length: 500,
            received_at: 0,
            attempts: 0
          }))
          yield* statements.transaction(statements.insert(rows))
          const plans: Array<string> = []
          const explained = (connection: Connection): Connection => ({
            ...connection,
            execute: (text, params, transform) =>
              Effect.map(connection.execute(`EXPLAIN ${text}`, params, transform), (rows) => {
                plans.push(rows.map((row) => String(row["QUERY PLAN"])).join("\n"))
                return []
              })
          })
          const some = numbers.slice(1_000, 1_030)
          yield* statements.transaction((connection) =>
            Effect.zip(
              statements.begin(some)(explained(connection)),
              statements.end({ done: some, putBack: some, takenBack: some, failed: [], dead: [] })(
                explained(connection)
              )
            )
          )
          return plans
        }),
        layer
      )
      assert.strictEqual(plans.length, 4)
      for (const plan of plans) assert.include(plan, "effect_dingtalk_inbox_pkey")
    }))

  it.scopedLive("changes what somebody asks for, even if the robot and it wait for each other", () =>
    Effect.gen(function*() {
      const layer = client(yield* database)
      yield* Effect.provide(
        Effect.gen(function*() {
          yield* DingTalkInbox.migrate
          const sql = yield* PgClient.PgClient
          yield* sql`INSERT INTO effect_dingtalk_inbox_account (account, last, poked, beat, until) VALUES ('a', 1, 0, 0, 0)`
          yield* sql`
            INSERT INTO effect_dingtalk_inbox (account, number, id, line, type, topic, frame, payload, length, received_at, attempts, state, ended_at)
            VALUES ('a', 1, 'm1', 'cid', 'CALLBACK', 'topic', 'frame', '{}', 2, 0, 1, 2, 0)
          `
          const waiting = (count: number) =>
            Effect.repeat(sql`SELECT pid FROM pg_locks WHERE NOT granted`, {
              until: ({ length }) => length >= count,
              schedule: Schedule.spaced("10 millis")
            })
          const begun = yield* Deferred.make<void>()
          // In the order of the robot's own transaction; PostgreSQL ends whoever has waited for as long as this.
          const robot = yield* Effect.fork(sql.withTransaction(Effect.gen(function*() {
            yield* sql`SET LOCAL deadlock_timeout = '1min'`
            yield* sql`SELECT cause FROM effect_dingtalk_inbox WHERE number = 1 FOR UPDATE`
            yield* Deferred.succeed(begun, undefined)
            yield* waiting(1)
            yield* sql`UPDATE effect_dingtalk_inbox_account SET last = 2 WHERE account = 'a'`
          })))
          yield* Deferred.await(begun)
          // What is asked for stands still between its two changes until the robot waits for it.
          const asked = yield* sql.withTransaction(Effect.gen(function*() {
            yield* sql`LOCK TABLE effect_dingtalk_inbox IN SHARE MODE`
            const asked = yield* Effect.fork(DingTalkInbox.retry({ account: "a", entry: 1 }))
            yield* waiting(2)
            return asked
          }))
          yield* Fiber.join(robot)
          yield* Fiber.join(asked)
          assert.deepStrictEqual(yield* sql`SELECT state FROM effect_dingtalk_inbox`, [{ state: 0 }])
        }),
        layer
      )
    }))
})
