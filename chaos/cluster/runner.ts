/**
 * One runner of a cluster, as a process of its own: says on its standard output, a line of JSON each, what it does.
 * Its argument is a {@link Options} as JSON.
 */
import * as RunnerAddress from "@effect/cluster/RunnerAddress"
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Socket } from "node:net"
import * as DingTalkCluster from "../../src/cluster/DingTalkCluster.ts"
import * as DingTalkChannel from "../../src/DingTalkChannel.ts"
import * as DingTalkConfig from "../../src/DingTalkConfig.ts"
import * as NodeDingTalk from "../../src/node/NodeDingTalk.ts"
import { type Address, forward } from "./forward.ts"

export interface Options {
  readonly name: string
  readonly url: string
  readonly port: number
  readonly host?: string
  readonly config: unknown
  readonly handlerMs: number
  readonly maxAttempts?: number
  readonly log?: boolean
  /** Ports of this loopback that stand for ports elsewhere. */
  readonly forwards?: ReadonlyArray<Address>
  /** Say nothing of each message, only so many a second. */
  readonly counts?: boolean
}

const options: Options = JSON.parse(process.argv[2] ?? "{}")
const say = (fact: object) => {
  process.stdout.write(`${JSON.stringify({ runner: options.name, at: Date.now(), ...fact })}\n`)
}

let handled = 0
const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    Effect.gen(function*() {
      const { accountId: account, attempt, conversationId: conversation, messageId, text } = message
      if (options.counts === true) {
        handled += 1
        return
      }
      say({ event: "begin", account, conversation, messageId, text, attempt })
      if (text.startsWith("die")) return yield* Effect.dieMessage("as asked")
      if (text.startsWith("once") && attempt === 1) return yield* Effect.dieMessage("once, as asked")
      if (text.startsWith("kill")) process.kill(process.pid, "SIGKILL")
      yield* Effect.sleep(options.handlerMs)
      say({ event: "end", account, conversation, messageId, text, attempt })
    }),
  onDeadLetter: ({ text }, { attempts }) => Effect.sync(() => say({ event: "dead", text, attempts }))
})

/** A transaction of a machine that is cut off must not hold its locks until the server finds out by itself. */
const session = encodeURIComponent("-c idle_in_transaction_session_timeout=4000")

/** A connection that is cut off is given up, as docs/cluster.md has it. */
const stream = () => {
  const socket = new Socket()
  return socket.setTimeout(15_000, () => socket.destroy(new Error("the database does not answer")))
}

const shardingConfig = {
  ...DingTalkCluster.shardingConfig,
  runnerAddress: Option.some(RunnerAddress.make(options.host ?? "127.0.0.1", options.port))
}

const Main = Layer.scopedDiscard(Effect.gen(function*() {
  const channel = yield* DingTalkChannel.DingTalkChannel
  yield* channel.statusChanges.pipe(
    Stream.runForEach((statuses) =>
      Effect.sync(() =>
        say({ event: "status", statuses: Object.fromEntries([...statuses].map(([id, { _tag }]) => [id, _tag])) })
      )
    ),
    Effect.forkScoped
  )
})).pipe(
  Layer.provide(Bot),
  Layer.provide(DingTalkConfig.layerUnknown(options.config)),
  Layer.provide(NodeDingTalk.layer()),
  Layer.provide(DingTalkCluster.layer({ maxAttempts: options.maxAttempts })),
  Layer.provide(NodeClusterSocket.layer({ storage: "byo", shardingConfig })),
  Layer.provide(DingTalkCluster.layerStorage(shardingConfig)),
  Layer.provide(PgClient.layer({ url: Redacted.make(`${options.url}?options=${session}`), stream, maxConnections: 20 }))
)

/** To stderr, for stdout is for what is said. */
const logging = Layer.merge(
  Logger.minimumLogLevel(options.log === true ? LogLevel.Debug : LogLevel.Error),
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.logfmtLogger))
)

for (const to of options.forwards ?? []) forward({ host: "127.0.0.1", port: to.port }, to)
if (options.counts === true) setInterval(() => say({ event: "handled", handled }), 250).unref()
say({ event: "up" })
process.on("exit", () => say({ event: "gone", handled }))
NodeRuntime.runMain(Effect.provide(Layer.launch(Main), logging), { disablePrettyLogger: true })
