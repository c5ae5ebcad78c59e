/**
 * `simulate`: DingTalk on this machine, to develop a robot without an account or a network.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import * as FakeDingTalk from "../../testing/FakeDingTalk.ts"
import { type Connection, PortUnavailable, type Reply } from "../../testing/Seen.ts"
import * as Options from "../argv/options.ts"
import { UsageError } from "../errors.ts"
import * as Stdin from "../process/stdin.ts"
import { Stdout } from "../process/Stdout.ts"
import * as Terminal from "../process/terminal.ts"
import { cast, Input, parse, replyLine, welcome } from "../simulate/input.ts"

const options = {
  logFormat: Options.logFormat,
  port: Options.port("port").pipe(
    CliOptions.withDescription("The port on 127.0.0.1; 0 for any. Default: 0."),
    CliOptions.withDefault(0)
  )
}

/** Waiting has no bound here: as good as for ever, and the longest that a timer of Node's can do. */
const forEverMs = 2 ** 31 - 1

type Print = (line: string) => Effect.Effect<void>

/** What came behind the last one that was told; all, if that one is no longer known. */
const behind = <A>(all: ReadonlyArray<A>, last: A | undefined): ReadonlyArray<A> =>
  last === undefined ? all : all.slice(all.lastIndexOf(last) + 1)

interface Told {
  readonly reply: Reply | undefined
  readonly closed: Connection | undefined
  readonly ever: number
}

/** Tells of connections that come and go and of what the robots say, as it happens. */
const tellNews = (fake: Fake, print: Print): Effect.Effect<never> => {
  const next = (told: Told) =>
    Effect.gen(function*() {
      const news = yield* Effect.orDie(fake.until(
        "news",
        Effect.map(
          Effect.all([fake.replies, fake.closedConnections, fake.connectionsEver]),
          ([replies, closed, ever]) =>
            replies.at(-1) !== told.reply || closed.at(-1) !== told.closed || ever > told.ever
              ? Option.some({ replies, closed, ever })
              : Option.none()
        )
      ))
      if (news.ever > told.ever) yield* print("(a robot is connected)")
      for (const reply of behind(news.replies, told.reply)) yield* print(replyLine(reply))
      for (const { closedBy } of behind(news.closed, told.closed)) {
        yield* print(closedBy === "client" ? "(the robot closed its connection)" : "(the connection is closed)")
      }
      return { reply: news.replies.at(-1), closed: news.closed.at(-1), ever: news.ever }
    })
  const nothing: Told = { reply: undefined, closed: undefined, ever: 0 }
  return Effect.zipRight(Effect.iterate(nothing, { while: () => true, body: next }), Effect.never)
}

const perform = (fake: Fake, print: Print) =>
  Input.$match({
    Nothing: () => Effect.void,
    Quit: () => Effect.void,
    Mistake: ({ problem }) => print(`(${problem})`),
    Say: ({ inGroup, text }) =>
      Effect.flatMap(
        fake.say(text, { from: cast.person, ...(inGroup ? { group: cast.group, mention: true } : {}) }),
        ({ deliveries }) =>
          deliveries.some(({ connection }) => connection !== undefined)
            ? Effect.void
            : print("(no robot is connected: nobody heard it)")
      ),
    Notice: () => fake.notice(),
    Close: () => fake.closeAll(),
    Flood: ({ count }) =>
      Effect.gen(function*() {
        yield* fake.flood(count, undefined, { from: cast.person })
        yield* print(`(${count} messages are out)`)
      })
  })

/** What is typed, until somebody has enough. A stdin that was never open, as in the background, says nothing. */
const typed = (fake: Fake, print: Print): Effect.Effect<void> =>
  Stdin.lines.pipe(
    Stream.map(parse),
    Stream.takeUntil(Input.$is("Quit")),
    Stream.tap(perform(fake, print)),
    Stream.runLast,
    Effect.flatMap((last) =>
      Option.exists(last, Input.$is("Quit")) || Terminal.isStdinTerminal() ? Effect.void : Effect.never
    )
  )

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("simulate", options, ({ logFormat, port }) =>
  Effect.gen(function*() {
    const { ended, print } = yield* Stdout
    const fake = yield* FakeDingTalk.make({ port, acceptAnyCredentials: true, awaitTimeoutMs: forEverMs }).pipe(
      Effect.catchSomeDefect((defect) =>
        defect instanceof PortUnavailable
          ? Option.some(new UsageError({ problem: `--port: ${defect.message}` }))
          : Option.none()
      )
    )
    const { apiBaseUrl, appKey, appSecret, oapiBaseUrl } = fake.config
    yield* print(welcome({ url: fake.url, config: { appKey, appSecret, apiBaseUrl, oapiBaseUrl } }))
    yield* Effect.raceFirst(typed(fake, print), Effect.raceFirst(tellNews(fake, print), ended))
  }).pipe(Effect.scoped, Effect.provide(Options.logging(logFormat)))).pipe(
    Command.withDescription(
      "Play DingTalk on this machine, so that a robot can be developed without an account and without a network."
    )
  )
