import { Context, Effect } from "effect"
import { DingTalkChannel, DingTalkSender, type Message } from "effect-dingtalk"

// What takes its time: a model, a report, a deployment.
export class Work extends Context.Tag("Work")<Work, {
  readonly on: (message: Message.Message) => Effect.Effect<string, "Failed">
}>() {}

const apologise = (message: Message.Message, text: string) => Effect.ignore(DingTalkSender.reply(message, text))

export const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    Effect.flatMap(Work, (work) => work.on(message)).pipe(
      Effect.flatMap((answer) => DingTalkSender.reply(message, answer)),
      // At work when the time of a stop is up: this is the last that is heard of the message.
      Effect.onInterrupt(() => apologise(message, "正在重启，请稍后再发一次")),
      // Failed, died or timed out: DingTalk has its acknowledgement, and does not bring it again.
      Effect.tapErrorCause(() => apologise(message, "出错了，请再试一次"))
    ),
  // No room left.
  onDropped: (message) => apologise(message, "太忙了，请稍后再试")
})
