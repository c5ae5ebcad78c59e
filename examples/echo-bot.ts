import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const Bot = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
})

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

// Runs until you stop it. If DingTalk refuses the account for good, it fails with PermanentAuth or StreamStall: the
// reason is printed, and the exit code is 1.
DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
