/**
 * Tokens, rate limits and lock-outs that processes share through a database, so that ten of them send as fast as one.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { unsafeMonotonicMillis } from "../internal/runtime/clock.ts"
import { logEvents } from "../logEvents.ts"
import { ofSharing } from "../metrics.ts"
import { SharedState, SharedStateUnavailable, type Store } from "../outbound/api/SharedState.ts"
import * as Dialect from "./internal/database/dialect.ts"
import { migrating } from "./internal/database/migrating.ts"
import { within } from "./internal/database/within.ts"
import { wordsOf } from "./internal/health.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * A name for the address that this process calls DingTalk from. Those of one name are locked out together; machines that
   * don't go through one gateway need different ones. Default `default`.
   */
  readonly egress?: string | undefined
}

const table = "effect_dingtalk_shared"

/** Whoever sends waits no longer for the database, and goes on alone. */
const patience = "2 seconds"

const migrate = migrating(`${table}_migrations`, {
  "0001_shared": Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql`CREATE TABLE IF NOT EXISTS ${
        sql.withoutTransforms()(table)
      } (name VARCHAR(255) PRIMARY KEY, content TEXT NOT NULL)`
  )
})

/** Says once that what is shared can't be reached, and once that it can again; counts how often it was not. */
const watching = Effect.map(Effect.clock, (clock) => {
  const now = unsafeMonotonicMillis(clock)
  let lostAt: number | undefined
  const annotated = Effect.annotateLogs({ module: "sharing" })
  return <A>(effect: Effect.Effect<A, SqlError>) =>
    Effect.tapBoth(effect, {
      onFailure: (error) =>
        Effect.suspend(() => {
          ofSharing.unsafeUpdate(1, [])
          if (lostAt !== undefined) return Effect.void
          lostAt = now()
          return annotated(
            Effect.annotateLogs(Effect.logWarning(logEvents.sharingLost), {
              reason: wordsOf(error)
            })
          )
        }),
      onSuccess: () =>
        Effect.suspend(() => {
          if (lostAt === undefined) return Effect.void
          const lostMs = Math.round(now() - lostAt)
          lostAt = undefined
          return annotated(Effect.annotateLogs(Effect.logInfo(logEvents.sharingFound), { lostMs }))
        })
    })
})

const make = ({ egress = "default" }: Options): Effect.Effect<Store, never, SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const client = yield* SqlClient.SqlClient
    const sql = client.withoutTransforms()
    const now = sql.literal(Dialect.of(client).now)
    const watch = yield* watching
    const asked = <A>(effect: Effect.Effect<A, SqlError>) =>
      effect.pipe(
        within(patience),
        watch,
        Effect.mapError((cause) => new SharedStateUnavailable({ cause })),
        Effect.withTracerEnabled(false)
      )
    yield* Effect.orDie(migrate)
    return {
      egress,
      read: (keys) =>
        asked(Effect.map(
          sql<{ readonly name: string | null; readonly content: string; readonly now: number | string }>`
            SELECT t.name, t.content, c.now FROM (SELECT ${now} AS now) AS c
            LEFT JOIN ${sql(table)} AS t ON ${sql.in("t.name", keys)}
          `,
          (rows) => {
            const contents = new Map(rows.map(({ content, name }) => [name, content]))
            return { values: keys.map((key) => contents.get(key)), now: Number(rows[0]?.now) }
          }
        )),
      replace: (key, before, after) =>
        asked(Effect.map(
          before === undefined
            ? sql`
              INSERT INTO ${sql(table)} ${sql.insert({ name: key, content: after })}
              ON CONFLICT (name) DO NOTHING RETURNING name
            `
            : sql`UPDATE ${
              sql(table)
            } SET content = ${after} WHERE name = ${key} AND content = ${before} RETURNING name`,
          (rows) => rows.length > 0
        ))
    }
  })

/**
 * Shares all that the process sends with the others on the same database, which is SQLite or PostgreSQL: provide it to the
 * layers that send.
 *
 * The rate of an account's settings is that of all of them together, counted by the database's clock; each call costs two
 * statements. One of them fetches a token for all, kept encrypted with the application's secret, which is not in the
 * database. While the database does not answer, each process limits itself alone; that it begins and ends is logged.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<SharedState, never, SqlClient.SqlClient> =>
  Layer.effect(SharedState, make(options))
