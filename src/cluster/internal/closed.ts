/**
 * What the engine itself has called done because it could not hand it over: another version has kept it in a way that this one
 * can't read. It becomes a dead letter.
 */
import { make as makeMachineId } from "@effect/cluster/MachineId"
import * as Snowflake from "@effect/cluster/Snowflake"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Clustered from "../../sql/internal/clustered/names.ts"
import { Conversation } from "../Conversation.ts"
import * as Tables from "../Tables.ts"
import type * as DeadLetters from "./deadLetters.ts"

export interface Options {
  readonly prefix: string
  readonly bury: (letter: DeadLetters.DeadLetter) => Effect.Effect<void, SqlError>
}

class UnreadableRequest extends Data.TaggedError("UnreadableRequest")<{ readonly reply: string }> {
  override get message(): string {
    return `what was kept can't be read: retry it with a version that can, or drop it. The engine says ${this.reply}`
  }
}

/** Rows that are looked at in one go. */
const mostAtOnce = 100

/** How far back it is looked again, for the clocks of runners are not the same, in milliseconds. */
const marginMs = 60_000

/** The id of what was written at this time. */
const idAt = (timestamp: number): string =>
  String(Snowflake.make({ timestamp, machineId: makeMachineId(0), sequence: 0 }))

interface Row extends Clustered.Kept {
  readonly reply: string
}

const deadLetterOf = ({ reply, ...row }: Row): DeadLetters.DeadLetter => ({
  ...Clustered.letterOf(row),
  attempts: 0,
  cause: Cause.fail(new UnreadableRequest({ reply }))
})

/** Makes what buries all that was called so since it was last asked. */
export const make = (
  { bury, prefix }: Options
): Effect.Effect<Effect.Effect<void, SqlError>, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (client) => {
    const sql = client.withoutTransforms()
    const engine = Tables.of(prefix)
    const [messages, replies] = [sql(engine.messages), sql(engine.replies)]
    let since = "0"
    const some = Effect.gen(function*() {
      const rows = yield* sql<Row>`
        SELECT CAST(m.id AS TEXT) AS id, m.entity_id AS entity, coalesce(m.payload, '') AS payload, r.payload AS reply
        FROM ${replies} AS r JOIN ${messages} AS m ON m.request_id = r.request_id AND m.kind = 0
        WHERE r.id >= ${sql.literal(since)} AND r.kind = ${Tables.lastReply} AND r.payload <> ${Tables.wellDone}
        AND m.entity_type = ${Conversation.type} LIMIT ${mostAtOnce}
      `
      for (const row of rows) {
        yield* bury(deadLetterOf(row))
        // It remains known, and is not looked at again.
        yield* sql`
          UPDATE ${replies} SET payload = ${Tables.wellDone}
          WHERE request_id = ${sql.literal(row.id)} AND kind = ${Tables.lastReply}
        `
      }
      return rows.length
    })
    return Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      yield* Effect.repeat(some, { while: (found) => found === mostAtOnce })
      since = idAt(now - marginMs)
    }).pipe(Effect.withTracerEnabled(false))
  })
