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
import * as Listen from "./commands/listen.ts"
import { UsageError } from "./errors.ts"
import * as Stdout from "./process/Stdout.ts"
import * as Terminal from "./terminal/terminal.ts"

const about = "DingTalk (钉钉) robots on the command line."

const root = Command.make("effect-dingtalk").pipe(Command.withDescription(about))

const services = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  NodeTerminal.layer,
  Stdout.layer
)

// What `listen` does not need is read when it is wanted.
const exec = Effect.map(Effect.promise(() => import("./commands/exec.ts")), ({ command }) => command)
const others = Effect.map(Effect.promise(() => import("./commands/rest.ts")), ({ commands }) => commands)
const help = Effect.promise(() => import("./help/help.ts"))

/** All commands, in the order of the help. */
const all = Effect.zipWith(exec, others, (exec, others) => [Listen.command, exec, ...others] as const)

const answer = (asks: Argv.Asks, version: string) =>
  Effect.gen(function*() {
    const { writeLine } = yield* Stdout.Stdout
    if (asks._tag === "Version") return yield* writeLine(version)
    return yield* writeLine(yield* (yield* help).answer(asks, version, about, yield* all))
  })

const refused = (error: ValidationError.ValidationError, own: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.zip(help, all),
    ([{ problemOf }, commands]) => new UsageError({ problem: problemOf(error, own, commands) })
  )

const runParsed = (argv: Argv.Argv, version: string) => {
  const config = { name: "effect-dingtalk", version }
  const { own } = argv
  const program = Effect.suspend(() =>
    !Argv.runsChannel(argv)
      ? Effect.flatMap(all, (commands) => Command.run(Command.withSubcommands(root, commands), config)(own))
      : own[2] === "listen"
      ? Command.run(Command.withSubcommands(root, [Listen.command]), config)(own)
      : Effect.flatMap(exec, (command) => Command.run(Command.withSubcommands(root, [command]), config)(own))
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
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ finalCheckBuiltIn: false })),
    Effect.provide(services)
  )
