/** How much waits in a cluster, of each account that this runner has, as metrics say it; and how much more may. */
import * as Snowflake from "@effect/cluster/Snowflake"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { memo } from "../../internal/memo.ts"
import { unsafeMonotonicMillis } from "../../internal/runtime/clock.ts"
import * as Metrics from "../../metrics.ts"
import { within } from "../../sql/internal/database/within.ts"
import * as Health from "../../sql/internal/health.ts"
import * as Statements from "../../sql/internal/statements.ts"
import * as Tables from "../Tables.ts"

type AccountMetrics = Metrics.InboxMetrics & Metrics.InboundMetrics

export interface Levels {
  /** Counts what waits for an account until the scope closes. */
  readonly watch: (account: string) => Effect.Effect<void, never, Scope.Scope>
  readonly of: (account: string) => AccountMetrics
  /** Takes note of a write: how many of each account it has kept, or of what it failed. */
  readonly kept: (fresh: ReadonlyMap<string, number>) => Effect.Effect<void>
  readonly failed: (error: SqlError) => Effect.Effect<void>
  /** Whether so many more of an account may wait; and how many, if not. */
  readonly room: (account: string, wanted: number) => Effect.Effect<number, SqlError>
}

interface Level {
  readonly metrics: AccountMetrics
  readonly health: Health.Health
  /** What waited when it was counted last, and what was kept since. */
  depth: number
}

interface Counted {
  readonly account: string
  readonly count: number | string
  readonly first: number | string | null
}

/** How often it is counted what waits, in milliseconds. */
const countMs = 5_000

const patience = "2 seconds"

export const make = (
  { inboxLimit, prefix }: { readonly inboxLimit: number; readonly prefix: string }
): Effect.Effect<Levels, never, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const sql = (yield* SqlClient.SqlClient).withoutTransforms()
    const clock = yield* Effect.clock
    const now = unsafeMonotonicMillis(clock)
    const messages = sql(Tables.of(prefix).messages)
    const levels = new Map<string, Level>()
    const of = memo((account): AccountMetrics => ({ ...Metrics.ofInbox(account), ...Metrics.ofInbound(account) }))

    const account = sql.literal(sql.onDialectOrElse({
      sqlite: () => "substr(entity_id, 1, instr(entity_id, '/') - 1)",
      orElse: () => "split_part(entity_id, '/', 1)"
    }))
    const waiting = sql<Counted>`
      SELECT ${account} AS account, count(*) AS count, CAST(min(id) AS CHAR(20)) AS first FROM ${messages}
      WHERE ${Tables.waits(sql)} GROUP BY ${account}
    `
    const dead = sql<Omit<Counted, "first">>`
      SELECT account, count(*) AS count FROM effect_dingtalk_inbox
      WHERE state = ${sql.literal(String(Statements.state.dead))} AND state > 0 GROUP BY account
    `
    const count = Effect.gen(function*() {
      const waits = new Map((yield* waiting).map((row) => [decodeURIComponent(row.account), row]))
      const gone = new Map((yield* dead).map((row) => [row.account, Number(row.count)]))
      const at = clock.unsafeCurrentTimeMillis()
      for (const [account, level] of levels) {
        const { count, first } = waits.get(account) ?? { count: 0, first: null }
        // The id says when it was kept.
        const ageMs = first === null ? 0 : at - Snowflake.timestamp(Snowflake.Snowflake(String(first).trim()))
        level.depth = Number(count)
        level.metrics.inboxDepth.unsafeUpdate(level.depth, [])
        level.metrics.inboxOldestSeconds.unsafeUpdate(Math.max(0, ageMs) / 1_000, [])
        level.metrics.inboxDead.unsafeUpdate(gone.get(account) ?? 0, [])
      }
    }).pipe(
      Effect.withTracerEnabled(false),
      within(patience)
    )
    const tell = (isOfArrivals: boolean) => (error: SqlError | undefined) =>
      Effect.forEach(
        levels,
        ([account, { health }]) =>
          Effect.annotateLogs(health.told(error, isOfArrivals), { account, module: "cluster" }),
        { discard: true }
      )
    yield* Effect.forkScoped(
      Effect.forever(Effect.zipRight(
        Effect.suspend(() =>
          levels.size === 0
            ? Effect.void
            : Effect.matchEffect(count, { onFailure: tell(false), onSuccess: () => tell(false)(undefined) })
        ),
        Effect.sleep(countMs)
      ))
    )

    return {
      of,
      watch: (account) =>
        Effect.acquireRelease(
          Effect.gen(function*() {
            const metrics = of(account)
            const level = { metrics, health: yield* Health.make(metrics, now), depth: 0 }
            levels.set(account, level)
            metrics.inboxOwner.unsafeUpdate(1, [])
          }),
          () =>
            Effect.sync(() => {
              levels.delete(account)
              of(account).inboxOwner.unsafeUpdate(0, [])
            })
        ).pipe(Effect.zipLeft(Effect.ignore(count))),
      kept: (fresh) =>
        Effect.suspend(() => {
          for (const [account, count] of fresh) {
            const level = levels.get(account)
            if (level === undefined) continue
            level.depth += count
            level.metrics.inboxDepth.unsafeUpdate(level.depth, [])
          }
          return tell(true)(undefined)
        }),
      failed: tell(true),
      room: (account, wanted) => {
        const free = () => inboxLimit - (levels.get(account)?.depth ?? 0)
        // What was handled since it was counted is not known.
        return Effect.map(free() >= wanted ? Effect.void : count, () => Math.max(0, free()))
      }
    }
  })
