/** The cards of an account that are not settled yet, in the database. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { SettleCard } from "../../inbound/Inbox.ts"
import type { OpenCards } from "../../internal/handler/OpenCards.ts"
import { releaseWithin } from "../../internal/runtime/clock.ts"
import { logEvents } from "../../logEvents.ts"
import * as Dialect from "./database/dialect.ts"

/** Longest that a handler waits for a note, in milliseconds. */
const noteMs = 1_000

const Note = Schema.parseJson(Schema.Struct({
  streamed: Schema.UndefinedOr(Schema.String).pipe(Schema.optional),
  params: Schema.Record({ key: Schema.String, value: Schema.String })
}))

const decode = Schema.decodeUnknownOption(Note)

export interface Cards extends OpenCards {
  /**
   * Settles those that others have left: whoever wrote them has not given up the inbox, but is gone. A handler of this
   * process settles its own.
   */
  readonly settleLeft: (settle: SettleCard) => Effect.Effect<void, SqlError>
}

/** Whose cards these are. */
export interface Writer {
  /** A process, or a runner of a cluster: unique, and of the same length for all. */
  readonly owner: string
  /**
   * In a cluster, the conversation: what another runner has left of it is settled by whoever takes it up. What it has left of
   * others may be at work elsewhere.
   */
  readonly line?: string | undefined
}

export const make = (
  sql: SqlClient,
  dialect: Dialect.Dialect,
  account: string,
  { line, owner }: Writer
): Cards => {
  const self = line === undefined ? owner : `${owner} ${line}`
  const isOfLine = line === undefined ? "" : " AND substr(owner, ?) = ?"
  const put = dialect.text(
    `INSERT INTO effect_dingtalk_inbox_card (account, out_track_id, owner, note, noted_at) VALUES (?, ?, ?, ?, ${dialect.now}) ON CONFLICT (account, out_track_id) DO UPDATE SET note = excluded.note, noted_at = excluded.noted_at`
  )
  const remove = dialect.text("DELETE FROM effect_dingtalk_inbox_card WHERE account = ? AND out_track_id = ?")
  const others = dialect.text(
    `SELECT out_track_id, note FROM effect_dingtalk_inbox_card WHERE account = ? AND owner <> ?${isOfLine} ORDER BY noted_at`
  )
  const say = (statement: string, params: ReadonlyArray<unknown>) =>
    Dialect.transaction(sql, dialect, (connection) => connection.execute(statement, params, undefined))
  // What can't be noted is none the worse: that the database fails is told by what else is written.
  const briefly = (effect: Effect.Effect<unknown, SqlError>) => Effect.ignore(releaseWithin(noteMs)(effect))
  const left = Effect.flatMap(
    say(others, [account, self, ...line === undefined ? [] : [owner.length + 2, line]]),
    Effect.forEach((row) => {
      const outTrackId = String(row["out_track_id"])
      return Option.match(decode(row["note"]), {
        // The version that wrote it can settle the card when it starts again.
        onNone: () =>
          Effect.as(
            Effect.annotateLogs(Effect.logWarning(logEvents.cardStuck), {
              account,
              module: "inbox",
              outTrackId,
              reason: "what was noted of it can't be read: another version wrote it"
            }),
            []
          ),
        onSome: ({ params, streamed }) => Effect.succeed([{ outTrackId, streamed, params }])
      })
    })
  )
  const forget = (outTrackId: string) => briefly(say(remove, [account, outTrackId]))
  return {
    note: ({ outTrackId, params, streamed }) =>
      briefly(say(put, [account, outTrackId, self, JSON.stringify({ streamed, params })])),
    forget,
    settleLeft: (settle) =>
      Effect.flatMap(left, (cards) =>
        Effect.forEach(
          cards.flat(),
          (card) => Effect.flatMap(settle(account, card), (isOver) => isOver ? forget(card.outTrackId) : Effect.void),
          { discard: true }
        ))
  }
}
