/**
 * The command line as a whole.
 *
 * @since 0.1.0
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Argv from "./argv/argv.ts"
import { CommandLine } from "./argv/CommandLine.ts"
import * as ParserConsole from "./argv/parserConsole.ts"
import * as Exec from "./commands/exec.ts"
import * as Listen from "./commands/listen.ts"
import { UsageError } from "./errors.ts"
import * as Completions from "./help/completions.ts"
import * as Layout from "./help/layout.ts"
import * as Manual from "./help/Manual.ts"
import * as Mistake from "./help/Mistake.ts"
import * as Pages from "./help/pages.ts"
import * as Stdout from "./process/Stdout.ts"
import * as Terminal from "./terminal/terminal.ts"
import { Language } from "./words/Catalogue.ts"

const about = "DingTalk (钉钉) robots on the command line."

const root = Command.make("effect-dingtalk").pipe(Command.withDescription(about))

/** The commands that run the channel. */
const channel = [Listen.command, Exec.command] as const

const services = Layer.mergeAll(
  CliConfig.layer({ finalCheckBuiltIn: false }),
  NodeFileSystem.layer,
  NodePath.layer,
  NodeTerminal.layer,
  Stdout.layer
)

/** All commands; those that do not run the channel are read when they are wanted. */
const all = Effect.map(
  Effect.promise(() => import("./commands/rest.ts")),
  ({ commands }) => [...channel, ...commands] as const
)

const entries = Effect.map(all, (commands) => commands.map(({ descriptor }) => Manual.ofCommand(descriptor)))

/** Says the sentences of the help in the language of the process. */
const inLanguage = Effect.flatMap(
  Language,
  ({ locale }) => Effect.map(Effect.promise(() => import("./words/help.ts")), (Help) => Help.inLanguage(locale))
)

const answer = (asks: Argv.Asks, version: string) =>
  Effect.gen(function*() {
    const { writeLine } = yield* Stdout.Stdout
    switch (asks._tag) {
      case "Version":
        return yield* writeLine(version)
      case "Completions":
        return yield* writeLine(Completions.script(asks.shell, yield* entries, yield* inLanguage))
      case "Help": {
        const known = yield* entries
        const look = {
          width: Layout.widthOf(Terminal.stdoutColumns()),
          colours: Terminal.stdoutHasColours(),
          say: yield* inLanguage
        }
        const entry = known.find(({ name }) => name === asks.command)
        const page = entry === undefined ? undefined : Pages.pages[entry.name]
        return yield* writeLine(
          entry === undefined || page === undefined
            ? Layout.ofProgram(look, version, about, known, Pages.program)
            : Layout.ofEntry(look, entry, page)
        )
      }
    }
  })

/** A line that the parser refuses, in better words than its own where there are any. */
const refused = (error: ValidationError.ValidationError, own: ReadonlyArray<string>) =>
  Effect.flatMap(entries, (known) => {
    const entry = known.find(({ name }) => name === own[2])
    const mistake = entry === undefined ? undefined : Mistake.find(entry, known, own.slice(3))
    return new UsageError({ problem: mistake ?? Manual.paragraphsOf(error.error).join(" ") })
  })

const runParsed = (argv: Argv.Argv, version: string) => {
  const config = { name: "effect-dingtalk", version }
  const { own } = argv
  const program = Effect.suspend(() =>
    Argv.runsChannel(argv)
      ? Command.run(Command.withSubcommands(root, channel), config)(own)
      : Effect.flatMap(all, (commands) => Command.run(Command.withSubcommands(root, commands), config)(own))
  ).pipe(
    // Its own help and errors are not shown: ours say more. It asks the wizard's questions, though.
    Argv.isWizard(argv) ? identity : ParserConsole.quiet,
    Effect.catchIf(ValidationError.isValidationError, (error) => refused(error, own)),
    Effect.provideService(CommandLine, argv)
  )
  return argv.logLevel === undefined ? program : Logger.withMinimumLogLevel(program, argv.logLevel)
}

/**
 * Runs a command line; the first two of its words are Node and the script. What it fails with says how the process
 * ends: see `exitCode.ts`.
 *
 * @since 0.1.0
 * @category operations
 */
export const run = (argv: ReadonlyArray<string>, version: string) =>
  Argv.parse(argv).pipe(
    Effect.mapError((problem) => new UsageError({ problem })),
    Effect.filterOrFail(
      (parsed) => !Argv.isWizard(parsed) || Terminal.isInteractive(),
      () => new UsageError({ problem: "--wizard asks questions: use it on a terminal" })
    ),
    Effect.flatMap((parsed) => parsed.asks === undefined ? runParsed(parsed, version) : answer(parsed.asks, version)),
    Effect.provide(services)
  )
