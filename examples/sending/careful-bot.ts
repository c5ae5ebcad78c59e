import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkSender, type Message } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const answer = (message: Message.Message) =>
  DingTalkSender.reply(message, `你说：${message.text}`).pipe(
    Effect.tap(({ chunks }) => Effect.log(`${chunks.length} message(s) went out`)),
    Effect.catchTags({
      // It may have arrived: sending it again could show it twice.
      Ambiguous: () => Effect.log("perhaps it went out; not sending it again"),
      // The first parts of a long text did arrive.
      PartialSend: ({ failed, sent }) => Effect.log(`only ${sent.length} parts went out: ${failed.error.message}`),
      // Nothing went out, and nothing will for a while.
      Throttled: ({ retryAfterMs }) => Effect.log(`DingTalk wants us to wait for ${retryAfterMs} ms`)
    }),
    // Whatever else there is: the message says what to do about it.
    Effect.catchAll((error) => Effect.logError(error.message))
  )

const Main = DingTalkChannel.layer({ onMessage: answer }).pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer())
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
