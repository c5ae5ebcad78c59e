/**
 * An inbox that outlives the process: what is acknowledged is in a database, and is handled at least once, in order.
 *
 * A message is acknowledged when the transaction that keeps it has committed. It is handled in the order of its conversation,
 * also over restarts, by one process at a time; a handler that fails is tried again, and in the end what it can't handle is a
 * dead letter. See `docs/durability.md`.
 *
 * @since 0.1.0
 */
import type { MigrationError } from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Inbox } from "../inbound/Inbox.ts"
import { logEvents } from "../logEvents.ts"
import * as AccountInbox from "./internal/AccountInbox.ts"
import * as Admin from "./internal/admin.ts"
import * as Clustered from "./internal/clustered/waiting.ts"
import * as Dialect from "./internal/database/dialect.ts"
import * as Migrations from "./internal/database/migrations.ts"
import type * as Entries from "./internal/Entry.ts"

/**
 * How an inbox works.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often the handler of one message is begun at most, crashes included; then it is a dead letter. Default 5. */
  readonly maxAttempts?: number | undefined
  /** The wait before the second attempt; each later one is four times as long. Default 2 seconds. */
  readonly retryDelay?: Duration.DurationInput | undefined
  /** The longest wait between two attempts. Default 5 minutes. */
  readonly maxRetryDelay?: Duration.DurationInput | undefined
  /** How many messages of an account may wait. Default 100 000. */
  readonly inboxLimit?: number | undefined
  /**
   * What happens when as many wait: `refuse` acknowledges nothing that is new, so that DingTalk keeps it and brings it
   * again, for as long as it does; `dropOldest` gives up the oldest that was never begun, counted and logged, and told to
   * `onDropped`. Default `refuse`.
   */
  readonly full?: "refuse" | "dropOldest" | undefined
  /**
   * How long what arrived waits for a database that does not answer, before it is not kept: DingTalk brings again what
   * nobody acknowledges. Of one that says nothing at all, this is known after 5 seconds. Default 2 seconds.
   */
  readonly patience?: Duration.DurationInput | undefined
  /** How long it is remembered what was handled, to know redeliveries; of its content nothing is. Default 1 day. */
  readonly retain?: Duration.DurationInput | undefined
  /** Of how many handled ones that is remembered. Default 100 000. */
  readonly retainCount?: number | undefined
  /** How long dead letters are kept. Default 30 days. */
  readonly retainDead?: Duration.DurationInput | undefined
  /** How many dead letters are kept. Default 10 000. */
  readonly retainDeadCount?: number | undefined
  /**
   * How long a process that does not show itself remains the owner of an inbox: after so long another one takes it over.
   * On the same machine, one that is gone is replaced at once. Default 10 seconds, at least 1.
   */
  readonly lease?: Duration.DurationInput | undefined
}

const settled = (options: Options): AccountInbox.Options => {
  const millis = (given: Duration.DurationInput | undefined, otherwise: Duration.DurationInput) =>
    Math.floor(Duration.toMillis(given ?? otherwise))
  return {
    maxAttempts: Math.max(1, options.maxAttempts ?? 5),
    firstMs: millis(options.retryDelay, "2 seconds"),
    longestMs: millis(options.maxRetryDelay, "5 minutes"),
    inboxLimit: Math.max(1, options.inboxLimit ?? 100_000),
    full: options.full ?? "refuse",
    patienceMs: millis(options.patience, "2 seconds"),
    retainMs: millis(options.retain, "1 day"),
    retainCount: Math.max(0, options.retainCount ?? 100_000),
    retainDeadMs: millis(options.retainDead, "30 days"),
    retainDeadCount: Math.max(0, options.retainDeadCount ?? 10_000),
    ttlMs: Math.max(1_000, millis(options.lease, "10 seconds"))
  }
}

/**
 * How SQLite is set: it waits for another process no longer than this, in milliseconds, for it does so with the event loop,
 * and here waiting is done without; it moves what was written to its place in smaller parts, in pages, for the event loop
 * waits for the disk meanwhile; and it keeps fewer pages in memory than the driver has it do, in KiB.
 */
const pragmas = ["busy_timeout = 10", "wal_autocheckpoint = 500", "cache_size = -8000"]

const prepared = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const dialect = Dialect.of(sql)
  yield* sql.onDialectOrElse({
    sqlite: () => Effect.forEach(pragmas, (pragma) => sql.unsafe(`PRAGMA ${pragma}`), { discard: true }),
    orElse: () => Effect.void
  })
  yield* Migrations.run
  return { sql, dialect }
})

/** Until the database says what waits in the tables of a cluster. */
const untilLooked = Schedule.union(Schedule.exponential("1 second"), Schedule.spaced("1 minute"))

/** Says how much of an account's waits where this process does not look. */
const tellOf = (account: string) => (all: Effect.Effect.Success<typeof Clustered.counts>) => {
  const waiting = all.find((each) => each.account === account)?.count ?? 0
  return waiting === 0 ? Effect.void : Effect.annotateLogs(Effect.logWarning(logEvents.inboxClustered), {
    account,
    module: "inbox",
    waiting,
    hint: "run the cluster again until nothing waits in it, or drop what does"
  })
}

/**
 * The inbox in a database, made on the first start. Provide it to the layer of the channel; nothing else changes.
 *
 * It is for SQLite and PostgreSQL. A SQLite file is best the inbox's own: its client's `busy_timeout` is set to 10 ms, for
 * the driver waits with the whole process, its `wal_autocheckpoint` to 500 pages and its `cache_size` to 8 000 KiB.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<Inbox, SqlError | MigrationError, SqlClient.SqlClient> =>
  Layer.scoped(
    Inbox,
    Effect.gen(function*() {
      const { dialect, sql } = yield* prepared
      const waiting = yield* Effect.forkScoped(Effect.retry(Clustered.counts, untilLooked))
      return {
        open: (desk, settleCard) =>
          Effect.zipLeft(
            AccountInbox.make(sql, dialect, settled(options), desk, settleCard),
            Effect.forkScoped(
              Effect.flatMap(
                Fiber.await(waiting),
                (looked) => Effect.ignore(Effect.flatMap(looked, tellOf(desk.settings.id)))
              )
            )
          ),
        deadLetters: Admin.deadLetters(sql)
      }
    })
  )

/**
 * Where something of an inbox stands: it waits, was handled, is a dead letter, or was dropped.
 *
 * @since 0.1.0
 * @category models
 */
export type State = Entries.State

/**
 * Something of an inbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry extends Entries.Entry {}

/**
 * Something of an inbox with its content.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content extends Entries.Content {}

/**
 * Which entries are meant.
 *
 * @since 0.1.0
 * @category models
 */
export interface Selection extends Admin.Selection {}

/**
 * Which entry is meant.
 *
 * @since 0.1.0
 * @category models
 */
export interface Which {
  readonly account: string
  /** The number of the entry, or the `msgId` of its message. */
  readonly entry: number | string
}

/**
 * There is no such entry, or it is not in a state in which that can be done.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoSuchEntry extends Data.TaggedError("NoSuchEntry")<Which & { readonly state: State | undefined }> {
  override get message(): string {
    const { account, entry, state } = this
    return state === undefined
      ? `the inbox of the account ${account} has no entry ${entry}: list shows what there is, each with its number, its id, or both`
      : `entry ${entry} of the account ${account} is ${state}: retry is for dead and dropped ones, drop for waiting and dead ones`
  }
}

/**
 * The entries of all accounts or one, oldest first.
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (selection: Selection = {}): Effect.Effect<ReadonlyArray<Entry>, SqlError, SqlClient.SqlClient> =>
  Admin.list(selection)

/**
 * How many entries there are of each account in each state.
 *
 * @since 0.1.0
 * @category operations
 */
export const counts: Effect.Effect<
  ReadonlyArray<{ readonly account: string; readonly state: State; readonly count: number }>,
  SqlError,
  SqlClient.SqlClient
> = Admin.counts

/**
 * An entry with its content; of one that was handled, nothing of that is kept.
 *
 * @since 0.1.0
 * @category operations
 */
export const show = (which: Which): Effect.Effect<Content, SqlError | NoSuchEntry, SqlClient.SqlClient> =>
  Effect.flatMap(
    Admin.find(which.account, which.entry),
    (found) => found === undefined ? new NoSuchEntry({ ...which, state: undefined }) : Effect.succeed(found)
  )

const change = (which: Which, to: "waiting" | "dropped") =>
  Effect.gen(function*() {
    const found = yield* show(which)
    if (!(yield* Admin.change(which.account, found, to))) {
      return yield* new NoSuchEntry({ ...which, state: found.state })
    }
  })

/**
 * Has a dead letter, or what was dropped, handled again, with all its attempts; a running process takes it up within a
 * second, in the order of its conversation's numbers.
 *
 * @since 0.1.0
 * @category operations
 */
export const retry = (which: Which): Effect.Effect<void, SqlError | NoSuchEntry, SqlClient.SqlClient> =>
  change(which, "waiting")

/**
 * Has something that waits, or a dead letter, never handled. A running process hears of it within a second: what is at work
 * by then, or about to begin, goes on.
 *
 * @since 0.1.0
 * @category operations
 */
export const drop = (which: Which): Effect.Effect<void, SqlError | NoSuchEntry, SqlClient.SqlClient> =>
  change(which, "dropped")

/**
 * Makes the tables, or brings them up to date, without an inbox: for those who only look.
 *
 * @since 0.1.0
 * @category operations
 */
export const migrate: Effect.Effect<void, SqlError | MigrationError, SqlClient.SqlClient> = Effect.asVoid(prepared)
