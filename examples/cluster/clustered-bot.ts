import { RunnerAddress } from "@effect/cluster"
import { NodeClusterSocket, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Config, Effect, Layer, Option } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { DingTalkCluster } from "effect-dingtalk/cluster"
import { NodeDingTalk } from "effect-dingtalk/node"
import { Socket } from "node:net"

const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    DingTalkSender.reply(message, message.attempt === 1 ? `你说：${message.text}` : "我又来了，刚才没说完")
})

// The address at which the other runners reach this one.
const Runner = Layer.unwrapEffect(Effect.map(
  Config.all({ host: Config.string("RUNNER_HOST"), port: Config.integer("RUNNER_PORT") }),
  ({ host, port }) => {
    const shardingConfig = {
      ...DingTalkCluster.shardingConfig,
      runnerAddress: Option.some(RunnerAddress.make(host, port))
    }
    return NodeClusterSocket.layer({ storage: "byo", shardingConfig }).pipe(
      Layer.provideMerge(DingTalkCluster.layerStorage(shardingConfig))
    )
  }
))

// A connection does not know by itself that its cable is cut: one that is silent for 15 seconds is given up.
const stream = () => {
  const socket = new Socket()
  return socket.setTimeout(15_000, () => socket.destroy(new Error("the database does not answer")))
}

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig),
  Layer.provide(NodeDingTalk.layer()),
  Layer.provide(DingTalkCluster.layer()),
  Layer.provide(Runner),
  Layer.provide(PgClient.layerConfig({ url: Config.redacted("DATABASE_URL"), stream: Config.succeed(stream) }))
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
