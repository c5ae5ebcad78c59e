import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { DingTalkConsole } from "effect-dingtalk/console"
import { NodeDingTalk } from "effect-dingtalk/node"

const Main = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
}).pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer()),
  Layer.provide(DingTalkConsole.layer({ port: 7788 })) // under the robot: it sees channels that are built above it
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
