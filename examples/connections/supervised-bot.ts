import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Stream } from "effect"
import { AccountStatus, DingTalkChannel, DingTalkConfig, DingTalkSender } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const Bot = DingTalkChannel.layer({
  onMessage: (message) => DingTalkSender.reply(message, `你说：${message.text}`)
})

const Main = Bot.pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

// One of several robots is gone: tell somebody at once, the others go on.
const alarm = DingTalkChannel.stops.pipe(
  Stream.runForEach(({ account, reason }) => Effect.logError(`${account} stopped: ${AccountStatus.nameOf(reason)}`))
)

// All are gone. What is not handled here is printed, and the exit code is 1: a supervisor notices.
const program = Effect.zipRight(Effect.fork(alarm), DingTalkChannel.run()).pipe(
  Effect.catchTags({
    // A person has to act, and is told what to do.
    PermanentAuth: (error) => Effect.zipRight(Effect.logError(`please: ${error.hint}`), Effect.fail(error)),
    // DingTalk hangs up again and again: perhaps it is better later, when the supervisor starts us again.
    StreamStall: (error) => Effect.zipRight(Effect.sleep("10 minutes"), Effect.fail(error))
  })
)

program.pipe(Effect.provide(Main), NodeRuntime.runMain)
