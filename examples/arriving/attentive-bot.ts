import { Cache, Effect, Layer, Ref } from "effect"
import { DingTalkChannel, DingTalkSender } from "effect-dingtalk"

export const Bot = Layer.unwrapEffect(Effect.gen(function*() {
  // Whether somebody was told already: forgotten after an hour.
  const told = yield* Cache.make({
    capacity: 10_000,
    timeToLive: "1 hour",
    lookup: (_person: string) => Ref.make(false)
  })
  return DingTalkChannel.layer({
    // A photo, then “what is this?”: one question.
    onMessages: (messages) => {
      const [first] = messages
      const photos = messages.filter(({ _tag }) => _tag === "Picture").length
      const question = messages.map(({ text }) => text).filter((text) => text !== "").join("\n")
      return DingTalkSender.reply(first, `${photos} 张照片，问题是：${question}`)
    },
    // Said during an outage, and brought now (the setting staleAfterMs).
    onStale: (message) => DingTalkSender.reply(message, `“${message.text}”收到得太晚了，还需要吗？`),
    // Not permitted: say so once per person and hour.
    onGated: (message, reason) =>
      Effect.gen(function*() {
        if (reason !== "sender") return
        const wasTold = yield* Ref.getAndSet(yield* told.get(message.senderId), true)
        if (!wasTold) yield* DingTalkSender.reply(message, "您没有使用我的权限，请联系管理员")
      })
  })
}))
