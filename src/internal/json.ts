/** JSON of others, read field by field, each believed only after a look. */
import * as Predicate from "effect/Predicate"

/** A JSON object of unknown content. */
export type JsonObject = { readonly [key: string]: unknown }

/** Whether a value is an object that is neither null nor an array. */
export const isRecord: (u: unknown) => u is JsonObject = Predicate.isRecord

/** A string that says something: DingTalk sends `""` where it means "none". */
export const string = (u: unknown): string | undefined => typeof u === "string" && u !== "" ? u : undefined

export const flag = (u: unknown): boolean => u === true || u === "true"

/** A number; DingTalk sends some of them as strings. */
export const number = (u: unknown): number | undefined => {
  const n = typeof u === "number" ? u : typeof u === "string" && u.trim() !== "" ? Number(u) : Number.NaN
  return Number.isFinite(n) ? n : undefined
}

/** A whole number that is not negative: a time or a duration in milliseconds. */
export const natural = (u: unknown): number | undefined => {
  const n = number(u)
  if (n === undefined || n < 0) return undefined
  const rounded = Math.round(n)
  // `|| 0` turns -0 into 0.
  return Number.isSafeInteger(rounded) ? rounded || 0 : undefined
}

/** Whether something is nested more deeply than this: what goes through all of it would need that much of a stack. */
export const isDeeper = (u: unknown, than: number): boolean => {
  if (typeof u !== "object" || u === null) return false
  if (than === 0) return true
  for (const value of Object.values(u)) {
    if (typeof value === "object" && isDeeper(value, than - 1)) return true
  }
  return false
}

/** No payload of DingTalk's is nested half as deeply as this. */
export const deepest = 100

/**
 * The value of a string of JSON, `undefined` for any other string: text that a person typed must not be guessed at. What
 * is nested too deeply stays a string.
 */
export const parseJson = (text: string): unknown => {
  const first = text.trimStart()[0]
  if (first !== "{" && first !== "[") return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isDeeper(value, deepest) ? undefined : value
  } catch {
    return undefined
  }
}

/** Nobody wraps JSON into more strings than this. */
const mostQuotes = 4

/** The text within a string of JSON that is itself within quotes, once or more often. */
const unquoted = (text: string, most = mostQuotes): string | undefined => {
  if (most === 0 || !/^\s*(?:\\*"\s*)+[[{]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "string" ? unquoted(value, most - 1) ?? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Several fields come as a value in one build of DingTalk, as a string of the same JSON in another, and as a string of
 * such a string in a third.
 */
export const unwrapped = (u: unknown): unknown => typeof u === "string" ? parseJson(unquoted(u) ?? u) : u

/** An object, or a string of JSON that is one. */
export const record = (u: unknown): JsonObject | undefined => {
  const value = unwrapped(u)
  return isRecord(value) ? value : undefined
}

export const none: ReadonlyArray<never> = Object.freeze([])

/** The objects of a list, or of a string of JSON that is a list; anything else in it is passed over. */
export const records = (u: unknown): ReadonlyArray<JsonObject> => {
  const value = unwrapped(u)
  return Array.isArray(value) ? value.filter(isRecord) : none
}

/** The first of some fields that says something: several are spelt in more than one way. */
export const firstString = (source: JsonObject, ...names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const found = string(source[name])
    if (found !== undefined && found.trim() !== "") return found
  }
  return undefined
}

/** A non-empty string, or a number as one: DingTalk writes codes and counts either way. */
export const text = (u: unknown): string | undefined => typeof u === "number" ? String(u) : string(u)

/** The strings of an array; none where there is no array. */
export const strings = (u: unknown): ReadonlyArray<string> =>
  Array.isArray(u) ? u.filter((item): item is string => typeof item === "string") : none
