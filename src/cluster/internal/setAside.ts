/**
 * What the engine can't even read as a row throws where it reads, and all that it has read together with that is lost to it for
 * ten minutes. It is called done here, as the engine calls done what it can't hand over, and becomes a dead letter like that.
 */
import { make as makeMachineId } from "@effect/cluster/MachineId"
import * as Snowflake from "@effect/cluster/Snowflake"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import type * as Statement from "@effect/sql/Statement"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { patience, within } from "../../sql/internal/database/within.ts"
import * as Tables from "../Tables.ts"

/** Rows that are looked at in one go. */
const mostAtOnce = 500

/** What the engine says of it, in the engine's words. */
const saying = (error: unknown): string =>
  JSON.stringify({ _tag: "Failure", cause: { _tag: "Die", defect: String(error) } })

/** Why the engine can't read a text, if it can't. */
const problemOf = (text: string | null): string | undefined => {
  try {
    JSON.parse(text ?? "null")
    return undefined
  } catch (error) {
    return saying(error)
  }
}

interface Row {
  readonly id: string
  readonly payload: string | null
  readonly headers: string | null
}

/** Ids of this moment, which no other runner makes but by a rare chance. */
const freshIds = Effect.map(
  Effect.all([Clock.currentTimeMillis, Random.nextIntBetween(0, 1024)]),
  ([timestamp, machine]) => (sequence: number) =>
    String(Snowflake.make({ timestamp, machineId: makeMachineId(machine), sequence }))
)

/** Makes what sets aside those of some rows that wait. Tells whether there were any. */
export const make = (
  prefix: string
): Effect.Effect<(those: Statement.Fragment) => Effect.Effect<boolean, SqlError>, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (client) => {
    const sql = client.withoutTransforms()
    const engine = Tables.of(prefix)
    const [messages, replies] = [sql(engine.messages), sql(engine.replies)]
    const look = (those: Statement.Fragment, after: string) =>
      sql<Row>`
        SELECT CAST(id AS TEXT) AS id, payload, headers FROM ${messages}
        WHERE ${Tables.waits(sql)} AND ${those} AND id > ${sql.literal(after)} ORDER BY id LIMIT ${mostAtOnce}
      `
    const callDone = (request: string, reply: string, problem: string) =>
      Effect.zipRight(
        sql`
          INSERT INTO ${replies}
          ${sql.insert({ id: reply, kind: Tables.lastReply, request_id: request, payload: problem })}
        `,
        sql`
          UPDATE ${messages} SET processed = ${Tables.trueOf(sql)}, last_reply_id = ${sql.literal(reply)}
          WHERE id = ${sql.literal(request)}
        `
      )
    const some = (those: Statement.Fragment, after: string, found: boolean): Effect.Effect<boolean, SqlError> =>
      Effect.flatMap(look(those, after), (rows) =>
        Effect.gen(function*() {
          const idOf = yield* freshIds
          const bad = rows.flatMap(({ headers, id, payload }) => {
            const problem = problemOf(payload) ?? problemOf(headers)
            return problem === undefined ? [] : [{ id, problem }]
          })
          yield* Effect.forEach(bad, ({ id, problem }, index) => callDone(id, idOf(index), problem), { discard: true })
          const [last] = rows.slice(mostAtOnce - 1)
          const isFound = found || bad.length > 0
          return last === undefined ? isFound : yield* some(those, last.id, isFound)
        }))
    return (those) =>
      sql.withTransaction(some(those, "0", false)).pipe(within(patience), Effect.withTracerEnabled(false))
  })
