import { Context, Effect, Layer, Stream } from "effect"
import { DingTalkChannel, DingTalkSender, type Message } from "effect-dingtalk"

// A handler is an Effect with requirements of its own …
export class Orders extends Context.Tag("Orders")<Orders, {
  readonly find: (id: string) => Effect.Effect<string, "NotFound">
}>() {}

const answer = Effect.fn("answer")(function*(message: Message.Message) {
  const orders = yield* Orders
  return yield* orders.find(message.text).pipe(
    Effect.orElseSucceed(() => `没有订单 ${message.text}`)
  )
})

// … and with typed errors: what you do about each way of not getting through is yours to say.
export const Bot = DingTalkChannel.layer({
  onMessage: (message) =>
    Effect.flatMap(answer(message), (text) => DingTalkSender.reply(message, text)).pipe(
      Effect.catchTags({
        Ambiguous: (error) => Effect.logWarning("may or may not have arrived", error.message),
        Refused: (error) => Effect.logWarning("does not want to hear from us", error.users)
      })
    ),
  onDropped: (message) => DingTalkSender.reply(message, "太忙了，请稍后再试"),
  onEvent: (event) => Effect.log("event", event.eventType),
  onCardAction: (action) => Effect.succeed({ cardData: { status: `${action.userId} 已处理` } })
})

// Where each account stands, as it changes.
export const Watch = Layer.scopedDiscard(
  Effect.flatMap(DingTalkChannel.DingTalkChannel, (channel) =>
    channel.statusChanges.pipe(
      Stream.runForEach((statuses) => Effect.log("accounts", [...statuses].map(([id, { _tag }]) => `${id}: ${_tag}`))),
      Effect.forkScoped
    ))
)
