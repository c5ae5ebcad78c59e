/**
 * A configuration file as `init` finds and writes it. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { areSwapped, kindOf, type Problem } from "../../config/internal/credential.ts"
import * as JsonText from "../../config/internal/jsonText.ts"
import { publicHosts } from "../../config/internal/keys.ts"
import { spelled } from "../../config/internal/spelling.ts"
import { BaseUrl } from "../../config/internal/values.ts"
import { isRecord } from "../../internal/json.ts"

/**
 * A file that was read, by its keys.
 *
 * @since 0.1.0
 * @category models
 */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Why a file can't be kept: its mistake as JSON, or that it holds no object (`undefined`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Unusable {
  readonly mistake: string | undefined
}

/**
 * Reads the text of a file; an empty one is as good as none.
 *
 * @since 0.1.0
 * @category decoding
 */
export const read = (text: string): Either.Either<Fields, Unusable> =>
  text.replace(/^\uFEFF/, "").trim() === "" ? Either.right({}) : JsonText.parse(text).pipe(
    Either.mapLeft((mistake): Unusable => ({ mistake })),
    Either.filterOrLeft(isRecord, (): Unusable => ({ mistake: undefined }))
  )

/** Every name that a setting may stand under. */
const namesOf = (...keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  spelled.filter(({ key }) => keys.includes(key)).flatMap(({ spellings }) => spellings)

/** Of an id or a secret. */
const names: ReadonlySet<string> = new Set(namesOf("appKey", "appSecret"))

/**
 * The base of the legacy API, at the top level or as it is for everybody.
 *
 * @since 0.1.0
 * @category decoding
 */
export const oapiBaseUrlOf = (fields: Fields): string =>
  Option.getOrElse(
    Option.firstSomeOf(namesOf("oapiBaseUrl").map((name) => Schema.decodeUnknownOption(BaseUrl)(fields[name]))),
    () => publicHosts.oapi
  )

/**
 * Whether there are credentials at the top level.
 *
 * @since 0.1.0
 * @category decisions
 */
export const hasCredentials = (fields: Fields): boolean =>
  Object.entries(fields).some(([name, value]) => names.has(name) && value !== null && value !== "")

/**
 * The text of the file with these credentials: the other settings stay, and in their order.
 *
 * @since 0.1.0
 * @category rendering
 */
export const withCredentials = (fields: Fields, clientId: string, clientSecret: string): string => {
  const others = Object.entries(fields).filter(([name]) => !names.has(name))
  return `${JSON.stringify({ clientId, clientSecret, ...Object.fromEntries(others) }, undefined, 2)}\n`
}

/**
 * What is wrong with a credential as it was typed or pasted, by the rules of the configuration; `missing` if nothing is
 * there.
 *
 * @since 0.1.0
 * @category decisions
 */
export const problemOf = (text: string): Problem | "missing" | undefined =>
  text.trim() === "" ? "missing" : kindOf(text)

export { areSwapped }
