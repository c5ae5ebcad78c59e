import { Context, Effect, Schema } from "effect"
import { DingTalkChannel, DingTalkCommands, DingTalkSender } from "effect-dingtalk"

export class Deployer extends Context.Tag("Deployer")<Deployer, {
  readonly deploy: (service: string, version: number | undefined) => Effect.Effect<string>
}>() {}

const deploy = DingTalkCommands.command("deploy", {
  aliases: ["部署"],
  description: "把服务部署到线上",
  // Given by position or by name: /deploy web 2, /deploy web --version 2, ／部署 web version=2
  args: Schema.Struct({ service: Schema.String, version: Schema.optional(Schema.NumberFromString) }),
  allowed: "admins",
  handler: (message, { service, version }) =>
    Effect.flatMap(Deployer, (deployer) => deployer.deploy(service, version)).pipe(
      Effect.flatMap((done) => DingTalkSender.reply(message, done))
    )
})

const remind = DingTalkCommands.command("remind", {
  aliases: ["提醒"],
  description: "过一会儿提醒我",
  args: Schema.Struct({ minutes: Schema.NumberFromString.pipe(Schema.positive()), text: Schema.String }),
  rest: "text", // all that is left, as it was written
  handler: (message, { minutes, text }) => DingTalkSender.reply(message, text).pipe(Effect.delay(`${minutes} minutes`))
})

const router = DingTalkCommands.make({
  commands: [deploy, remind],
  admins: ["boss"], // besides the administrators of the organisation
  fallback: (message) => DingTalkSender.reply(message, "发送 /help 看看我会什么")
})

export const Bot = DingTalkChannel.layer({ onMessage: router.handle })
