/**
 * `doctor`: what stands between this machine and a working robot.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/cli/Command"
import * as CliOptions from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as ApiClients from "../../outbound/api/ApiClients.ts"
import { defaults, StreamTiming } from "../../stream/StreamTiming.ts"
import * as Options from "../argv/options.ts"
import * as Dialogue from "../doctor/dialogue.ts"
import * as Finding from "../doctor/Finding.ts"
import * as Way from "../doctor/way.ts"
import { UsageError } from "../errors.ts"
import type { LogFormat } from "../logging.ts"
import * as Network from "../network.ts"
import { closedIsFailed, Stdout } from "../process/Stdout.ts"
import { catalogue, Language, type Words } from "../words/Catalogue.ts"

const options = {
  config: Options.config,
  logFormat: Options.logFormat,
  json: CliOptions.boolean("json").pipe(CliOptions.withDescription("Print each finding as a line of JSON."))
}

const configFindings = (
  { doctor, ending }: Words,
  { accounts, warnings }: DingTalkConfig.Settings
): ReadonlyArray<Finding.Finding> => [
  Finding.make("", "config", doctor.accounts([...accounts.keys()])),
  ...warnings.map((warning) => Finding.make("", "config", ending.issue(warning), { status: "warn" }))
]

/** The goodbye to the probing connection: nobody has to wait for a server that does not answer it. */
const timing = Layer.succeed(StreamTiming, { ...defaults, closeTimeoutMs: 1_000 })

interface Given {
  readonly config: Option.Option<string>
  readonly json: boolean
  readonly logFormat: Option.Option<LogFormat>
}

/** Accounts by the way to their API, which is checked once for all of them. */
const byWay = ({ accounts }: DingTalkConfig.Settings) =>
  Object.values(Arr.groupBy(accounts.values(), ({ apiBaseUrl }) => new URL(apiBaseUrl).origin))

/**
 * Checks settings, and reports each finding.
 *
 * @since 0.1.0
 * @category operations
 */
export const inspect = <E, R>(
  settings: DingTalkConfig.Settings,
  report: (finding: Finding.Finding) => Effect.Effect<void, E, R>
) =>
  Effect.gen(function*() {
    const words = yield* Language
    yield* Effect.forEach(configFindings(words, settings), report)
    const proxies = Network.proxyFrom(process.env)
    const services = Layer.mergeAll(
      ApiClients.layer.pipe(Layer.provide(DingTalkConfig.layer(settings)), Layer.provide(Network.layer)),
      Network.layer,
      timing
    )
    yield* Effect.forEach(byWay(settings), (accounts) =>
      Effect.flatMap(
        Way.check(accounts.length === 1 ? accounts[0].id : "", accounts[0].apiBaseUrl, proxies, report),
        (open) => open ? Effect.forEach(accounts, (account) => Dialogue.check(account, report)) : Effect.void
      )).pipe(Effect.provide(services))
  })

const examination = ({ config, json }: Given) =>
  Effect.gen(function*() {
    const words = yield* Language
    const stdout = yield* Stdout
    const findings = yield* Ref.make<ReadonlyArray<Finding.Finding>>([])
    const report = (finding: Finding.Finding) =>
      Effect.zipRight(
        Ref.update(findings, (all) => [...all, finding]),
        closedIsFailed(stdout.writeLine(json ? Finding.toJsonLine(finding) : Finding.toLine(words, finding)))
      )
    const settings = yield* Options.settings(config).pipe(
      Effect.catchTag("DingTalkConfigError", ({ issues }) =>
        Effect.zipRight(
          Effect.forEach(
            issues,
            ({ message, path }) =>
              report(Finding.make("", "config", `${path} ${words.ending.issue(message)}`.trim(), { status: "fail" }))
          ),
          new UsageError({ problem: words.ending.reportedAbove })
        ))
    )
    yield* inspect(settings, report)
    const problem = Finding.verdict(yield* Ref.get(findings))
    if (problem !== undefined) {
      return yield* problem
    }
  })

/**
 * Checks everything and prints what is found; fails with `ChecksFailed` if something is wrong.
 *
 * @since 0.1.0
 * @category operations
 */
export const examine = (given: Given) =>
  examination(given).pipe(
    // Lines for programs are the same in every language.
    (self) => given.json ? Effect.provideService(self, Language, catalogue.en) : self,
    Effect.provide(Options.logging(given.logFormat))
  )

/**
 * The command.
 *
 * @since 0.1.0
 * @category commands
 */
export const command = Command.make("doctor", options, examine).pipe(
  Command.withDescription(
    "Check configuration, network, credentials, ticket, WebSocket, token and clock, and say what to do about each failure."
  )
)
