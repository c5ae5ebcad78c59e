/** What a cluster has given up, or somebody has dropped of it, stands in the table of the inbox. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Frame from "../../../stream/Frame.ts"
import * as Dialect from "../database/dialect.ts"
import { rowOf } from "../database/storable.ts"
import * as Statements from "../statements.ts"
import { accountOf, keyOf } from "./names.ts"

export interface Ended {
  readonly entity: string
  /** What tells redeliveries, within the account. */
  readonly id: string
  readonly frame: string
  /** In milliseconds since 1970. */
  readonly receivedAt: number
  readonly attempts: number
}

/** What is said of one anew that has stood in the table before. */
const told = ["line", "frame", "headers", "payload", "length", "received_at"]

/** What was kept in a way that this version can't read. */
const unread = (id: string, text: string): Frame.Frame => ({
  type: "CALLBACK",
  topic: "",
  messageId: id,
  headers: {},
  data: text,
  length: text.length
})

/** Keeps one in this state, with its cause. Tells whether it did: what somebody has dropped stays so. */
export const make = (sql: SqlClient, dialect: Dialect.Dialect) => {
  const insert = dialect.text(
    `INSERT INTO effect_dingtalk_inbox (account, ${
      Dialect.columns.join(", ")
    }, state, attempts, cause, ended_at) VALUES (?${
      ", ?".repeat(Dialect.columns.length)
    }, ?, ?, ?, ${dialect.now}) ON CONFLICT (account, id) DO UPDATE SET ${
      [...told, "state", "attempts", "cause", "ended_at"].map((column) => `${column} = excluded.${column}`).join(", ")
    } WHERE effect_dingtalk_inbox.state <> ${Statements.state.dropped} RETURNING number`
  )
  return ({ attempts, entity, frame: text, id, receivedAt }: Ended, state: number, cause: string | null) => {
    const account = accountOf(entity)
    const { allot, enter } = Statements.make(sql, dialect, account)
    const read = Frame.decode(text)
    const frame = typeof read === "string" ? unread(id, text) : read
    const arrived = rowOf({ delivery: { key: keyOf(entity) }, frame, id, receivedAt })
    return (connection: Connection): Effect.Effect<boolean, SqlError> =>
      Effect.gen(function*() {
        yield* enter(connection)
        const row = { ...arrived, number: yield* allot(1)(connection) }
        const values = Dialect.columns.map((column) => row[column])
        const kept = yield* connection.execute(insert, [account, ...values, state, attempts, cause], undefined)
        return kept.length > 0
      })
  }
}
