/** A cluster of one on a database of its own, for tests of tier 2. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as DingTalkSender from "../../src/DingTalkSender.ts"
import type { Handlers } from "../../src/inbound/Handlers.ts"
import type { Inbox } from "../../src/inbound/Inbox.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import type * as FakeDingTalk from "../../src/testing/FakeDingTalk.ts"
import { file } from "../sql/world.ts"
import { database } from "../utils/database.ts"
import { postgresMissing } from "../utils/postgres.ts"

export type Client = Layer.Layer<SqlClient.SqlClient, unknown>

export type Database = Effect.Effect<Client, never, Scope.Scope>

export const sqlite: Database = Effect.map(file, (filename) => SqliteClient.layer({ filename }))

export const server: Database = Effect.map(database, (url) => PgClient.layer({ url: Redacted.make(url) }))

/** Both, or that which is here, each with its name. */
export const databases: ReadonlyArray<readonly [name: string, database: Database, missing: string | undefined]> = [
  ["SQLite", sqlite, undefined],
  [`PostgreSQL${postgresMissing ?? ""}`, server, postgresMissing]
]

/** Starts a robot with what keeps its messages, and gives the database's client. */
export const start = (
  config: unknown,
  client: Client,
  handlers: Handlers<DingTalkSender.DingTalkSender>,
  inbox: Layer.Layer<Inbox, unknown, SqlClient.SqlClient> = DingTalkCluster.layerSingleRunner({
    retryDelay: "20 millis"
  }),
  logger: Layer.Layer<never> = Logger.remove(Logger.defaultLogger)
) =>
  Effect.map(
    Layer.build(
      DingTalkChannel.layer(handlers).pipe(
        Layer.provide(DingTalkSender.layer),
        Layer.provide(DingTalkConfig.layerUnknown(config)),
        Layer.provide(NodeDingTalk.layer()),
        Layer.provide(inbox),
        Layer.provideMerge(Layer.fresh(client)),
        Layer.provide(logger)
      )
    ),
    Context.get(SqlClient.SqlClient)
  )

export const until = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) =>
  Effect.retry(Effect.filterOrFail(effect, isSo, () => "not yet"), Schedule.spaced("20 millis")).pipe(
    Effect.timeout("15 seconds")
  )

/** Keeps messages of one conversation that nobody comes to. */
export const keep = (
  fake: FakeDingTalk.Fake,
  client: Client,
  group: string,
  texts: ReadonlyArray<string>,
  inbox?: Parameters<typeof start>[3]
) =>
  Effect.scoped(Effect.gen(function*() {
    yield* start({ ...fake.config, drainTimeoutMs: 50 }, client, { onMessage: () => Effect.never }, inbox)
    yield* fake.awaitConnection
    for (const text of texts) yield* fake.say(text, { group, mention: true })
    yield* fake.awaitAllAcked
  })).pipe(
    // Until then, DingTalk might still send something to a robot that is gone.
    Effect.zipLeft(fake.awaitClosed())
  )

/** Runs an effect on the database with a client of its own, as the command line has one. */
export const outside = (client: Client) => <A, E, R>(effect: Effect.Effect<A, E, R | SqlClient.SqlClient>) =>
  Effect.provide(effect, Layer.fresh(client))
