import { Context, Effect, type Stream } from "effect"
import { DingTalkCards, DingTalkChannel, DingTalkReactions } from "effect-dingtalk"

// Your language model: anything that gives its answer piece by piece.
export class Model extends Context.Tag("Model")<Model, {
  readonly answer: (question: string) => Stream.Stream<string, Error>
}>() {}

// A reaction ("🤔思考中") while it thinks, then a card that types like a person and ends finished, or marked failed.
export const Bot = DingTalkChannel.layer({
  onMessage: DingTalkReactions.withThinking((message) =>
    Effect.flatMap(Model, ({ answer }) => DingTalkCards.streamReply(message, answer(message.text)))
  )
})
