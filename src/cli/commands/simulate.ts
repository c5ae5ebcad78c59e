/**
 * `simulate`: DingTalk on this machine, to develop a robot without an account or a network.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { problemOf } from "../../outbound/media/Source.ts"
import type { Fake } from "../../testing/FakeDingTalk.ts"
import * as FakeDingTalk from "../../testing/FakeDingTalk.ts"
import { PortUnavailable } from "../../testing/Seen.ts"
import * as Options from "../argv/options.ts"
import { UsageError } from "../errors.ts"
import * as Layout from "../help/layout.ts"
import * as SecretFile from "../process/secretFile.ts"
import * as Stdin from "../process/stdin.ts"
import { Stdout } from "../process/Stdout.ts"
import { Input, parse } from "../simulate/input.ts"
import * as News from "../simulate/news.ts"
import * as Opening from "../simulate/opening.ts"
import { beginning, perform, type Stage, sumUpFloods, type Theatre, toPeople } from "../simulate/perform.ts"
import * as StatusLine from "../terminal/statusLine.ts"
import * as Terminal from "../terminal/terminal.ts"
import { tailWithin } from "../text/columns.ts"
import { Language, type Words } from "../words/Catalogue.ts"

const options = {
  logFormat: Options.logFormat,
  port: Options.port("port").pipe(
    CliOptions.withDescription("The port on 127.0.0.1; 0 for any. Default: 0."),
    CliOptions.withDefault(0)
  ),
  write: CliOptions.text("write").pipe(
    CliOptions.withPseudoName("FILE"),
    CliOptions.withDescription("Write the settings of a robot for it into this file, as in: exec --config FILE."),
    CliOptions.optional
  )
}

/** Waiting has no bound here: as good as for ever, and the longest that a timer of Node's can do. */
const forEverMs = 2 ** 31 - 1

/** Changes of a card that come faster are shown together, in milliseconds. */
const frameMs = 40

type Print = (line: string) => Effect.Effect<void>

/** What came behind the last one that was told; all, if that one is no longer known. */
const behind = <A>(all: ReadonlyArray<A>, last: A | undefined): ReadonlyArray<A> =>
  last === undefined ? all : all.slice(all.lastIndexOf(last) + 1)

/** A card that is being written is redrawn where that can be done; else each step of it is a line. */
const show = (print: Print) => ({ passing, text }: News.Line): Effect.Effect<void> => {
  if (passing && Terminal.canRedraw()) {
    return StatusLine.show((columns) => tailWithin(text.replace(/\s*\n\s*/g, " "), columns))
  }
  return Effect.zipRight(StatusLine.clear, print(text))
}

/** All that there is now. */
const look = (fake: Fake) =>
  Effect.all({
    replies: fake.replies,
    cards: fake.cards,
    reactions: fake.reactions,
    recalled: fake.recalled,
    dings: fake.dings,
    closed: fake.closedConnections,
    ever: fake.connectionsEver
  })

type Sight = Effect.Effect.Success<ReturnType<typeof look>>

const nothing: Sight = { replies: [], cards: [], reactions: [], recalled: [], dings: [], closed: [], ever: 0 }

/** What changes whenever a card does. */
const changesOf = (cards: Sight["cards"]): number =>
  cards.reduce((sum, { places, updates, writes }) => sum + updates + writes + places.length, 0)

const isNews = (a: Sight, b: Sight): boolean =>
  a.replies.at(-1) !== b.replies.at(-1) || a.closed.at(-1) !== b.closed.at(-1) || a.ever !== b.ever ||
  a.recalled.length !== b.recalled.length || a.dings.length !== b.dings.length ||
  a.cards.length !== b.cards.length || changesOf(a.cards) !== changesOf(b.cards) ||
  a.reactions.map(({ msgId, text }) => msgId + text).join() !==
    b.reactions.map(({ msgId, text }) => msgId + text).join()

/** Tells of connections that come and go and of what the robots do, as it happens. */
const tellNews = (fake: Fake, words: Words, stage: Ref.Ref<Stage>, told: Ref.Ref<News.Told>, print: Print) => {
  const next = (last: Sight) =>
    Effect.gen(function*() {
      yield* Effect.orDie(
        fake.until(
          "news",
          Effect.map(look(fake), (now) => isNews(last, now) ? Option.some(now) : Option.none())
        )
      )
      yield* Effect.sleep(frameMs)
      const now = yield* look(fake)
      const { titles } = yield* Ref.get(stage)
      const advance = News.since(words, (to, group) => group ? titles.get(to) ?? to : to)
      const replies = yield* toPeople(stage, behind(now.replies, last.replies.at(-1)))
      const scene = { ...now, replies, closed: behind(now.closed, last.closed.at(-1)) }
      const lines = yield* Ref.modify(told, (before) => {
        const { lines, told } = advance(before, scene)
        return [lines, told] as const
      })
      yield* Effect.forEach(lines, show(print), { discard: true })
      return now
    })
  return Effect.iterate(nothing, { while: () => true, body: next })
}

/** What is typed, until somebody has enough. A stdin that was never open, as in the background, says nothing. */
const typed = (theatre: Theatre) =>
  Stdin.lines.pipe(
    Stream.map(parse(theatre.words)),
    Stream.takeUntil(Input.$is("Quit")),
    Stream.tap(perform(theatre)),
    Stream.runLast,
    Effect.flatMap((last) =>
      Option.exists(last, Input.$is("Quit")) || Terminal.isStdinTerminal() ? Effect.void : Effect.never
    )
  )

/** Writes the settings into a file that is not there yet, or that an earlier simulation wrote. */
const writeSettings = (words: Words, path: string, settings: Opening.Settings) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    if (yield* files.exists(path)) {
      const text = yield* files.readFileString(path)
      if (!Opening.isOurs(text, settings)) return yield* new UsageError({ problem: words.simulate.notOurs(path) })
    }
    yield* SecretFile.write(path, `${JSON.stringify(settings, undefined, 2)}\n`)
  }).pipe(
    Effect.catchTag("SystemError", "BadArgument", (error) =>
      new UsageError({ problem: `--write ${words.simulate.noFile(path, words.hints.file(problemOf(error)))}` }))
  )

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("simulate", options, ({ logFormat, port, write }) =>
  Effect.gen(function*() {
    const { ended, print } = yield* Stdout
    const words = yield* Language
    const fake = yield* FakeDingTalk.make({ port, acceptAnyCredentials: true, awaitTimeoutMs: forEverMs }).pipe(
      Effect.catchSomeDefect((defect) =>
        defect instanceof PortUnavailable
          ? Option.some(new UsageError({ problem: `--port: ${defect.message}` }))
          : Option.none()
      )
    )
    const { apiBaseUrl, appKey, appSecret, oapiBaseUrl } = fake.config
    const config = { appKey, appSecret, apiBaseUrl, oapiBaseUrl }
    if (Option.isSome(write)) yield* writeSettings(words, write.value, config)
    yield* print(Opening.welcome(words, { url: fake.url, config, written: Option.getOrUndefined(write) }))
    const stage = yield* Ref.make(beginning)
    const told = yield* Ref.make(News.nothing)
    const theatre: Theatre = {
      fake,
      words,
      stage,
      print,
      remark: (text) => print(`(${text})`),
      remember: (id, text) => Ref.update(told, (before) => News.remember(before, [[id, text]])),
      help: Opening.help(words, Layout.widthOf(Terminal.stdoutColumns()))
    }
    const news = tellNews(fake, words, stage, told, print)
    yield* Effect.forkScoped(sumUpFloods(theatre))
    yield* Effect.raceFirst(typed(theatre), Effect.raceFirst(news, ended))
  }).pipe(Effect.scoped, Effect.provide(Options.logging(logFormat)))).pipe(
    Command.withDescription(
      "Play DingTalk on this machine, so that a robot can be developed without an account and without a network."
    )
  )
