/**
 * The command line as a whole.
 *
 * @since 0.1.0
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Argv from "./argv/argv.ts"
import { CommandLine } from "./argv/CommandLine.ts"
import * as HelpConsole from "./argv/helpConsole.ts"
import * as Exec from "./commands/exec.ts"
import * as Listen from "./commands/listen.ts"
import { UsageError } from "./errors.ts"
import * as Stdout from "./process/Stdout.ts"
import * as Terminal from "./process/terminal.ts"

const root = Command.make("effect-dingtalk").pipe(
  Command.withDescription(
    "DingTalk (钉钉) robots on the command line. To see what it does, without an account: effect-dingtalk demo"
  )
)

/** The commands that run the channel. */
const channel = [Listen.command, Exec.command] as const

const services = Layer.mergeAll(
  CliConfig.layer({ finalCheckBuiltIn: false }),
  NodeFileSystem.layer,
  NodePath.layer,
  NodeTerminal.layer,
  Stdout.layer
)

const runParsed = (argv: Argv.Argv, version: string) => {
  const config = { name: "effect-dingtalk", version }
  const program = Effect.suspend(() =>
    Argv.runsChannel(argv)
      ? Command.run(Command.withSubcommands(root, channel), config)(argv.own)
      : Effect.flatMap(
        Effect.promise(() => import("./commands/rest.ts")),
        ({ commands }) => Command.run(Command.withSubcommands(root, [...channel, ...commands]), config)(argv.own)
      )
  ).pipe(HelpConsole.use, Effect.provideService(CommandLine, argv))
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
      ({ own }) => !own.includes("--wizard") || Terminal.isInteractive(),
      () => new UsageError({ problem: "--wizard asks questions: use it on a terminal" })
    ),
    Effect.flatMap((parsed) => runParsed(parsed, version)),
    Effect.provide(services)
  )
