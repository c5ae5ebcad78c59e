/**
 * `init`: asks for the credentials and writes the configuration file.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { problemOf } from "../../outbound/media/Source.ts"
import * as Options from "../argv/options.ts"
import { UsageError } from "../errors.ts"
import * as Draft from "../init/draft.ts"
import * as Network from "../network.ts"
import * as SecretFile from "../process/secretFile.ts"
import { Stdout } from "../process/Stdout.ts"
import * as Qr from "../scan/qr.ts"
import * as Registration from "../scan/Registration.ts"
import * as Questions from "../terminal/questions.ts"
import * as Terminal from "../terminal/terminal.ts"
import { Language } from "../words/Catalogue.ts"
import * as Doctor from "./doctor.ts"

/** Where nobody names another. */
const usualFile = "robot.json"

/** Nothing came of it: **start again**. */
class NothingWritten extends Data.TaggedError("NothingWritten")<{ readonly why: string }> {
  override get message(): string {
    return this.why
  }
}

/** The file, if it can be used: its fields, none if it is not there yet. */
const look = (path: string) =>
  Effect.gen(function*() {
    const { init } = yield* Language
    const text = yield* SecretFile.read(path)
    return yield* Effect.mapError(Draft.read(text), ({ mistake }) =>
      new NothingWritten({ why: mistake === undefined ? init.notObject(path) : init.notJson(path, mistake) }))
  }).pipe(
    Effect.catchTag("SystemError", "BadArgument", (error) =>
      unreadable(path, error))
  )

const unreadable = (path: string, error: PlatformError): Effect.Effect<never, NothingWritten> =>
  Effect.flatMap(
    Language,
    ({ hints, init }) => new NothingWritten({ why: init.unreadable(path, hints.file(problemOf(error))) })
  )

/** Asks for the file until it is one that can be used. */
const file = (
  given: Option.Option<string>,
  questions: Questions.Questions,
  print: (text: string) => Effect.Effect<void>
): Effect.Effect<
  { readonly path: string; readonly fields: Draft.Fields },
  Questions.Cancelled | NothingWritten,
  FileSystem.FileSystem
> =>
  Effect.gen(function*() {
    const { init } = yield* Language
    if (Option.isSome(given)) return { path: given.value, fields: yield* look(given.value) }
    const answer = (yield* questions.ask(init.file(usualFile))).trim()
    const path = answer === "" ? usualFile : answer
    const found = yield* Effect.either(look(path))
    if (Either.isRight(found)) return { path, fields: found.right }
    yield* print(found.left.message)
    return yield* file(given, questions, print)
  })

/** Asks until the answer can be a credential. */
const credential = (
  name: string,
  ask: Effect.Effect<string, Questions.Cancelled>,
  print: (text: string) => Effect.Effect<void>
): Effect.Effect<string, Questions.Cancelled> =>
  Effect.gen(function*() {
    const { init } = yield* Language
    const answer = yield* ask
    const problem = Draft.problemOf(answer)
    if (problem === undefined) return answer.trim()
    yield* print(problem === "missing" ? init.missing(name) : init.wrong(name, init.problems[problem]))
    return yield* credential(name, ask, print)
  })

/** Both; again, if they were mistaken for each other. */
const credentials = (
  questions: Questions.Questions,
  print: (text: string) => Effect.Effect<void>
): Effect.Effect<{ readonly id: string; readonly secret: string }, Questions.Cancelled> =>
  Effect.gen(function*() {
    const { init } = yield* Language
    const id = yield* credential("Client ID", questions.ask(init.clientId), print)
    const secret = yield* credential("Client Secret", questions.askHidden(init.clientSecret), print)
    if (Draft.areSwapped(id, secret)) {
      yield* print(init.swapped)
      return yield* credentials(questions, print)
    }
    yield* print(init.taken([...secret].length))
    return { id, secret }
  })

/**
 * A code on the screen, until somebody has scanned it and the credentials are there. None if the manual way is to be gone:
 * somebody wants that, or nothing comes of the code, which is told.
 */
const scan = (
  oapiBaseUrl: string,
  questions: Questions.Questions,
  print: (text: string) => Effect.Effect<void>
) =>
  Effect.gen(function*() {
    const { init: { scan } } = yield* Language
    yield* print(scan.asking)
    const invitation = yield* Registration.begin(oapiBaseUrl)
    yield* print(Qr.lines(invitation.url, Terminal.stdoutHasColours()).join("\n"))
    yield* print(scan.how(invitation.url, Math.floor(invitation.lifeMs / 60_000)))
    const found = yield* Effect.raceFirst(
      Effect.asSome(Registration.complete(oapiBaseUrl, invitation)),
      Effect.as(questions.ask(""), Option.none<Registration.Credentials>())
    )
    if (Option.isSome(found)) yield* print(scan.done(found.value.clientId))
    return Option.map(found, ({ clientId, clientSecret }) => ({ id: clientId, secret: Redacted.value(clientSecret) }))
  }).pipe(
    Effect.catchTag("RegistrationError", ({ detail, reason }) =>
      Effect.gen(function*() {
        const { init: { scan } } = yield* Language
        yield* print(scan.failed(scan.reasons[reason], detail))
        return Option.none()
      })),
    Effect.provide(Network.layer)
  )

/** Asks, writes, and gives the path; nothing if what is there is to stay. */
const write = (given: Option.Option<string>, byScan: boolean) =>
  Effect.gen(function*() {
    const { hints, init } = yield* Language
    const { print } = yield* Stdout
    const questions = yield* Questions.make
    yield* print(byScan ? init.scan.intro : init.intro)
    const { fields, path } = yield* file(given, questions, print)
    if (Draft.hasCredentials(fields)) {
      const answer = yield* questions.ask(init.replace(path))
      if (!init.yes.includes(answer.trim().toLowerCase())) {
        yield* print(init.kept)
        return Option.none<string>()
      }
    } else if (Object.keys(fields).length > 0) {
      yield* print(init.keeps(path))
    }
    const scanned = byScan ? yield* scan(Draft.oapiBaseUrlOf(fields), questions, print) : Option.none()
    const { id, secret } = Option.isSome(scanned) ? scanned.value : yield* credentials(questions, print)
    const unwritable = (error: PlatformError) =>
      new NothingWritten({ why: init.unwritable(path, hints.file(problemOf(error))) })
    yield* SecretFile.write(path, Draft.withCredentials(fields, id, secret)).pipe(
      Effect.catchTag("SystemError", "BadArgument", unwritable)
    )
    yield* print(init.written(path))
    return Option.some(path)
  }).pipe(
    Effect.scoped,
    Effect.catchTag("Cancelled", () =>
      Effect.flatMap(Language, ({ init }) => new NothingWritten({ why: init.cancelled })))
  )

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make(
  "init",
  {
    config: Options.config,
    scan: CliOptions.boolean("scan").pipe(
      CliOptions.withDescription(
        "Show a QR code; who scans it with DingTalk makes a new robot, and the file gets its credentials. Default: ask for them."
      )
    ),
    logFormat: Options.logFormat
  },
  ({ config, logFormat, scan }) =>
    Effect.gen(function*() {
      const { init } = yield* Language
      const { print } = yield* Stdout
      if (!Terminal.isInteractive()) return yield* new UsageError({ problem: init.needsTerminal })
      const written = yield* write(config, scan)
      if (Option.isNone(written)) return
      yield* print(`\n${init.checking}`)
      yield* Effect.tapErrorTag(
        Doctor.examine({ config: written, json: false, logFormat }),
        "ChecksFailed",
        () => print(`\n${init.again(written.value)}`)
      )
      yield* print(`\n${init.next(written.value)}`)
    })
).pipe(
  Command.withDescription(
    "Ask for Client ID and Client Secret, or get them by a QR code, write them into a configuration file for you alone to " +
      "read, and check them."
  )
)
