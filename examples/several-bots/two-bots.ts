import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender, type Message } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const config: DingTalkConfig.Input = {
  ordering: "conversation", // holds for every account that does not say otherwise
  accounts: {
    ops: { clientId: process.env["OPS_ID"], clientSecret: process.env["OPS_SECRET"], allowedUsers: ["zhangsan"] },
    hr: { clientId: process.env["HR_ID"], clientSecret: process.env["HR_SECRET"] }
  }
}

const ops = (message: Message.Message) => DingTalkSender.reply(message, `运维：${message.text}`)
const hr = (message: Message.Message) => DingTalkSender.reply(message, `人事：${message.text}`)

// One channel for all of them: who was spoken to is in the message, and answers go out as that robot.
const Bots = DingTalkChannel.layer({
  onMessage: (message) => {
    switch (message.accountId) {
      case "ops":
        return ops(message)
      case "hr":
        return hr(message)
      default:
        return Effect.dieMessage(`no handler for account ${message.accountId}`)
    }
  }
})

const Main = Bots.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerUnknown(config)),
  Layer.provide(NodeDingTalk.layer())
)

// Fails as soon as one of them can't go on.
DingTalkChannel.run({ failOn: "first" }).pipe(Effect.provide(Main), NodeRuntime.runMain)
