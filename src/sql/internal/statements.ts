/** What is said to the database about one account's inbox. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import type { SqlError } from "@effect/sql/SqlError"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Dialect from "./database/dialect.ts"
import { storedOf } from "./database/storable.ts"
import type { Holder, Lease } from "./owner/lease.ts"

/** The states of a row. */
export const state = { waiting: 0, done: 1, dead: 2, dropped: 3 } as const

/** A row that waits. */
export interface Waiting extends Dialect.Stored {
  readonly attempts: number
  readonly pardoned: number
}

/** A row to be written. */
export interface Arrived extends Dialect.Stored {
  /** 1 if it is written down as begun. */
  readonly attempts: number
}

/** What became of rows. */
export interface Ends {
  readonly done: ReadonlyArray<number>
  readonly putBack: ReadonlyArray<number>
  /** They had not begun after all. */
  readonly takenBack: ReadonlyArray<number>
  readonly failed: ReadonlyArray<{ readonly number: number; readonly cause: string }>
  readonly dead: ReadonlyArray<{ readonly number: number; readonly cause: string }>
}

/** How long, and of how many, it is kept what was handled or dropped, and what is dead. */
export interface Retention {
  readonly retainMs: number
  readonly retainCount: number
  readonly retainDeadMs: number
  readonly retainDeadCount: number
}

export interface Depth {
  readonly waiting: number
  readonly dead: number
  /** When the oldest that waits arrived, in milliseconds since 1970. */
  readonly oldestAt: number | undefined
}

const arrivedColumns = Dialect.columns.join(", ")

const insertedColumns = [...Dialect.columns, "attempts"] as const

const numericColumns: ReadonlySet<string> = new Set(["number", "length", "received_at", "attempts"])

type Run<A> = (connection: Connection) => Effect.Effect<A, SqlError>

const text = (value: unknown): string => typeof value === "string" ? value : String(value)

const waitingOf = (row: Dialect.Row): Waiting => ({
  ...storedOf(row),
  attempts: Number(row["attempts"]),
  pardoned: Number(row["pardoned"])
})

const numbers = (rows: ReadonlyArray<Dialect.Row>): ReadonlyArray<number> => rows.map(({ number }) => Number(number))

/** Numbers of rows that are deleted by one statement. */
const mostAtOnce = 1_000

/** So far the clocks of those who write may be apart, in milliseconds. */
const clockMs = 60_000

/** A sweep rests between two of its statements, in milliseconds. */
const sweepRestMs = 20

/** Rows that one statement inserts where each value is a parameter: as many of the largest as there are rows for. */
const inserted = [32, 4, 1]

export const make = (sql: SqlClient, dialect: Dialect.Dialect, account: string) => {
  const statement = (template: string) => {
    const said = dialect.text(template)
    return (...params: ReadonlyArray<unknown>): Run<ReadonlyArray<Dialect.Row>> => (connection) =>
      connection.execute(said, params, undefined)
  }
  const { isAmong, isNotAmong, list } = dialect
  const columns = `${arrivedColumns}, attempts, pardoned`

  const enter = statement(
    "INSERT INTO effect_dingtalk_inbox_account (account, last, poked, beat, until) VALUES (?, 0, 0, 0, 0) ON CONFLICT DO NOTHING"
  )
  const readLease = statement(
    `SELECT owner, place, pid, origin, beat, until, ${dialect.now} AS now FROM effect_dingtalk_inbox_account WHERE account = ?`
  )
  const takeLease = statement(
    `UPDATE effect_dingtalk_inbox_account SET owner = ?, place = ?, pid = ?, origin = ?, beat = beat + 1, until = ${dialect.now} + ? WHERE account = ? AND beat = ? RETURNING account`
  )
  const renewLease = statement(
    `UPDATE effect_dingtalk_inbox_account SET beat = beat + 1, until = ${dialect.now} + ? WHERE account = ? AND owner = ? RETURNING account`
  )
  const releaseLease = statement(
    "UPDATE effect_dingtalk_inbox_account SET owner = NULL, beat = beat + 1 WHERE account = ? AND owner = ?"
  )
  const allot = statement(
    "UPDATE effect_dingtalk_inbox_account SET last = last + ? WHERE account = ? RETURNING last"
  )
  /**
   * Says something of each of some numbers that wait. They are found by their numbers: PostgreSQL, while it knows nothing of
   * a new table, would rather look through an index of all that waits or waited, which `state = 0` has it see.
   */
  const each = (set: string, more = "") => {
    const all = statement(
      `UPDATE effect_dingtalk_inbox SET ${set} WHERE account = ? AND state + 0 = 0 AND ${isAmong("number")}${more}`
    )
    return (wanted: ReadonlyArray<number>) => all(account, list(wanted))
  }
  const insertRows = (count: number) => {
    const values = `(?${", ?".repeat(insertedColumns.length)})`
    const insert = statement(
      `INSERT INTO effect_dingtalk_inbox (account, ${insertedColumns.join(", ")}) VALUES ${
        Arr.makeBy(count, () => values).join(", ")
      } ON CONFLICT DO NOTHING`
    )
    return (rows: ReadonlyArray<Arrived>) =>
      insert(...rows.flatMap((row) => [account, ...insertedColumns.map((column) => row[column])]))
  }
  const inserts = inserted.map((count) => ({ count, insert: insertRows(count) }))
  const behind = "FROM effect_dingtalk_inbox WHERE account = ? AND number >= ?"
  const countBehind = statement(`SELECT count(*) AS count ${behind}`)
  const numbersBehind = statement(`SELECT number ${behind}`)
  /** Most often all are fresh, and to be told of each of them costs as much as half of writing it. */
  const insertByParameters = (rows: ReadonlyArray<Arrived>): Run<ReadonlySet<number>> => (connection) =>
    Effect.gen(function*() {
      let at = 0
      for (const { count, insert } of inserts) {
        for (; at + count <= rows.length; at += count) yield* insert(rows.slice(at, at + count))(connection)
      }
      const all = rows.map(({ number }) => number)
      const first = all[0] ?? 0
      const [counted] = yield* countBehind(account, first)(connection)
      if (Number(counted?.["count"]) === rows.length) return new Set(all)
      return new Set(numbers(yield* numbersBehind(account, first)(connection)))
    })
  const insertAll = statement(
    `INSERT INTO effect_dingtalk_inbox (account, ${insertedColumns.join(", ")}) SELECT ?, arrived.* FROM unnest(${
      insertedColumns.map((column) => `?::${numericColumns.has(column) ? "bigint" : "text"}[]`).join(", ")
    }) AS arrived ON CONFLICT DO NOTHING RETURNING number`
  )
  const known = statement(`SELECT id FROM effect_dingtalk_inbox WHERE account = ? AND ${isAmong("id")}`)
  const begin = each("attempts = attempts + 1", " RETURNING number")
  const done = each(`state = 1, ended_at = ${dialect.now}, payload = '', headers = NULL, cause = NULL`)
  const putBack = each("pardoned = pardoned + 1")
  const takenBack = each("attempts = attempts - 1")
  const failed = statement("UPDATE effect_dingtalk_inbox SET cause = ? WHERE account = ? AND state = 0 AND number = ?")
  const dead = statement(
    `UPDATE effect_dingtalk_inbox SET state = 2, ended_at = ${dialect.now}, cause = ? WHERE account = ? AND state = 0 AND number = ? RETURNING number`
  )
  const dropOldest = statement(
    `UPDATE effect_dingtalk_inbox SET state = 3, ended_at = ${dialect.now}, cause = 'dropped for want of room' WHERE account = ? AND state = 0 AND number IN (SELECT number FROM effect_dingtalk_inbox WHERE account = ? AND state = 0 AND attempts = pardoned ORDER BY number LIMIT ?) RETURNING ${columns}`
  )
  const scan = statement(
    `SELECT ${columns} FROM effect_dingtalk_inbox WHERE account = ? AND state = 0 AND number > ? AND number <= ? AND ${
      isNotAmong("line")
    } ORDER BY number LIMIT ?`
  )
  const ofLine = statement(
    `SELECT ${columns} FROM effect_dingtalk_inbox WHERE account = ? AND line = ? AND state = 0 AND number > ? AND number <= ? ORDER BY number LIMIT ?`
  )
  const news = statement("SELECT last, poked FROM effect_dingtalk_inbox_account WHERE account = ?")
  const countWaiting = statement(
    "SELECT count(*) AS count, min(number) AS first FROM effect_dingtalk_inbox WHERE account = ? AND state = 0"
  )
  const countDead = statement(
    "SELECT count(*) AS count FROM effect_dingtalk_inbox WHERE account = ? AND state = 2 AND state > 0"
  )
  const receivedAt = statement("SELECT received_at FROM effect_dingtalk_inbox WHERE account = ? AND number = ?")
  const isPast =
    `number IN (SELECT number FROM effect_dingtalk_inbox WHERE account = ? AND state = ? AND state > 0 AND ended_at <= ${dialect.now} - ? ORDER BY ended_at LIMIT ${mostAtOnce}) AND account = ?`
  const sweepPast = statement(`DELETE FROM effect_dingtalk_inbox WHERE ${isPast} RETURNING number`)
  const fromTheFuture =
    `SELECT number FROM effect_dingtalk_inbox WHERE account = ? AND state = ? AND state > 0 AND ended_at > ${dialect.now} + ${clockMs} LIMIT ${mostAtOnce}`
  const settlePast = statement(
    `UPDATE effect_dingtalk_inbox SET ended_at = ${dialect.now} WHERE account = ? AND state > 0 AND number IN (${fromTheFuture}) RETURNING number`
  )
  const newestOf = statement(
    `SELECT ended_at, ${dialect.now} AS now FROM effect_dingtalk_inbox WHERE account = ? AND state = ? AND state > 0 ORDER BY ended_at DESC LIMIT 1 OFFSET ?`
  )

  const transaction = <A, E>(body: (connection: Connection) => Effect.Effect<A, E>) =>
    Dialect.transaction(sql, dialect, body)
  /** What a clock that was set back has ended in the future has ended now, else it would stay for as long and be the newest. */
  const settle = (which: number): Run<boolean> => (connection) =>
    Effect.map(settlePast(account, account, which)(connection), (settled) => settled.length >= mostAtOnce)
  /** Deletes some of what is past: older than this, or more than so many. Gives whether there may be more of it. */
  const sweep = (which: number, retainMs: number, retainCount: number): Run<boolean> => (connection) =>
    Effect.gen(function*() {
      const [newest] = yield* newestOf(account, which, retainCount)(connection)
      const age = newest === undefined ? retainMs : Number(newest["now"]) - Number(newest["ended_at"])
      const deleted = yield* sweepPast(account, which, Math.min(retainMs, Math.max(0, age)), account)(connection)
      return deleted.length >= mostAtOnce
    })

  const untilDone = (step: Run<boolean>) =>
    Effect.iterate(true, {
      while: (isMore) => isMore,
      body: () => Effect.delay(transaction(step), sweepRestMs)
    })

  return {
    enter: enter(account),
    readLease: (connection: Connection): Effect.Effect<Lease | undefined, SqlError> =>
      Effect.map(readLease(account)(connection), ([row]) => {
        if (row === undefined) return undefined
        const holder: Holder | undefined = typeof row["owner"] !== "string" ? undefined : {
          owner: row["owner"],
          place: text(row["place"]),
          pid: Number(row["pid"]),
          origin: Number(row["origin"])
        }
        return { holder, beat: Number(row["beat"]), until: Number(row["until"]), now: Number(row["now"]) }
      }),
    takeLease: ({ origin, owner, pid, place }: Holder, beat: number, ttlMs: number): Run<boolean> => (connection) =>
      Effect.map(takeLease(owner, place, pid, origin, ttlMs, account, beat)(connection), (rows) => rows.length > 0),
    renewLease: ({ owner }: Holder, ttlMs: number): Run<boolean> => (connection) =>
      Effect.map(renewLease(ttlMs, account, owner)(connection), (rows) => rows.length > 0),
    releaseLease: ({ owner }: Holder) => releaseLease(account, owner),
    /** The last of so many numbers that are one's own from now on; others who want some wait for the commit. */
    allot: (count: number): Run<number> => (connection) =>
      Effect.map(allot(count, account)(connection), ([row]) => Number(row?.["last"])),
    /** The numbers of those that were not known, of rows that are the last ones. */
    insert: (rows: ReadonlyArray<Arrived>): Run<ReadonlySet<number>> => (connection) =>
      dialect.hasLists
        ? Effect.map(
          insertAll(account, ...insertedColumns.map((column) => rows.map((row) => row[column])))(connection),
          (rows) => new Set(numbers(rows))
        )
        : insertByParameters(rows)(connection),
    /** Which of the ids are known. */
    known: (ids: ReadonlyArray<string>): Run<ReadonlySet<string>> => (connection) =>
      Effect.map(known(account, list(ids))(connection), (rows) => new Set(rows.map(({ id }) => text(id)))),
    /** The numbers of those that do wait. */
    begin: (wanted: ReadonlyArray<number>): Run<ReadonlySet<number>> => (connection) =>
      Effect.map(begin(wanted)(connection), (rows) => new Set(numbers(rows))),
    /** The numbers of those that are dead now: not of one that was done meanwhile. */
    end: (ends: Ends): Run<ReadonlySet<number>> => (connection) =>
      Effect.gen(function*() {
        if (ends.done.length > 0) yield* done(ends.done)(connection)
        if (ends.putBack.length > 0) yield* putBack(ends.putBack)(connection)
        if (ends.takenBack.length > 0) yield* takenBack(ends.takenBack)(connection)
        for (const { cause, number } of ends.failed) yield* failed(cause, account, number)(connection)
        const buried = yield* Effect.forEach(ends.dead, ({ cause, number }) => dead(cause, account, number)(connection))
        return new Set(numbers(buried.flat()))
      }),
    /** Gives up the oldest that were never begun, and gives them. */
    dropOldest: (count: number): Run<ReadonlyArray<Waiting>> => (connection) =>
      Effect.map(dropOldest(account, account, count)(connection), (rows) => rows.map(waitingOf)),
    scan:
      (after: number, upTo: number, without: ReadonlyArray<string>, most: number): Run<ReadonlyArray<Waiting>> =>
      (connection) =>
        Effect.map(scan(account, after, upTo, list(without), most)(connection), (rows) => rows.map(waitingOf)),
    ofLine: (line: string, after: number, upTo: number, most: number): Run<ReadonlyArray<Waiting>> => (connection) =>
      Effect.map(ofLine(account, line, after, upTo, most)(connection), (rows) => rows.map(waitingOf)),
    /** The last number, and how often somebody has changed what waits from outside. */
    news: (connection: Connection): Effect.Effect<{ readonly last: number; readonly poked: number }, SqlError> =>
      Effect.map(news(account)(connection), ([row]) => ({
        last: Number(row?.["last"] ?? 0),
        poked: Number(row?.["poked"] ?? 0)
      })),
    depth: (connection: Connection): Effect.Effect<Depth, SqlError> =>
      Effect.gen(function*() {
        const [waiting] = yield* countWaiting(account)(connection)
        const [dead] = yield* countDead(account)(connection)
        const first = waiting?.["first"]
        const [oldest] = first === null || first === undefined ? [] : yield* receivedAt(account, first)(connection)
        return {
          waiting: Number(waiting?.["count"] ?? 0),
          dead: Number(dead?.["count"] ?? 0),
          oldestAt: oldest === undefined ? undefined : Number(oldest["received_at"])
        }
      }),
    sweep,
    /** Deletes all that is past, with rests between, for others write, too. */
    sweepAll: ({ retainCount, retainDeadCount, retainDeadMs, retainMs }: Retention): Effect.Effect<void, SqlError> =>
      Effect.forEach(
        [
          [state.done, retainMs, retainCount],
          [state.dropped, retainMs, retainCount],
          [state.dead, retainDeadMs, retainDeadCount]
        ] as const,
        ([which, ms, count]) => Effect.zipRight(untilDone(settle(which)), untilDone(sweep(which, ms, count))),
        { discard: true }
      ),
    transaction,
    settled: <A, E>(body: (connection: Connection) => Effect.Effect<A, E>) => Dialect.settled(sql, dialect, body),
    read: <A>(run: Run<A>): Effect.Effect<A, SqlError> => Dialect.reading(sql, dialect, run)
  }
}

export type Statements = ReturnType<typeof make>
