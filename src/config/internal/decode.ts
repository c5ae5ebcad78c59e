/**
 * From a sheet to the settings, or to everything that is wrong with it.
 */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { AccountSettings, Issue, Settings } from "../Settings.ts"
import { areSwapped } from "./credential.ts"
import { quote } from "./found.ts"
import { defaults, Given, type KeyName, table } from "./keys.ts"
import type { Row, Sheet } from "./sheet.ts"
import { Text } from "./values.ts"

/** What came of one account. */
interface Reading {
  readonly row: Row
  /** Whether it is to run at all. */
  readonly enabled: boolean
  readonly settings: Option.Option<AccountSettings>
  /** Credentials that are not there. */
  readonly missing: ReadonlyArray<Issue>
  /** Values that are there and cannot be used. */
  readonly wrong: ReadonlyArray<Issue>
}

const pathOf = (row: Row, key: KeyName): string => row.found.get(key)?.path ?? row.pathOf(key)

/** A single value of the row, if it is there and good. */
const valueOf = <A, I>(row: Row, key: KeyName, schema: Schema.Schema<A, I>): Option.Option<A> =>
  Option.flatMap(Option.fromNullable(row.found.get(key)), ({ value }) => Schema.decodeUnknownOption(schema)(value))

const decodeGiven = Schema.decodeUnknownEither(Given, { errors: "all" })

const credentials = [
  ["appKey", "is missing: add the application's Client ID (AppKey)"],
  ["appSecret", "is missing: add the application's Client Secret (AppSecret)"]
] as const

const missingOf = (row: Row): ReadonlyArray<Issue> =>
  credentials
    .filter(([key]) => !row.found.has(key))
    .map(([key, message]) => ({ path: row.pathOf(key), message }))

/** The schema knows keys, the user knows paths. */
const issuesOf = (row: Row, error: ParseResult.ParseError): ReadonlyArray<Issue> =>
  ParseResult.ArrayFormatter.formatErrorSync(error).flatMap(({ message, path }) =>
    Record.keys(table)
      .filter((key) => key === path[0])
      .map((key) => ({ path: pathOf(row, key), message }))
  )

/** A queue shorter than the pool would leave workers idle while messages are dropped. */
const queueIssues = (row: Row): ReadonlyArray<Issue> =>
  Option.match(
    Option.all([
      valueOf(row, "dispatchQueueSize", table.dispatchQueueSize.schema),
      Option.orElseSome(valueOf(row, "dispatchWorkers", table.dispatchWorkers.schema), () => defaults.dispatchWorkers)
    ]),
    {
      onNone: () => [],
      onSome: ([queue, workers]) =>
        queue >= workers ? [] : [{
          path: pathOf(row, "dispatchQueueSize"),
          message: `must be at least ${pathOf(row, "dispatchWorkers")} (${workers}), but is ${queue}`
        }]
    }
  )

/**
 * Settings with all their keys. What is spread into an object with more keys gets a hidden class of its own from V8, each
 * time, which is a kilobyte per account; behind this one, the others only overwrite.
 */
const blank = { ...defaults, robotCode: "", id: "", appKey: "", appSecret: Redacted.make("") }

const complete = (id: string, { appKey, appSecret, enabled: _, ...given }: typeof Given.Type) =>
  Option.map(Option.all([Option.fromNullable(appKey), Option.fromNullable(appSecret)]), ([appKey, appSecret]) => ({
    ...blank,
    dispatchQueueSize: Math.max(defaults.dispatchQueueSize, given.dispatchWorkers ?? defaults.dispatchWorkers),
    robotCode: appKey,
    ...given,
    id,
    appKey,
    appSecret
  }))

const read = (row: Row): Reading => {
  const given = decodeGiven(Object.fromEntries(Array.from(row.found, ([key, { value }]) => [key, value])))
  const wrong = [
    ...Either.match(given, { onLeft: (error) => issuesOf(row, error), onRight: () => [] }),
    ...queueIssues(row)
  ]
  return {
    row,
    enabled: Option.getOrElse(valueOf(row, "enabled", table.enabled.schema), () => true),
    settings: wrong.length > 0
      ? Option.none()
      : Option.flatMap(Either.getRight(given), (given) => complete(row.id, given)),
    missing: missingOf(row),
    wrong
  }
}

/** Two connections with one Client ID share its messages between them, and each sees only some. */
const stolen = (readings: ReadonlyArray<Reading>): ReadonlyArray<Issue> => {
  const owners = readings.flatMap(({ row }) =>
    Option.match(Option.fromNullable(row.found.get("appKey")), {
      onNone: () => [],
      // As any text: one that is wrong in itself is told of as a duplicate all the same.
      onSome: ({ path }) => [{ path, row, text: Option.getOrUndefined(valueOf(row, "appKey", Text)) }]
    })
  )
  return owners.flatMap(({ path, row, text }, index) =>
    Option.match(
      Arr.findFirst(
        Arr.take(owners, index),
        (other) => other.path === path || (text !== undefined && other.text === text)
      ),
      {
        onNone: () => [],
        onSome: (first) => [{
          path,
          message: `gives account ${quote(row.id)} the Client ID that account ${
            quote(first.row.id)
          } has from ${first.path}: they would steal each other's messages; give each an application of its own, or set "enabled": false`
        }]
      }
    )
  )
}

const nothingToRun = (sheet: Sheet, readings: ReadonlyArray<Reading>): ReadonlyArray<Issue> => {
  if (readings.length > 0 || sheet.issues.length > 0) return []
  return Option.match(Arr.head(sheet.rows), {
    onNone: () => [{ path: "accounts", message: "is empty: add an account, or appKey and appSecret beside it" }],
    onSome: (row) => [{ path: pathOf(row, "enabled"), message: "leaves no account to run: every account is disabled" }]
  })
}

const remoteHttp = /^http:\/\/(?!(?:localhost|127\.[0-9.]+|\[::1\])(?:[:/]|$))/i

/** What is allowed but rarely meant. */
const suspicions = ({ row }: Reading, settings: AccountSettings): ReadonlyArray<string> => {
  const borrowed = row.isOwn("appKey") && !row.isOwn("appSecret")
    ? [
      `${pathOf(row, "appKey")} goes with a secret of the top level, ${
        pathOf(row, "appSecret")
      }: is that the right one?`
    ]
    : []
  const swapped = areSwapped(settings.appKey, Redacted.value(settings.appSecret))
    ? [`${pathOf(row, "appSecret")} looks like a Client ID, and ${pathOf(row, "appKey")} does not: are they swapped?`]
    : []
  const unencrypted = (["apiBaseUrl", "oapiBaseUrl"] as const)
    .filter((key) => remoteHttp.test(settings[key]))
    .map((key) => `${pathOf(row, key)} is not https: secrets and tokens would travel unencrypted`)
  return [...borrowed, ...swapped, ...unencrypted]
}

const sameIssue = (a: Issue, b: Issue): boolean => a.path === b.path && a.message === b.message

/** Total: whatever the sheet holds, it gives the settings or at least one issue, and then all of them in one round. */
export const decode = (sheet: Sheet): Either.Either<Settings, Arr.NonEmptyReadonlyArray<Issue>> => {
  const all = sheet.rows.map(read)
  const readings = all.filter(({ enabled }) => enabled)
  const accounts = Arr.filterMap(readings, ({ settings }) => settings)
  // While no account is complete, all are asked to be.
  const asked = accounts.length === 0 ? readings : readings.filter(({ missing }) => missing.length === 0)
  const issues = Arr.dedupeWith([
    ...sheet.issues,
    ...nothingToRun(sheet, readings),
    ...sheet.idle.flatMap((row) => read(row).wrong),
    ...readings.flatMap(({ wrong }) => wrong),
    ...asked.flatMap(({ missing }) => missing),
    ...stolen(asked)
  ], sameIssue)
  // A misspelt name may be why something is missing.
  const told = [...issues, ...sheet.strangers]
  return issues.length > 0 && Arr.isNonEmptyReadonlyArray(told) ? Either.left(told) : Either.right({
    accounts: new Map(accounts.map((settings) => [settings.id, settings])),
    warnings: Arr.dedupe([
      ...sheet.strangers.map(({ message, path }) => (path === "" ? message : `${path} ${message}`)),
      ...readings.flatMap(({ missing, row }) =>
        missing.map(({ message, path }) => `account ${quote(row.id)} is left out: ${path} ${message}`)
      ),
      ...readings.flatMap((reading) =>
        Option.match(reading.settings, { onNone: () => [], onSome: (settings) => suspicions(reading, settings) })
      )
    ])
  })
}
