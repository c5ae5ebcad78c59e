/**
 * `play`: a chat with a robot in the browser, on this machine alone.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { CommandLine } from "../argv/CommandLine.ts"
import * as Options from "../argv/options.ts"
import * as Answering from "../exec/answering.ts"

const description =
  "Chat with a robot in the browser: DingTalk is played on this machine, without an account and without a " +
  "network. The robot is COMMAND, as in exec; without one, a built-in robot; with --own, one that you start yourself. " +
  "What goes wrong with DingTalk goes wrong at a click, and a conversation can be saved as a test."

const options = {
  logFormat: Options.logFormat,
  port: Options.port("port").pipe(
    CliOptions.withDescription("The port of the page on 127.0.0.1; 0 for any. Default: 0."),
    CliOptions.withDefault(0)
  ),
  dingtalkPort: Options.port("dingtalk-port").pipe(
    CliOptions.withDescription(
      "The port of the DingTalk that is played, for a robot of your own; 0 for any. Default: 0."
    ),
    CliOptions.withDefault(0)
  ),
  own: CliOptions.boolean("own").pipe(
    CliOptions.withDescription("Start no robot: the page says what yours needs in order to connect.")
  ),
  open: CliOptions.boolean("open").pipe(CliOptions.withDescription("Open the page in the browser.")),
  robotOnly: CliOptions.boolean("robot-only").pipe(
    CliOptions.withDescription(
      "Run the built-in robot alone, with the settings of the environment, as a saved test does."
    )
  ),
  ...Answering.options
}

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("play", options, (given) =>
  Effect.gen(function*() {
    const { command } = yield* CommandLine
    // A web server and a robot, which the other commands do without.
    const { run } = yield* Effect.promise(() => import("../play/playground.ts"))
    return yield* run(given, command)
  })).pipe(Command.withDescription(description))
