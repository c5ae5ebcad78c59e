/** What people ask of an inbox. */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { type DeadLetters, InboxUnavailable } from "../../inbound/DeadLetters.ts"
import * as Clustered from "./clustered/waiting.ts"
import * as Dialect from "./database/dialect.ts"
import { readPatience } from "./database/within.ts"
import type { Content, Entry, State } from "./Entry.ts"

const states: ReadonlyArray<State> = ["waiting", "done", "dead", "dropped"]

export interface Selection {
  /** Default: all accounts. */
  readonly account?: string | undefined
  /** Default: all states but `done`. */
  readonly states?: ReadonlyArray<State> | undefined
  /** Default 100. */
  readonly limit?: number | undefined
  /** Entries of higher numbers than this only, and none without a number. Default 0: all. */
  readonly after?: number | undefined
}

const columns = "account, number, id, line, type, topic, state, attempts, received_at, ended_at, cause"

const maybe = <A>(value: unknown, read: (value: unknown) => A): A | undefined =>
  value === null || value === undefined ? undefined : read(value)

interface Numbered extends Entry {
  readonly number: number
}

const entryOf = (row: Dialect.Row): Numbered => ({
  account: String(row["account"]),
  number: Number(row["number"]),
  id: maybe(row["id"], String),
  line: String(row["line"]),
  type: row["type"] === "EVENT" ? "EVENT" : "CALLBACK",
  topic: String(row["topic"]),
  state: states[Number(row["state"])] ?? "waiting",
  attempts: Number(row["attempts"]),
  receivedAt: Number(row["received_at"]),
  endedAt: maybe(row["ended_at"], Number),
  cause: maybe(row["cause"], String)
})

const ask = (
  template: (dialect: Dialect.Dialect) => string,
  params: (dialect: Dialect.Dialect) => ReadonlyArray<unknown>
) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const dialect = Dialect.of(sql)
    return yield* Dialect.reading(
      sql,
      dialect,
      (connection): Effect.Effect<ReadonlyArray<Dialect.Row>, SqlError> =>
        connection.execute(dialect.text(template(dialect)), params(dialect), undefined),
      readPatience
    )
  })

interface Selected extends Selection {
  readonly states: ReadonlyArray<State>
}

const listed = ({ account, after, limit, states: wanted }: Selected) =>
  Effect.map(
    ask(
      ({ isAmong }) =>
        `SELECT ${columns} FROM effect_dingtalk_inbox WHERE number > ? AND ${isAmong("state")}${
          account === undefined ? "" : " AND account = ?"
        } ORDER BY received_at, account, number LIMIT ?`,
      ({ list }) => [
        after,
        list(wanted.map((state) => states.indexOf(state))),
        ...account === undefined ? [] : [account],
        limit
      ]
    ),
    (rows) => rows.map(entryOf)
  )

const withoutPayload = ({ payload: _, ...entry }: Content): Entry => entry

/** The inbox's, and what waits in a cluster on the same database, the oldest first. */
export const list = (selection: Selection): Effect.Effect<ReadonlyArray<Entry>, SqlError, SqlClient.SqlClient> => {
  const { account, after = 0, limit = 100, states: wanted = ["waiting", "dead", "dropped"] } = selection
  const clustered = wanted.includes("waiting") && after === 0
    ? Clustered.list({ account, limit })
    : Effect.succeed([])
  return Effect.zipWith(
    listed({ account, after, limit, states: wanted }),
    clustered,
    (inbox, cluster) =>
      [...inbox, ...cluster.map(withoutPayload)]
        .toSorted((one, other) => one.receivedAt - other.receivedAt)
        .slice(0, limit)
  )
}

/** How many dead letters there are, and the last ones. */
export const dead = ({ limit, withPayload }: { readonly limit: number; readonly withPayload: boolean }) =>
  Effect.gen(function*() {
    // `state > 0` lets both databases use the index of what has ended.
    const where = "FROM effect_dingtalk_inbox WHERE state = 2 AND state > 0"
    const [counted] = yield* ask(() => `SELECT count(*) AS count ${where}`, () => [])
    const rows = yield* ask(
      () => `SELECT ${columns}${withPayload ? ", payload" : ""} ${where} ORDER BY ended_at DESC, number DESC LIMIT ?`,
      () => [limit]
    )
    return {
      count: Number(counted?.["count"] ?? 0),
      entries: rows.map((row) => ({ ...entryOf(row), payload: maybe(row["payload"], String) }))
    }
  })

const counted = Effect.map(
  ask(
    () =>
      "SELECT account, state, count(*) AS count FROM effect_dingtalk_inbox GROUP BY account, state ORDER BY account, state",
    () => []
  ),
  (rows) =>
    rows.map((row) => ({
      account: String(row["account"]),
      state: states[Number(row["state"])] ?? "waiting",
      count: Number(row["count"])
    }))
)

/** What waits in a cluster is counted with what waits in the inbox. */
export const counts = Effect.zipWith(counted, Clustered.counts, (inbox, cluster) => {
  const isThere = ({ account }: { readonly account: string }) =>
    inbox.some((each) => each.account === account && each.state === "waiting")
  const more = new Map(cluster.map(({ account, count }) => [account, count]))
  return [
    ...inbox.map((each) =>
      each.state === "waiting" ? { ...each, count: each.count + (more.get(each.account) ?? 0) } : each
    ),
    ...cluster.flatMap((each) => isThere(each) ? [] : [{ ...each, state: "waiting" as const }])
  ]
})

/** An entry of the inbox's, or what waits in a cluster by that id. */
export const find = (
  account: string,
  entry: number | string
): Effect.Effect<Content | undefined, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    Effect.map(
      ask(
        () =>
          `SELECT ${columns}, payload FROM effect_dingtalk_inbox WHERE account = ? AND ${
            typeof entry === "number" ? "number" : "id"
          } = ?`,
        () => [account, entry]
      ),
      ([row]): Content | undefined =>
        row === undefined ? undefined : { ...entryOf(row), payload: String(row["payload"]) }
    ),
    (found) => found === undefined && typeof entry === "string" ? Clustered.find(account, entry) : Effect.succeed(found)
  )

const from = { waiting: ["dead", "dropped"], dropped: ["waiting", "dead"] } as const

/** By the code that PostgreSQL gives it. */
const isDeadlock = ({ cause }: SqlError): boolean => Predicate.hasProperty(cause, "code") && cause.code === "40P01"

/** Puts an entry of these states into another one, if it may be; tells whether it was. The owner is told to look. */
const changeNumbered = (
  account: string,
  number: number,
  to: "waiting" | "dropped",
  among: ReadonlyArray<State> = from[to]
) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const dialect = Dialect.of(sql)
    return yield* Dialect.transaction(sql, dialect, (connection) =>
      Effect.gen(function*() {
        const say = (template: string, ...params: ReadonlyArray<unknown>) =>
          connection.execute(dialect.text(template), params, undefined)
        yield* say("UPDATE effect_dingtalk_inbox_account SET poked = poked + 1 WHERE account = ?", account)
        const mayBe = `state IN (${among.map((state) => states.indexOf(state)).join(", ")})`
        const changed = to === "waiting"
          ? yield* say(
            `UPDATE effect_dingtalk_inbox SET state = 0, ended_at = NULL, pardoned = attempts WHERE account = ? AND number = ? AND ${mayBe} RETURNING number`,
            account,
            number
          )
          : yield* say(
            `UPDATE effect_dingtalk_inbox SET state = 3, ended_at = ${dialect.now} WHERE account = ? AND number = ? AND ${mayBe} RETURNING number`,
            account,
            number
          )
        return changed.length > 0
      })).pipe(
        // The robot locks what ends before the account and what begins behind it: PostgreSQL ends one of two that wait for each
        // other, and that may be this one.
        Effect.retry({ times: 3, while: isDeadlock })
      )
  })

/** The same, of an entry that is known; what waits in a cluster can only be dropped. */
export const change = (
  account: string,
  { id, number }: Pick<Entry, "id" | "number">,
  to: "waiting" | "dropped"
): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> => {
  if (number !== undefined) return changeNumbered(account, number, to)
  return to === "dropped" && id !== undefined ? Clustered.drop(account, id) : Effect.succeed(false)
}

/** Dead letters alone: what waits or was dropped meanwhile is not what somebody has looked at. */
export const deadLetters = (sql: SqlClient.SqlClient): DeadLetters => {
  const asked = <A>(effect: Effect.Effect<A, SqlError, SqlClient.SqlClient>) =>
    effect.pipe(
      Effect.mapError((cause) => new InboxUnavailable({ cause })),
      Effect.provideService(SqlClient.SqlClient, sql)
    )
  const changed = (to: "waiting" | "dropped") => (account: string, number: number) =>
    asked(changeNumbered(account, number, to, ["dead"]))
  return { look: (options) => asked(dead(options)), retry: changed("waiting"), drop: changed("dropped") }
}
