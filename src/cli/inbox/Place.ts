/**
 * Where an inbox is: a file of SQLite, or a database of PostgreSQL. Pure.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { UsageError } from "../errors.ts"

/**
 * @since 0.1.0
 * @category models
 */
export type Place =
  | { readonly _tag: "File"; readonly path: string }
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted<string> }

const scheme = /^([a-z][a-z0-9+.-]+):\/\//i

const wrong = (problem: string) => Effect.fail(new UsageError({ problem: `--inbox ${problem}` }))

/**
 * Reads the value of `--inbox`.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (given: string): Effect.Effect<Place, UsageError> => {
  const [, found] = scheme.exec(given) ?? []
  if (given.trim() === "") return wrong("must name a file, or a database as postgresql://…; it is empty")
  if (found === undefined) {
    return given.includes("\0") ? wrong("names a file with a NUL in it") : Effect.succeed({ _tag: "File", path: given })
  }
  if (!/^postgres(ql)?$/i.test(found)) {
    return wrong(`takes a file, or a URL of postgresql://, not of ${found}://`)
  }
  return URL.canParse(given)
    ? Effect.succeed({ _tag: "Postgres", url: Redacted.make(given) })
    : wrong(
      "is no URL as in postgresql://user:password@host:5432/database; what is special in a password must be encoded"
    )
}

/** The password, as it stands in the URL and as it is. */
const passwordsOf = (place: Place): ReadonlyArray<string> => {
  if (place._tag === "File") return []
  const url = new URL(Redacted.value(place.url))
  const all = [url.password, url.searchParams.get("password") ?? ""].filter((each) => each !== "")
  return all.flatMap((each) => {
    try {
      return [each, decodeURIComponent(each)]
    } catch {
      return [each]
    }
  })
}

/**
 * What to call it where everybody reads it: of a URL only the host and the database.
 *
 * @since 0.1.0
 * @category getters
 */
export const nameOf = (place: Place): string => {
  if (place._tag === "File") return place.path
  const { host, pathname } = new URL(Redacted.value(place.url))
  return `postgresql://${host}${pathname}`
}

/**
 * A text in which no password of it stands.
 *
 * @since 0.1.0
 * @category decisions
 */
export const withoutSecrets = (place: Place, text: string): string =>
  passwordsOf(place).reduce((clean, password) => clean.replaceAll(password, "<redacted>"), text)
