/**
 * A configuration file as `init` finds and writes it. Pure.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { areSwapped, kindOf, type Problem } from "../../config/internal/credential.ts"
import * as JsonText from "../../config/internal/jsonText.ts"
import { spelled } from "../../config/internal/spelling.ts"
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

/** Every name that an id or a secret may stand under. */
const names: ReadonlySet<string> = new Set(
  spelled.filter(({ key }) => key === "appKey" || key === "appSecret").flatMap(({ spellings }) => spellings)
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
