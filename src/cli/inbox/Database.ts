/**
 * The database that `--inbox` names. What it takes is read only when the option is given: the drivers, and all that talks
 * to them.
 *
 * @since 0.1.0
 */
import type { SqlClient } from "@effect/sql/SqlClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { closeSync, existsSync, openSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { UsageError } from "../errors.ts"
import * as Place from "./Place.ts"

/** A client of the database, and what can be done with an inbox in it. */
const opening = (place: Place.Place): Effect.Effect<Layer.Layer<SqlClient, unknown>, UsageError> =>
  place._tag === "File"
    ? Effect.tryPromise({
      try: () => import("./sqlite.ts"),
      catch: () =>
        new UsageError({
          problem:
            "--inbox FILE takes the driver better-sqlite3, which is not installed: npm install better-sqlite3, beside effect-dingtalk (with -g, if that is)"
        })
    }).pipe(Effect.map(({ layer }) => layer(place.path)))
    : Effect.map(Effect.promise(() => import("./postgres.ts")), ({ layer }) => layer(place.url))

/** What is wrong with a file before anything opens it. */
const problemOfFile = (path: string, mayBeNew: boolean): string | undefined => {
  try {
    if (existsSync(path)) return statSync(path).isDirectory() ? "it is a directory: name a file in it" : undefined
    if (!mayBeNew) return "there is no such file: name the one that listen or exec was given"
    if (!existsSync(dirname(path))) return `there is no directory ${dirname(path)}: make it first`
    // For its owner alone: what people said is in it. SQLite gives the files that it puts beside it the same mode.
    closeSync(openSync(path, "a", 0o600))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : "it can't be looked at"
  }
}

const innermost = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return innermost(error.cause)
  const { message } = error
  if (error instanceof AggregateError && message === "") return error.errors.map(innermost).join("; ")
  if (/file is not a database|file is encrypted/.test(message)) return "it is no database of SQLite"
  if (/unable to open database file/.test(message)) {
    return "it can't be opened: look at its permissions, and its directory's"
  }
  if (/readonly database/.test(message)) return "it can't be written: look at its permissions, and its directory's"
  if (/NODE_MODULE_VERSION|was compiled against/.test(message)) {
    return "better-sqlite3 was built for another version of Node: npm rebuild better-sqlite3"
  }
  return message
}

/** A problem with the database, by its name, and without its password. */
const refused = (place: Place.Place, problem: string) =>
  new UsageError({ problem: `--inbox ${Place.nameOf(place)}: ${Place.withoutSecrets(place, problem)}` })

/**
 * Runs an effect with the database of `--inbox`, its tables made or brought up to date.
 *
 * @since 0.1.0
 * @category operations
 */
export const provide = (given: string, options: { readonly mayBeNew: boolean }) =>
<A, E, R>(
  program: Effect.Effect<A, E, R>
): Effect.Effect<A, E | UsageError, Exclude<R, SqlClient>> =>
  Effect.scoped(Effect.gen(function*() {
    const place = yield* Place.parse(given)
    if (place._tag === "File" && place.path !== ":memory:") {
      const problem = problemOfFile(resolve(place.path), options.mayBeNew)
      if (problem !== undefined) return yield* refused(place, problem)
    }
    const failed = (cause: Cause.Cause<unknown>) =>
      Cause.isInterruptedOnly(cause) ? Effect.interrupt : refused(place, innermost(Cause.squash(cause)))
    const context = yield* Effect.catchAllCause(Layer.build(yield* opening(place)), failed)
    const { migrate } = yield* Effect.promise(() => import("../../sql/DingTalkInbox.ts"))
    yield* Effect.catchAllCause(Effect.provide(migrate, context), failed)
    return yield* Effect.provide(program, context)
  }))
