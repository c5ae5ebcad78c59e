import { KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { DingTalkChannel, DingTalkCommands, DingTalkMemory, DingTalkSender } from "effect-dingtalk"

// Your language model: it gets what was said before, oldest first, and the question.
export class Model extends Context.Tag("Model")<Model, {
  readonly answer: (before: ReadonlyArray<DingTalkMemory.Turn>, question: string) => Effect.Effect<string>
}>() {}

const startOver = DingTalkCommands.command("new", {
  aliases: ["重来"],
  description: "忘掉之前说的",
  handler: (message) =>
    Effect.flatMap(DingTalkMemory.DingTalkMemory, ({ forget }) => forget(message)).pipe(
      Effect.zipRight(DingTalkSender.reply(message, "好的，我们重新开始"))
    )
})

const router = DingTalkCommands.make({
  commands: [startOver],
  fallback: DingTalkMemory.remembering((message, before) =>
    Effect.flatMap(Model, (model) => model.answer(before, message.text)).pipe(
      Effect.tap((answer) => DingTalkSender.reply(message, answer))
    )
  )
})

export const Bot = DingTalkChannel.layer({ onMessage: router.handle })

// The last ten questions and answers of each conversation, in files. Needs `"ordering": "conversation"`.
export const Memory = DingTalkMemory.layer({ maxTurns: 20, expireAfter: "3 days" }).pipe(
  Layer.provide(KeyValueStore.layerFileSystem("memory")),
  Layer.provide(NodeContext.layer)
)
