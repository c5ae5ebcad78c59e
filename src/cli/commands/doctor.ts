/**
 * `doctor`: what stands between this machine and a working robot.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as ApiClients from "../../outbound/api/ApiClients.ts"
import { defaults, StreamTiming } from "../../stream/StreamTiming.ts"
import * as Options from "../argv/options.ts"
import * as Dialogue from "../doctor/dialogue.ts"
import * as Finding from "../doctor/Finding.ts"
import * as Way from "../doctor/way.ts"
import * as Network from "../network.ts"
import { closedIsFailed, Stdout } from "../process/Stdout.ts"

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  json: CliOptions.boolean("json").pipe(CliOptions.withDescription("Print each finding as a line of JSON."))
}

const configFindings = ({ accounts, warnings }: DingTalkConfig.Settings): ReadonlyArray<Finding.Finding> => [
  Finding.make(
    "",
    "config",
    `${accounts.size} ${accounts.size === 1 ? "account" : "accounts"}: ${[...accounts.keys()].join(", ")}`
  ),
  ...warnings.map((warning) => Finding.make("", "config", warning, { status: "warn" }))
]

/** The goodbye to the probing connection: nobody has to wait for a server that does not answer it. */
const timing = Layer.succeed(StreamTiming, { ...defaults, closeTimeoutMs: 1_000 })

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("doctor", options, ({ config, json, logFormat }) =>
  Effect.gen(function*() {
    const stdout = yield* Stdout
    const findings = yield* Ref.make<ReadonlyArray<Finding.Finding>>([])
    const report = (finding: Finding.Finding) =>
      Effect.zipRight(
        Ref.update(findings, (all) => [...all, finding]),
        closedIsFailed(stdout.writeLine(json ? Finding.toJsonLine(finding) : Finding.toLine(finding)))
      )
    const settings = yield* Options.settings(config).pipe(
      Effect.tapError(({ issues }) =>
        Effect.forEach(issues, ({ message, path }) =>
          report(Finding.make("", "config", `${path} ${message}`.trim(), { status: "fail" })))
      )
    )
    yield* Effect.forEach(configFindings(settings), report)
    const proxies = Network.proxyFrom(process.env)
    const services = Layer.mergeAll(
      ApiClients.layer.pipe(Layer.provide(DingTalkConfig.layer(settings)), Layer.provide(Network.layer)),
      Network.layer,
      timing
    )
    yield* Effect.forEach(settings.accounts.values(), (account) =>
      Effect.flatMap(
        Way.check(account, proxies, report),
        (open) => (open ? Dialogue.check(account, report) : Effect.void)
      )).pipe(Effect.provide(services))
    const problem = Finding.verdict(yield* Ref.get(findings))
    if (problem !== undefined) {
      return yield* problem
    }
  }).pipe(Effect.provide(Options.logging(logFormat)))).pipe(
    Command.withDescription(
      "Check configuration, network, credentials, ticket, WebSocket, token and clock, and say what to do about each failure."
    )
  )
