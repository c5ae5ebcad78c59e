import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkConfig, DingTalkMedia, DingTalkSender, type Message } from "effect-dingtalk"
import { NodeDingTalk } from "effect-dingtalk/node"

const list = (names: ReadonlyArray<string>) =>
  DingTalkMedia.fromBytes(new TextEncoder().encode(names.join("\n")), "received.txt")

// Keeps what people send, and answers with a list of it.
const onMessage = Effect.fn("onMessage")(function*(message: Message.Message) {
  // What somebody said by voice, DingTalk has written down already.
  if (message._tag === "Audio") return yield* DingTalkSender.reply(message, `听到了：${message.text}`)
  const saved = yield* Effect.forEach(
    message.media,
    (media) => DingTalkMedia.downloadTo("received", message, media, { maxBytes: 50 * 1024 * 1024 })
  )
  if (saved.length === 0) return yield* DingTalkSender.reply(message, "发个文件给我吧")
  const names = saved.map(({ fileName, size }) => `${fileName}: ${size} bytes`)
  return yield* DingTalkMedia.reply(message, list(names), { kind: "file", zip: true })
})

const Main = DingTalkChannel.layer({ onMessage }).pipe(
  Layer.provide(DingTalkSender.layer),
  Layer.provide(DingTalkConfig.layerConfig), // DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
  Layer.provide(NodeDingTalk.layer()),
  Layer.provide(NodeContext.layer) // the file system
)

DingTalkChannel.run().pipe(Effect.provide(Main), NodeRuntime.runMain)
