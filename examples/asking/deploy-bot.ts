import { Context, Effect } from "effect"
import { DingTalkCards, DingTalkChannel, DingTalkSender } from "effect-dingtalk"

export class Deployer extends Context.Tag("Deployer")<Deployer, {
  readonly deploy: (where: string) => Effect.Effect<string>
}>() {}

export const Bot = DingTalkChannel.layer({
  asks: true, // hear what people answer
  onMessage: (message) =>
    Effect.gen(function*() {
      // Whoever wrote the message is asked, in the same chat.
      const { choice } = yield* DingTalkCards.ask(message, {
        question: "部署到哪里？",
        choices: [{ value: "test", label: "测试环境" }, { value: "prod", label: "生产环境" }],
        expireAfter: "5 minutes"
      })
      // An approval is one line: somebody else, wherever they are.
      if (choice === "prod") {
        const approved = yield* DingTalkCards.confirm(
          { to: "user:boss" },
          `${message.senderName} 要部署到生产环境，同意吗？`,
          { yes: "同意", no: "拒绝", expireAfter: "1 hour" }
        )
        if (!approved) return yield* DingTalkSender.reply(message, "没有得到批准")
      }
      const deployer = yield* Deployer
      return yield* DingTalkSender.reply(message, yield* deployer.deploy(choice))
    }).pipe(
      Effect.catchTag("AskExpired", () => DingTalkSender.reply(message, "等得太久了，请重新发起"))
    )
})
