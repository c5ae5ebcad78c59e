/**
 * `send`: a text to a person or a group.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as DingTalkSender from "../../DingTalkSender.ts"
import { toJson } from "../internal/printable.ts"
import * as Stdin from "../internal/stdin.ts"
import * as Network from "../network.ts"
import * as Options from "../options.ts"
import { Stdout } from "../stdout.ts"

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  account: CliOptions.text("account").pipe(
    CliOptions.withPseudoName("ID"),
    CliOptions.withDescription("The account that sends. Default: `default`, or else the first."),
    CliOptions.optional
  ),
  to: CliOptions.text("to").pipe(
    CliOptions.withPseudoName("TARGET"),
    CliOptions.withDescription("user:<staff id>, or chat:<conversation id> for a group.")
  ),
  text: CliOptions.text("text").pipe(
    CliOptions.withPseudoName("TEXT"),
    CliOptions.withDescription("What to say; - reads it from stdin.")
  )
}

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "send",
  options,
  ({ account, config, logFormat, text, to }) =>
    Effect.gen(function*() {
      const settings = yield* Options.settings(config)
      const stdout = yield* Stdout
      const sender = DingTalkSender.layer.pipe(
        Layer.provide(DingTalkConfig.layer(settings)),
        Layer.provide(Network.layer)
      )
      const { chatId, chunks, messageId } = yield* DingTalkSender.send({
        account: Option.getOrUndefined(account),
        to,
        text: text === "-" ? yield* Stdin.all : text
      }).pipe(Effect.provide(sender))
      yield* stdout.writeLine(toJson({ messageId, chatId, chunks }))
    }).pipe(Effect.provide(Options.logging(logFormat)))
).pipe(
  Command.withDescription("Send a text to a person or a group, and print DingTalk's id of it as a line of JSON.")
)
