import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"
import { Bot } from "./bot.ts"

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

// Runs until it is stopped, or DingTalk refuses it for good: then the reason is printed, and the exit code is 1.
DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
