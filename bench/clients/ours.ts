/**
 * This package, through its public entry points and with its default settings: typed messages, the gate, the redelivery
 * memory, the queue that drops when it is full, the workers, the metrics.
 */
import type { SqlClient } from "@effect/sql/SqlClient"
import { DingTalkChannel, DingTalkConfig, Inbox, type Message, metrics, StreamTiming } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { spec } from "../harness/child.ts"
import type { ClientSpec, Work } from "../protocol.ts"
import { burn, burns, type Client, clientIds, type Counter, counter, run } from "./client.ts"
import { recordingTracer } from "./recordingTracer.ts"

const handler = (work: Work, handled: Counter): (message: Message.Message) => Effect.Effect<void> => {
  switch (work._tag) {
    case "Nothing":
      return () => {
        handled.count()
        return Effect.void
      }
    case "Remember":
      return (message) => Effect.sync(() => handled.countId(message.messageId))
    case "Burn":
      return () =>
        Effect.sync(() => {
          if (burns(work, handled.count())) burn(work.ms)
        })
    case "Sleep":
      return () => {
        handled.count()
        return Effect.sleep(work.ms)
      }
  }
}

const settings = ({ gatewayUrl, group, ordering }: ClientSpec, accounts: number) => ({
  apiBaseUrl: gatewayUrl,
  ordering,
  accounts: Object.fromEntries(
    clientIds(group, 1, accounts).map((clientId) => [clientId, { clientId, clientSecret: "s3cr3t" }])
  )
})

const tracing: { readonly [T in ClientSpec["tracing"]]: Layer.Layer<never> } = {
  default: Layer.empty,
  off: Layer.setTracerEnabled(false),
  recording: Layer.setTracer(recordingTracer)
}

const untilConnected = (accounts: number) =>
  Effect.flatMap(DingTalkChannel.DingTalkChannel, ({ statusChanges }) =>
    statusChanges.pipe(
      Stream.filter((statuses) =>
        // In a cluster another runner may have the connection.
        [...statuses.values()].filter(({ _tag }) => _tag === "Connected" || _tag === "Standby").length === accounts
      ),
      Stream.runHead
    ))

/** What a thousand connections cost is measured, not how long DingTalk's limit has them wait. */
const timing = ({ healthyMs = StreamTiming.defaults.healthyMs }: ClientSpec) =>
  Layer.succeed(StreamTiming.StreamTiming, { ...StreamTiming.defaults, openingBurst: 10_000, healthyMs })

const cluster = ({ port, url }: NonNullable<ClientSpec["cluster"]>) =>
  Layer.unwrapEffect(Effect.promise(async () => {
    const [{ DingTalkCluster }, NodeClusterSocket, PgClient, RunnerAddress] = await Promise.all([
      import("effect-dingtalk/cluster"),
      import("@effect/platform-node/NodeClusterSocket"),
      import("@effect/sql-pg/PgClient"),
      import("@effect/cluster/RunnerAddress")
    ])
    const shardingConfig = {
      ...DingTalkCluster.shardingConfig,
      runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", port))
    }
    return DingTalkCluster.layer().pipe(
      Layer.provide(NodeClusterSocket.layer({ storage: "byo", shardingConfig })),
      Layer.provide(DingTalkCluster.layerStorage(shardingConfig)),
      Layer.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 20 }))
    )
  }))

const database = async (place: string): Promise<Layer.Layer<SqlClient, unknown>> => {
  if (!place.startsWith("postgresql:")) {
    const SqliteClient = await import("@effect/sql-sqlite-node/SqliteClient")
    return SqliteClient.layer({ filename: place })
  }
  const PgClient = await import("@effect/sql-pg/PgClient")
  return PgClient.layer({ url: Redacted.make(place) })
}

/** Loaded where there is one only: start-up is measured, too. */
const inbox = (place: string | undefined) =>
  place === undefined ? Inbox.layerMemory : Layer.unwrapEffect(Effect.promise(async () => {
    const [{ DingTalkInbox }, client] = await Promise.all([import("effect-dingtalk/sql"), database(place)])
    return DingTalkInbox.layer({ inboxLimit: 10_000_000 }).pipe(Layer.provide(client))
  }))

const behind = (spec: ClientSpec): Layer.Layer<Inbox.Inbox, unknown> =>
  spec.cluster === undefined ? inbox(spec.inbox) : cluster(spec.cluster)

/** Reads sums over all accounts of the client. The metrics are made once: making them is not part of a measurement. */
const reader = (spec: ClientSpec) => {
  const all = clientIds(spec.group, 1, spec.accounts).map(metrics.forAccount)
  return (metric: "received" | "dropped"): Effect.Effect<number> =>
    Effect.map(
      Effect.forEach(all, (ofAccount) => Metric.value(ofAccount[metric])),
      (states) => states.reduce((total, { count }) => total + count, 0)
    )
}

const connect = async (spec: ClientSpec): Promise<Client> => {
  const handled = counter()
  let sum: ReturnType<typeof reader> | undefined
  const runtime = ManagedRuntime.make(
    DingTalkChannel.layer({ onMessage: handler(spec.work, handled) }).pipe(
      Layer.provide(behind(spec)),
      Layer.provide(DingTalkConfig.layerUnknown(settings(spec, spec.accounts))),
      Layer.provide(NodeDingTalk.layer()),
      Layer.provide(timing(spec)),
      Layer.provide(tracing[spec.tracing])
    )
  )
  await runtime.runPromise(untilConnected(spec.accounts))
  return {
    grow: (accounts) =>
      runtime.runPromise(Effect.gen(function*() {
        const channel = yield* DingTalkChannel.DingTalkChannel
        yield* channel.reload(yield* DingTalkConfig.decodeUnknown(settings(spec, accounts)))
        yield* untilConnected(accounts)
      })),
    tally: () => {
      const total = sum ??= reader(spec)
      return runtime.runPromise(Effect.gen(function*() {
        return {
          handled: handled.handled(),
          handledTwice: handled.handledTwice(),
          dropped: yield* total("dropped"),
          counted: yield* total("received")
        }
      }))
    }
  }
}

await run(spec(), connect)
