/**
 * One message to thousands of people, whose progress is kept in a database: what was interrupted, by a `kill -9` too, goes on
 * where it was.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as DingTalkBulk from "../DingTalkBulk.ts"
import type * as DingTalkSender from "../DingTalkSender.ts"
import type { SendError } from "../outbound/api/SendError.ts"
import { chorePatience, within } from "./internal/database/within.ts"

/**
 * A message, whom it is for, and what the sending is called.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Omit<DingTalkBulk.SendToManyOptions, "resume"> {
  /** What tells it from others in this database: the same name goes on with the same sending. */
  readonly name: string
}

const table = "effect_dingtalk_bulk"

/** Each step waits for it: a sending is interrupted by a database that is gone, not by one that is busy. */
const answered = within(chorePatience)

const prepared = Effect.tap(SqlClient.SqlClient, (sql) =>
  answered(sql`
    CREATE TABLE IF NOT EXISTS ${sql(table)} (
      name VARCHAR(255) NOT NULL,
      user_id VARCHAR(255) NOT NULL,
      outcome TEXT NOT NULL,
      PRIMARY KEY (name, user_id)
    )
  `))

const Outcome = Schema.parseJson(DingTalkBulk.UserOutcome)
const decode = Schema.decodeUnknown(Outcome)
const encode = Schema.encode(Outcome)

/** Rows that one statement writes: SQLite takes so many parameters. */
const mostAtOnce = 100

const outcomesOf = (sql: SqlClient.SqlClient, name: string) =>
  Effect.flatMap(
    answered(
      sql<{ readonly outcome: string }>`SELECT outcome FROM ${sql(table)} WHERE name = ${name} ORDER BY user_id`
    ),
    // What another version wrote and this one can't read is a defect: sending again would be worse.
    (rows) => Effect.orDie(Effect.forEach(rows, ({ outcome }) => decode(outcome)))
  )

const keep = (sql: SqlClient.SqlClient, name: string, outcomes: ReadonlyArray<DingTalkBulk.UserOutcome>) =>
  Effect.gen(function*() {
    const rows = yield* Effect.orDie(
      Effect.forEach(
        outcomes,
        (outcome) => Effect.map(encode(outcome), (text) => ({ name, user_id: outcome.userId, outcome: text }))
      )
    )
    for (let at = 0; at < rows.length; at += mostAtOnce) {
      yield* answered(sql`
        INSERT INTO ${sql(table)} ${sql.insert(rows.slice(at, at + mostAtOnce))}
        ON CONFLICT (name, user_id) DO UPDATE SET outcome = excluded.outcome
      `)
    }
  })

/**
 * As `DingTalkBulk.sendToMany`, with what is known from earlier runs of this name. Each step is in the database before the
 * next one is taken: run again after a crash, it sends to nobody twice. Those whose call was under way are `unknown`, by
 * name, in {@link outcomes}, and are left out unless `againUnknown` is given.
 *
 * @since 0.1.0
 * @category operations
 */
export const sendToMany = (
  { name, ...options }: Options
): Stream.Stream<
  DingTalkBulk.Step,
  SendError | SqlError,
  DingTalkSender.DingTalkSender | SqlClient.SqlClient
> =>
  Stream.unwrap(Effect.gen(function*() {
    const sql = yield* prepared
    const resume = yield* outcomesOf(sql, name)
    return Stream.tap(DingTalkBulk.sendToMany({ ...options, resume }), (step) => keep(sql, name, step.outcomes))
  }))

/**
 * What became of everybody so far, by staff id; who is not in it was not tried.
 *
 * @since 0.1.0
 * @category operations
 */
export const outcomes = (
  name: string
): Effect.Effect<ReadonlyArray<DingTalkBulk.UserOutcome>, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(prepared, (sql) => outcomesOf(sql, name))

/**
 * Forgets a sending: the same name begins a new one.
 *
 * @since 0.1.0
 * @category operations
 */
export const forget = (name: string): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(prepared, (sql) => Effect.asVoid(answered(sql`DELETE FROM ${sql(table)} WHERE name = ${name}`)))
