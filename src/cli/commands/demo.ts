/**
 * `demo`: what this program is about, in twenty seconds, on this machine alone.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as NodeDingTalk from "../../node/NodeDingTalk.ts"
import * as FakeDingTalk from "../../testing/FakeDingTalk.ts"
import * as Options from "../argv/options.ts"
import * as Acts from "../demo/acts.ts"
import * as Page from "../demo/page.ts"
import { cast } from "../demo/robot.ts"
import { robot, type Stage } from "../demo/stage.ts"
import * as Stdin from "../process/stdin.ts"
import { Stdout } from "../process/Stdout.ts"
import * as Terminal from "../terminal/terminal.ts"

const opening = (page: Page.Page): string =>
  `${page.title("effect-dingtalk: DingTalk (钉钉) robots that stay connected, and say so when they are not")}

   This is a real robot talking to a DingTalk that is simulated in this process. Nothing leaves this machine.`

const closing = (page: Page.Page): string => `
${page.title("That was all of it.")} What next:

   effect-dingtalk simulate    the same DingTalk, for a robot of your own, in any language
   effect-dingtalk doctor      checks your real account step by step
   effect-dingtalk --help      everything else`

/** Somebody at the keyboard talks to the robot, until Ctrl-D or Ctrl-C. */
const talkToIt = ({ fake, page, print }: Stage) => {
  const you = { staffId: "you", nick: "you" }
  const told = Effect.map(fake.replies, (replies) => replies.length)
  return Effect.gen(function*() {
    yield* print(`\n${page.title("Now you.")} Type something, 你好 for example; Ctrl-D ends it.\n`)
    yield* Stream.runForEach(
      Stream.filter(Stdin.lines, (line) => line.trim() !== ""),
      (line) =>
        Effect.gen(function*() {
          const before = yield* told
          yield* fake.say(line, { from: you })
          const replies = yield* fake.awaitReplies(before + 1)
          for (const { text } of replies.slice(before)) yield* print(page.says(cast.robot, text))
        }).pipe(Effect.catchTag("NeverHappened", () => print(page.meaning("(the robot has nothing to say to that)"))))
    )
  })
}

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "demo",
  { logFormat: Options.logFormat },
  ({ logFormat }) =>
    Effect.gen(function*() {
      const { ended, print } = yield* Stdout
      const page = Page.make(Terminal.stdoutHasColours())
      const play = Effect.gen(function*() {
        yield* print(opening(page))
        const stage: Stage = {
          fake: yield* FakeDingTalk.make(),
          page,
          print,
          handled: yield* Ref.make(0)
        }
        yield* robot(stage)
        yield* stage.fake.awaitConnection
        yield* Acts.conversation(stage)
        yield* Acts.flood(stage)
        yield* Acts.notice(stage)
        yield* Acts.badSecret(stage)
        yield* Acts.silentGateway(stage)
        yield* Acts.surroundings(stage)
        yield* print(closing(page))
        if (Terminal.isInteractive()) yield* talkToIt(stage)
      })
      yield* Effect.raceFirst(Effect.scoped(play), ended)
    }).pipe(
      // The story is told on stdout; whoever wants the log beside it asks for a format.
      Option.isNone(logFormat) ? Logger.withMinimumLogLevel(LogLevel.None) : (self) => self,
      Effect.provide(NodeDingTalk.layer()),
      Effect.provide(Options.logging(logFormat))
    )
).pipe(
  Command.withDescription(
    "See a robot at work, and what it does when things go wrong: twenty seconds, no account, no network."
  )
)
