/**
 * The settings of all accounts: what they are, their defaults, and how they are read from an object, a JSON file or
 * the environment.
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { sep } from "node:path"
import * as Decode from "./config/internal/decode.ts"
import * as Environment from "./config/internal/environment.ts"
import * as JsonText from "./config/internal/jsonText.ts"
import * as Keys from "./config/internal/keys.ts"
import * as Sheet from "./config/internal/sheet.ts"
import { envPrefix, spelled } from "./config/internal/spelling.ts"
import { type AccountSettings, DingTalkConfig, type Issue, type Settings } from "./config/Settings.ts"
import { reasonOf } from "./internal/fileError.ts"
import { codeOf } from "./internal/net/errorCode.ts"
import * as Encoding from "./internal/text/encoding.ts"

export type { AccountInput, Flag, Input, List, Numeric } from "./config/Input.ts"
export { DingTalkConfig, isApiOverridden } from "./config/Settings.ts"
export type { AccountSettings, Issue, Settings } from "./config/Settings.ts"

/**
 * The configuration cannot be used: **stop**, and let a person read the message, which lists every problem at once.
 *
 * @since 0.1.0
 * @category errors
 */
export class DingTalkConfigError extends Data.TaggedError("DingTalkConfigError")<{
  /** At least one. */
  readonly issues: ReadonlyArray<Issue>
  /** The file's name, or `environment`; undefined for an object. */
  readonly source: string | undefined
}> {
  override get message(): string {
    return [
      `The configuration${this.source === undefined ? "" : ` (${this.source})`} cannot be used:`,
      ...this.issues.map(({ message, path }) => `  - ${path === "" ? message : `${path} ${message}`}`)
    ].join("\n")
  }
}

const settingsOf = (sheet: Sheet.Sheet, source: string | undefined): Effect.Effect<Settings, DingTalkConfigError> =>
  Either.mapLeft(Decode.decode(sheet), (issues) => new DingTalkConfigError({ issues, source }))

/** Windows has no such modes, and Node makes some up. */
const hasModes = sep === "/"

const unusable = (message: string, source: string | undefined): DingTalkConfigError =>
  new DingTalkConfigError({ issues: [{ path: "", message }], source })

/**
 * Decodes an object, such as a section of another program's configuration: what it may hold is {@link Input}. Keys that are
 * no settings have no effect, and `warnings` names them and what was probably meant; those that begin with `$`, `_`, `#` or
 * `/` are remarks.
 *
 * Fails with every problem that the object has. An account without credentials is a problem only if no other account
 * is complete; otherwise it is left out, and `warnings` names it.
 *
 * @example
 * import { DingTalkConfig } from "effect-dingtalk"
 *
 * const settings = DingTalkConfig.decodeUnknown({
 *   allowed_users: "staff_1, staff_2",
 *   accounts: {
 *     ops: { clientId: "dingops", clientSecret: "…" },
 *     hr: { clientId: "dinghr", clientSecret: "…", requireMention: true }
 *   }
 * })
 *
 * @since 0.1.0
 * @category decoding
 */
export const decodeUnknown = (input: unknown): Effect.Effect<Settings, DingTalkConfigError> =>
  settingsOf(Sheet.fromObject(input), undefined)

/**
 * Decodes the text of a JSON file like {@link decodeUnknown}. `source` is the name to call it by in the error.
 *
 * Fails with the line and column of the first mistake if the text is not JSON.
 *
 * @since 0.1.0
 * @category decoding
 */
export const fromJson = (text: string, source?: string): Effect.Effect<Settings, DingTalkConfigError> =>
  Either.match(JsonText.parse(text), {
    onLeft: (message) => Effect.fail(unusable(message, source)),
    onRight: (input) => settingsOf(Sheet.fromObject(input), source)
  })

const unreadable = (error: PlatformError.PlatformError): string => {
  switch (reasonOf(error)) {
    case "NotFound":
      return "there is no such file: check the path"
    case "PermissionDenied":
      return "the file may not be read: permission denied"
    default:
      return codeOf(error.cause) === "EISDIR" ? "it is a directory: name a file in it" : "the file cannot be read"
  }
}

/**
 * Reads and decodes a JSON file like {@link fromJson}: in UTF-8, in UTF-16, or in GB18030, which Chinese Windows writes.
 *
 * Fails also if the file is missing or cannot be read.
 *
 * @since 0.1.0
 * @category decoding
 */
export const fromFile = (path: string): Effect.Effect<Settings, DingTalkConfigError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const bytes = yield* Effect.mapError(
      fileSystem.readFile(path),
      (error) => unusable(unreadable(error), path)
    )
    const { text } = Encoding.read(bytes)
    const problem = Encoding.problemOf(text)
    if (problem !== undefined) return yield* unusable(`the file ${problem}`, path)
    const settings = yield* fromJson(text, path)
    const isOpen = yield* fileSystem.stat(path).pipe(
      Effect.map(({ mode }) => hasModes && (mode & 0o077) !== 0),
      Effect.orElseSucceed(() => false)
    )
    return isOpen
      ? {
        ...settings,
        warnings: [...settings.warnings, `${path} holds a secret, and others may read it: chmod 600 it`]
      }
      : settings
  })

/**
 * Reads and decodes one account, `default`, from `DINGTALK_CLIENT_ID`, `DINGTALK_CLIENT_SECRET` and the other
 * variables of {@link keys}, through the current `ConfigProvider`: flat maps and JSON with these names, objects in which
 * they are nested (`{ DINGTALK: { CLIENT_ID } }`, `{ dingtalk: { clientId } }`) and dotenv files work as the environment
 * does. `DINGTALK_APP_KEY` and `DINGTALK_APP_SECRET` are read too, and win where both are set.
 *
 * Fails like {@link decodeUnknown}, or if the provider itself does.
 *
 * @since 0.1.0
 * @category decoding
 */
export const fromEnv: Effect.Effect<Settings, DingTalkConfigError> = Environment.variables.pipe(
  Effect.mapError((error) => unusable(`the environment cannot be read: ${error.message}`, "environment")),
  Effect.flatMap((variables) => settingsOf(Sheet.fromVariables(variables), "environment"))
)

/**
 * Holds the given settings in a `Ref`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (settings: Settings): Effect.Effect<Context.Tag.Service<DingTalkConfig>> =>
  Effect.map(Ref.make(settings), (ref) =>
    DingTalkConfig.of({
      get: Ref.get(ref),
      set: (settings) => Ref.set(ref, settings)
    }))

const layerEffect = <E, R>(settings: Effect.Effect<Settings, E, R>): Layer.Layer<DingTalkConfig, E, R> =>
  Layer.effect(DingTalkConfig, Effect.flatMap(settings, make))

/**
 * The given settings, to begin with.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (settings: Settings): Layer.Layer<DingTalkConfig> => layerEffect(Effect.succeed(settings))

/**
 * Settings from an object: see {@link decodeUnknown}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerUnknown = (input: unknown): Layer.Layer<DingTalkConfig, DingTalkConfigError> =>
  layerEffect(decodeUnknown(input))

/**
 * Settings from a JSON file: see {@link fromFile}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFile = (path: string): Layer.Layer<DingTalkConfig, DingTalkConfigError, FileSystem.FileSystem> =>
  layerEffect(fromFile(path))

/**
 * Settings from the environment: see {@link fromEnv}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig: Layer.Layer<DingTalkConfig, DingTalkConfigError> = layerEffect(fromEnv)

/**
 * The public hosts of DingTalk, without a trailing slash: `api` is the v1 API's, `oapi` the legacy API's.
 *
 * @since 0.1.0
 * @category constants
 */
export const publicHosts: { readonly api: string; readonly oapi: string } = Keys.publicHosts

/**
 * An account's settings when only its credentials are given. What depends on another setting is not in it: `robotCode`
 * is then the Client ID, and `dispatchQueueSize` is at least `dispatchWorkers`.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaults: Omit<AccountSettings, "id" | "appKey" | "appSecret" | "robotCode"> = Keys.defaults

/**
 * A key of the configuration, described for people.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  /** As in {@link AccountSettings}. */
  readonly name: string
  /** Other names; where several are given, `name` wins, then the first. Each name is read in snake_case too. */
  readonly aliases: ReadonlyArray<string>
  /** The environment variable; undefined if there is none. */
  readonly env: string | undefined
  /** In words or as JSON. */
  readonly default: string
  /** In words. */
  readonly accepted: string
  /** One line. */
  readonly description: string
}

/**
 * All keys in the order in which to explain them. Each may stand at the top level and in an account, where it overlays
 * the top level's; `accounts` itself stands at the top level only.
 *
 * @since 0.1.0
 * @category constants
 */
export const keys: ReadonlyArray<Key> = [
  ...spelled.map(({ accepted, aliases, default: default_, description, env, key }) => ({
    name: key,
    aliases,
    env: `${envPrefix}_${env}`,
    default: default_,
    accepted,
    description
  })),
  {
    name: "accounts",
    aliases: [],
    env: undefined,
    default: "one account, `default`",
    accepted: "object: id to settings, which overlay the top level",
    description: "Several robots at once; credentials at the top level are one more, `default`."
  }
]
