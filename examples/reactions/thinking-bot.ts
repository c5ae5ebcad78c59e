import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkReactions, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const Bot = DingTalkChannel.layer({
  // "🤔思考中" stands under the message until the handler has ended, however it ends.
  onMessage: DingTalkReactions.withThinking((message) =>
    DingTalkSender.reply(message, `想好了：${message.text}`).pipe(Effect.delay("2 seconds"))
  )
})

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
