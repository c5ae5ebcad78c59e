/** The cards of an account that are not settled yet, in the database. */
import type { SqlClient } from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { SettleCard } from "../../inbound/Inbox.ts"
import type { OpenCard, OpenCards } from "../../internal/handler/OpenCards.ts"
import { releaseWithin } from "../../internal/runtime/clock.ts"
import { logEvents } from "../../logEvents.ts"
import * as Metrics from "../../metrics.ts"
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
   * process settles its own. What can't be settled is tried again for ten minutes, and then told of.
   */
  readonly settleLeft: (settle: SettleCard) => Effect.Effect<void>
}

/**
 * A conversation in a cluster: what another runner has left of it is settled by whoever has taken it up, as long as it is
 * here. What that runner has left of others may be at work elsewhere.
 */
export interface Conversation {
  readonly line: string
  readonly isHere: () => boolean
}

/** Whose cards these are. */
export interface Writer {
  /** A process, or a runner of a cluster: unique, and of the same length for all. */
  readonly owner: string
  /** Without it, all of the account. */
  readonly conversation?: Conversation | undefined
}

/** When the database or DingTalk doesn't answer; then the next start may have more luck. */
const untilGivenUp = Schedule.exponential("1 second").pipe(
  Schedule.union(Schedule.spaced("30 seconds")),
  Schedule.upTo("10 minutes")
)

/** How many are settled at the same time. */
const atOnce = 4

/** One that is open, or, where not even that is known, what came in the way. */
interface Open {
  readonly outTrackId?: string
  readonly reason: string
}

interface Left extends OpenCard {
  readonly writer: string
}

export const make = (
  sql: SqlClient,
  dialect: Dialect.Dialect,
  account: string,
  { conversation, owner }: Writer
): Cards => {
  const line = conversation?.line
  const isHere = conversation?.isHere ?? constTrue
  const self = line === undefined ? owner : `${owner} ${line}`
  const put = dialect.text(
    `INSERT INTO effect_dingtalk_inbox_card (account, out_track_id, owner, note, noted_at) VALUES (?, ?, ?, ?, ${dialect.now}) ON CONFLICT (account, out_track_id) DO UPDATE SET owner = excluded.owner, note = excluded.note, noted_at = excluded.noted_at`
  )
  const remove = dialect.text(
    "DELETE FROM effect_dingtalk_inbox_card WHERE account = ? AND out_track_id = ? AND owner = ?"
  )
  const others = dialect.text(
    `SELECT out_track_id, owner, note FROM effect_dingtalk_inbox_card WHERE account = ? AND owner <> ?${
      line === undefined
        // Whoever has lost the inbox meanwhile would find those of its next owner.
        ? " AND EXISTS (SELECT 1 FROM effect_dingtalk_inbox_account AS inbox WHERE inbox.account = ? AND inbox.owner = ?)"
        : " AND substr(owner, ?) = ?"
    } ORDER BY noted_at`
  )
  const ofOthers = [account, self, ...line === undefined ? [account, owner] : [owner.length + 2, line]]
  const say = (statement: string, params: ReadonlyArray<unknown>) =>
    Dialect.transaction(sql, dialect, (connection) => connection.execute(statement, params, undefined))
  // What can't be noted is none the worse: that the database fails is told by what else is written.
  const briefly = (effect: Effect.Effect<unknown, SqlError>) => Effect.ignore(releaseWithin(noteMs)(effect))
  const tell = (open: Open) =>
    Effect.annotateLogs(Effect.logWarning(logEvents.cardStuck), {
      account,
      ...line === undefined ? { module: "inbox" } : { module: "cluster", conversationId: line },
      ...open
    })
  const stuck = Metric.increment(Metric.tagged(Metrics.ofOutbound(account).cards, "outcome", "stuck"))
  const forget = (outTrackId: string, writer: string) => briefly(say(remove, [account, outTrackId, writer]))
  /** What can't be read is told of the first time, and left to the version that wrote it, should that start again. */
  const readable = (told: Set<string>) => (row: Dialect.Row): Effect.Effect<ReadonlyArray<Left>> => {
    const outTrackId = String(row["out_track_id"])
    return Option.match(decode(row["note"]), {
      onNone: () => {
        if (told.has(outTrackId)) return Effect.succeed([])
        told.add(outTrackId)
        return Effect.as(
          tell({ outTrackId, reason: "what was noted of it can't be read: another version wrote it" }),
          []
        )
      },
      onSome: ({ params, streamed }) => Effect.succeed([{ outTrackId, writer: String(row["owner"]), streamed, params }])
    })
  }
  /** Those that are still open stand in the way of none of the others. */
  const round = (settle: SettleCard, told: Set<string>): Effect.Effect<void, ReadonlyArray<Open>> =>
    say(others, ofOthers).pipe(
      Effect.mapError(({ cause, message }): ReadonlyArray<Open> => [{
        reason: cause === undefined ? message : `${message}: ${String(cause)}`
      }]),
      // What was read since it went elsewhere may be at work there.
      Effect.flatMap((rows) => Effect.forEach(isHere() ? rows : [], readable(told))),
      Effect.flatMap((left) =>
        Effect.forEach(left.flat(), ({ writer, ...card }) =>
          settle(account, card).pipe(
            Effect.zipRight(forget(card.outTrackId, writer)),
            Effect.as<ReadonlyArray<Open>>([]),
            Effect.catchAll(({ outTrackId, reason }) => Effect.succeed([{ outTrackId, reason }])),
            Effect.catchAllDefect((defect) => Effect.succeed([{ outTrackId: card.outTrackId, reason: String(defect) }]))
          ), { concurrency: atOnce })
      ),
      Effect.flatMap((open) => open.every(({ length }) => length === 0) ? Effect.void : Effect.fail(open.flat()))
    )
  return {
    note: ({ outTrackId, params, streamed }) =>
      briefly(say(put, [account, outTrackId, self, JSON.stringify({ streamed, params })])),
    forget: (outTrackId) => forget(outTrackId, self),
    settleLeft: (settle) =>
      Effect.suspend(() => Effect.retry(round(settle, new Set()), untilGivenUp)).pipe(
        Effect.catchAll(
          Effect.forEach((open) => Effect.zipRight(open.outTrackId === undefined ? Effect.void : stuck, tell(open)), {
            discard: true
          })
        )
      )
  }
}
