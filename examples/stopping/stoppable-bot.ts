import { Context, Effect, type Stream } from "effect"
import { DingTalkCards, DingTalkChannel, DingTalkReactions, DingTalkSender, type Message } from "effect-dingtalk"

// A model: whatever gives a Stream of strings.
export class Model extends Context.Tag("Model")<Model, {
  readonly answer: (question: string) => Stream.Stream<string, Error>
}>() {}

const isStop = (text: string) => ["/stop", "停"].includes(text.trim().toLowerCase())

const answer = DingTalkReactions.withThinking((message: Message.Message) =>
  Effect.gen(function*() {
    const model = yield* Model
    return yield* DingTalkCards.streamReply(message, model.answer(message.text), {
      stopButton: "停止", // a button on the card, until the answer ends
      stopped: "（好的，不说了）" // what the card then ends with
    })
  })
)

export const Bot = DingTalkChannel.layer({
  // By a word: it goes before all that waits, and before the order of its conversation.
  overtakes: ({ text }) => isStop(text),
  onMessage: (message) =>
    Effect.gen(function*() {
      if (isStop(message.text)) {
        const stopped = yield* DingTalkChannel.interrupt(message)
        return yield* DingTalkSender.reply(message, stopped === 0 ? "没有在回答的问题" : "已停止")
      }
      return yield* answer(message)
    }),
  // By the button: its card is the one that the handler is writing.
  onCardAction: (action) =>
    action.actionIds.includes(DingTalkCards.stopAction)
      ? Effect.asVoid(DingTalkChannel.interrupt(action))
      : Effect.void
})
