/**
 * The options that commands share.
 *
 * @since 0.1.0
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as CliOptions from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as DingTalkConfig from "../../DingTalkConfig.ts"
import * as Logging from "../logging.ts"
import * as Terminal from "../terminal/terminal.ts"

/**
 * `--config FILE`.
 *
 * @since 0.1.0
 * @category options
 */
export const config = CliOptions.text("config").pipe(
  CliOptions.withPseudoName("FILE"),
  CliOptions.withDescription("The settings as a JSON file. Without it they come from DINGTALK_CLIENT_ID and the like."),
  CliOptions.optional
)

/**
 * `--account ID`.
 *
 * @since 0.1.0
 * @category options
 */
export const account = CliOptions.text("account").pipe(
  CliOptions.withPseudoName("ID"),
  CliOptions.withDescription("The account that does it. Default: `default`, or else the first."),
  CliOptions.optional
)

/**
 * `--log-format`. Its sibling `--log-level` is built into every command.
 *
 * @since 0.1.0
 * @category options
 */
export const logFormat = CliOptions.choice("log-format", Logging.formats).pipe(
  CliOptions.withDescription("How log records on stderr look. Default: pretty on a terminal, else logfmt."),
  CliOptions.optional
)

/**
 * A port, 0 for any.
 *
 * @since 0.1.0
 * @category options
 */
export const port = (name: string): CliOptions.Options<number> =>
  CliOptions.integer(name).pipe(
    CliOptions.withPseudoName("PORT"),
    CliOptions.mapEffect((n) =>
      n >= 0 && n <= 65_535
        ? Effect.succeed(n)
        : Effect.fail(
          ValidationError.invalidValue(HelpDoc.p(`--${name} must be a port, from 0 to 65535, but is ${n}`))
        )
    )
  )

/**
 * `--health-port`, `--health-host` and `--health-name`.
 *
 * @since 0.1.0
 * @category options
 */
export const health = {
  healthPort: port("health-port").pipe(
    CliOptions.withDescription(
      "Serve /healthz (?need=all: all accounts must be up, not any) and /metrics on this port; 0 for any, which is then logged. " +
        "Default: they are not served."
    ),
    CliOptions.optional
  ),
  healthHost: CliOptions.text("health-host").pipe(
    CliOptions.withPseudoName("HOST"),
    CliOptions.withDescription("The address to serve them on. Default: 127.0.0.1."),
    CliOptions.withDefault("127.0.0.1")
  ),
  healthName: CliOptions.text("health-name").pipe(
    CliOptions.withPseudoName("NAME"),
    CliOptions.withDescription(
      "A name by which clients reach it, beside addresses, localhost and this machine's. May be given again and again."
    ),
    CliOptions.repeated
  )
}

/**
 * `--console-port` and `--console-text`.
 *
 * @since 0.1.0
 * @category options
 */
export const console = {
  consolePort: port("console-port").pipe(
    CliOptions.withDescription(
      "Show what happens on a page in the browser, at this port of this machine alone; 0 for any. Its address, with a token " +
        "in it, is printed on stderr. Default: there is none."
    ),
    CliOptions.optional
  ),
  consoleText: CliOptions.boolean("console-text").pipe(
    CliOptions.withDescription("Show there what people say, too.")
  )
}

/**
 * `--inbox FILE`.
 *
 * @since 0.1.0
 * @category options
 */
export const inbox = CliOptions.text("inbox").pipe(
  CliOptions.withPseudoName("FILE"),
  CliOptions.withDescription(
    "Keep what is acknowledged in this file of SQLite, or in the database of a postgresql:// URL, until it is handled; after " +
      "a crash it still is. SQLite takes the package better-sqlite3. Default: it is kept in memory."
  ),
  CliOptions.optional
)

/**
 * The settings that `--config` names, or the environment's.
 *
 * @since 0.1.0
 * @category layers
 */
export const settings = (
  file: Option.Option<string>
): Effect.Effect<DingTalkConfig.Settings, DingTalkConfig.DingTalkConfigError> =>
  Option.match(file, {
    onNone: () => DingTalkConfig.fromEnv,
    onSome: (path) => Effect.provide(DingTalkConfig.fromFile(path), NodeFileSystem.layer)
  })

/**
 * Logging as `--log-format` says.
 *
 * @since 0.1.0
 * @category layers
 */
export const logging = (format: Option.Option<Logging.LogFormat>): Layer.Layer<never> =>
  Layer.suspend(() => Logging.layer(Option.getOrElse(format, () => Logging.defaultFormat(Terminal.isStderrTerminal()))))
