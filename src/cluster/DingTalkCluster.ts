/**
 * One robot on many machines.
 *
 * Each account's connection is a singleton of the cluster, and each conversation an entity: one runner holds the
 * connection, any of them has the conversation, and if one is gone the others take over. A message is acknowledged once it
 * is in the database, and handled at least once, in the order of its conversation. See `docs/cluster.md`.
 *
 * @since 0.1.0
 */
import * as MessageStorage from "@effect/cluster/MessageStorage"
import * as RunnerHealth from "@effect/cluster/RunnerHealth"
import * as Runners from "@effect/cluster/Runners"
import * as RunnerStorage from "@effect/cluster/RunnerStorage"
import * as Sharding from "@effect/cluster/Sharding"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as Singleton from "@effect/cluster/Singleton"
import * as SqlRunnerStorage from "@effect/cluster/SqlRunnerStorage"
import * as SqlClient from "@effect/sql/SqlClient"
import type { ConfigError } from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Leadership } from "../accounts/Leadership.ts"
import { Inbox } from "../inbound/Inbox.ts"
import { uuid } from "../internal/uuid.ts"
import { logEvents } from "../logEvents.ts"
import type { SharedState } from "../outbound/api/SharedState.ts"
import * as DingTalkSharing from "../sql/DingTalkSharing.ts"
import * as Admin from "../sql/internal/admin.ts"
import * as Cards from "../sql/internal/cards.ts"
import { accountOf, keyOf } from "../sql/internal/clustered/names.ts"
import * as Dialect from "../sql/internal/database/dialect.ts"
import * as Migrations from "../sql/internal/database/migrations.ts"
import { chorePatience, within } from "../sql/internal/database/within.ts"
import * as Attempts from "./Attempts.ts"
import * as ClusterInbox from "./ClusterInbox.ts"
import * as ConnectionElection from "./ConnectionElection.ts"
import * as ConversationHandler from "./ConversationHandler.ts"
import * as Desks from "./Desks.ts"
import * as Closed from "./internal/closed.ts"
import * as DeadLetters from "./internal/deadLetters.ts"
import * as Levels from "./internal/levels.ts"
import * as Storage from "./internal/storage.ts"
import * as Unread from "./internal/unread.ts"
import * as Waking from "./internal/waking.ts"
import * as Sweep from "./Sweep.ts"
import * as Tables from "./Tables.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often the handler of one message is begun at most, crashes included; then it is a dead letter. Default 5. */
  readonly maxAttempts?: number | undefined
  /**
   * The wait before the second attempt; each later one is four times as long. What came later in the conversation waits
   * with it. Default 2 seconds.
   */
  readonly retryDelay?: Duration.DurationInput | undefined
  /** The longest wait between two attempts. Default 5 minutes. */
  readonly maxRetryDelay?: Duration.DurationInput | undefined
  /**
   * How long a handler may take to end when its conversation goes to another runner; then it is begun there, too. Default
   * 10 seconds.
   */
  readonly grace?: Duration.DurationInput | undefined
  /**
   * How many messages of an account may wait. When as many do, nothing that is new is acknowledged, so that DingTalk keeps
   * it and brings it again, for as long as it does. Default 100 000.
   */
  readonly inboxLimit?: number | undefined
  /** How long it is remembered what was handled, to know redeliveries. Default 1 day. */
  readonly retain?: Duration.DurationInput | undefined
  /** Of how many handled ones that is remembered. Default 100 000. */
  readonly retainCount?: number | undefined
  /** How long dead letters are kept. Default 30 days. */
  readonly retainDead?: Duration.DurationInput | undefined
  /** How many dead letters of an account are kept. Default 10 000. */
  readonly retainDeadCount?: number | undefined
  /**
   * A name for the address that this runner calls DingTalk from, as in `DingTalkSharing` of `effect-dingtalk/sql`. Default
   * `default`: all go through one gateway.
   */
  readonly egress?: string | undefined
  /** What the names of the engine's tables begin with, if `SqlMessageStorage.layerWith` was told. Default `cluster`. */
  readonly prefix?: string | undefined
}

/**
 * What the engine is to be told so that another runner takes over within 12 seconds of the death of one, and a network
 * that is cut in two lets nobody handle what the others do:
 *
 * - A lock ends 8 seconds after it was last renewed, which is done every 2.6 seconds: two small writes for each runner.
 *   A runner that the database does not answer for so long stops what it does, for it can't know whether it was replaced.
 * - The locks stand in a table. Advisory ones of PostgreSQL would last until the database notices that a machine is gone:
 *   by default after two hours.
 * - 60 shards: fewer are taken over faster; more than that many runners would have nothing to do. All runners of a cluster
 *   must have the same number.
 *
 * @since 0.1.0
 * @category constants
 */
export const shardingConfig = {
  shardLockExpiration: Duration.seconds(8),
  shardLockRefreshInterval: Duration.seconds(2.6),
  shardLockDisableAdvisory: true,
  refreshAssignmentsInterval: Duration.seconds(1),
  entityMessagePollInterval: Duration.seconds(1),
  // What is in hand ends within `grace`; this is only what else the engine would wait for.
  entityTerminationTimeout: Duration.millis(200),
  shardsPerGroup: 60,
  simulateRemoteSerialization: false
} satisfies Partial<Context.Tag.Service<ShardingConfig.ShardingConfig>>

const sweepEvery = Schedule.spaced("1 minute")
const buryEvery = Schedule.spaced("5 seconds")
const giveBackEvery = Schedule.spaced("1 second")

/**
 * Puts the channel on a cluster: provide it to the channel's layer, and all runners the same settings and handlers. What
 * sends beneath it shares tokens, rate limits and lock-outs.
 *
 * It needs a runner of `@effect/cluster`, as `NodeClusterSocket.layer({ storage: "byo", shardingConfig: … })` of
 * `@effect/platform-node` on {@link layerStorage}, or {@link layerSingleRunner}, and its database. Without the database
 * nothing is acknowledged.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<
  Inbox | Leadership | SharedState,
  never,
  Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient
> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const { maxAttempts = 5, prefix = "cluster", retainCount = 100_000 } = options
    const inboxLimit = Math.max(1, options.inboxLimit ?? 100_000)
    const first = Duration.toMillis(options.retryDelay ?? "2 seconds")
    const longest = Duration.toMillis(options.maxRetryDelay ?? "5 minutes")
    yield* Tables.migrate(prefix)
    yield* Effect.orDie(Migrations.run)
    const sql = yield* SqlClient.SqlClient
    const dialect = Dialect.of(sql)
    const waking = yield* Waking.make
    const levels = yield* Levels.make({ inboxLimit, prefix })
    const storage = yield* MessageStorage.MessageStorage
    const desks = yield* Desks.make
    const deadLetters = yield* DeadLetters.make(levels.of)
    const owner = yield* uuid
    const sharding = yield* Sharding.Sharding
    const settling = yield* FiberMap.makeRuntime<never, string>()
    const stays: Unread.Stays = new Map()
    yield* Unread.watch(prefix, stays)
    const conversations = ConversationHandler.layer({
      desks,
      cardsOf: ({ entityId, shardId }) =>
        Cards.make(sql, dialect, accountOf(entityId), {
          owner,
          conversation: { line: keyOf(entityId), isHere: () => sharding.hasShardId(shardId) }
        }),
      settle: ({ entityId }, left) => settling(entityId, left),
      metricsOf: levels.of,
      readAgain: (address) => Effect.ignore(storage.resetAddress(address)),
      attempts: yield* Attempts.make(Tables.of(prefix)),
      deadLetters,
      stays,
      maxAttempts: Math.max(1, maxAttempts),
      pauseMs: (attempts) => Math.min(first * 4 ** (attempts - 1), longest),
      graceMs: Duration.toMillis(options.grace ?? "10 seconds")
    })
    const sweeping = Singleton.make(
      "effect-dingtalk/sweep",
      Sweep.sweep({
        prefix,
        retainMs: Duration.toMillis(options.retain ?? "1 day"),
        retainCount: Math.max(0, retainCount),
        retainDeadMs: Duration.toMillis(options.retainDead ?? "30 days"),
        retainDeadCount: Math.max(0, options.retainDeadCount ?? 10_000)
      }).pipe(
        within(chorePatience),
        Effect.catchAll((error) =>
          Effect.annotateLogs(Effect.logWarning(logEvents.sweepFailed), { module: "cluster", reason: error.message })
        ),
        Effect.repeat(sweepEvery)
      )
    )
    const burying = Singleton.make(
      "effect-dingtalk/closed",
      Effect.flatMap(Closed.make({ prefix, bury: deadLetters.keepUnread }), (bury) =>
        Effect.repeat(Effect.ignore(within(chorePatience)(bury)), buryEvery))
    )
    const givingBack = Singleton.make(
      "effect-dingtalk/giveBack",
      Effect.flatMap(DeadLetters.giveBack(prefix, desks.accounts), (giveBack) =>
        Effect.tap(within(chorePatience)(giveBack), waking.wake).pipe(
          Effect.repeat({
            while: ({ length }) =>
              length === DeadLetters.mostAtOnce
          }),
          // It is tried again in a moment, and without the database much else is said.
          Effect.ignore,
          Effect.repeat(giveBackEvery)
        ))
    )
    return Layer.mergeAll(
      conversations,
      sweeping,
      Waking.layer,
      burying,
      givingBack,
      Layer.scoped(
        Inbox,
        ClusterInbox.make({
          desks,
          messages: Tables.of(prefix).messages,
          waking,
          levels,
          inboxLimit,
          deadLetters: Admin.deadLetters(sql)
        })
      ),
      Layer.succeed(Leadership, ConnectionElection.make(sharding)),
      DingTalkSharing.layer({ egress: options.egress })
    )
  }))

/**
 * The storage of a runner: `NodeClusterSocket.layer({ storage: "byo", shardingConfig })` on it writes down together what is
 * handled at the same time; with `storage: "sql"`, on the same tables, each message takes a transaction of its own for that.
 * `prefix` is that of {@link Options}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStorage = (
  config: Partial<Context.Tag.Service<ShardingConfig.ShardingConfig>>,
  { prefix = "cluster" }: Pick<Options, "prefix"> = {}
): Layer.Layer<MessageStorage.MessageStorage | RunnerStorage.RunnerStorage, ConfigError, SqlClient.SqlClient> =>
  Layer.merge(Storage.layer(prefix), SqlRunnerStorage.layerWith({ prefix })).pipe(
    Storage.madeByOneOf,
    Layer.orDie,
    Layer.provide(ShardingConfig.layerFromEnv(config))
  )

/**
 * A cluster of one, for development: the same, in this process alone, on the database of the context, which may be SQLite.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSingleRunner = (
  options: Options = {}
): Layer.Layer<Inbox | Leadership | SharedState, ConfigError, SqlClient.SqlClient> =>
  layer(options).pipe(
    Layer.provide(Sharding.layer),
    Layer.provide([Runners.layerNoop, RunnerHealth.layerNoop]),
    Layer.provide([Storage.layer(options.prefix ?? "cluster"), RunnerStorage.layerMemory]),
    Layer.provide(ShardingConfig.layerFromEnv(shardingConfig))
  )
