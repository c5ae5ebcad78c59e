import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender, RobotMessage } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const menu = RobotMessage.ActionCardVertical({
  title: "午饭",
  text: "### 今天吃什么？",
  buttons: [
    { title: "面", url: "https://example.com/noodles" },
    { title: "饭", url: "https://example.com/rice" }
  ]
})

const Bot = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.replyMessage(message, menu)
})

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
