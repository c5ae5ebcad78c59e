/** A JSON object as it came. Its fields are read one by one and believed only after a look. */
export type Json = { readonly [key: string]: unknown }

export const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

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

/** The value of a string of JSON, `undefined` for any other string: text that a person typed must not be guessed at. */
export const parseJson = (text: string): unknown => {
  const first = text.trimStart()[0]
  if (first !== "{" && first !== "[") return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Several fields come as an object in one build of DingTalk and as a string of the same JSON in another. */
export const record = (u: unknown): Json | undefined => {
  const value = typeof u === "string" ? parseJson(u) : u
  return isRecord(value) ? value : undefined
}

export const none: ReadonlyArray<never> = Object.freeze([])

/** The objects of a list, or of a string of JSON that is a list; anything else in it is passed over. */
export const records = (u: unknown): ReadonlyArray<Json> => {
  if (u === undefined) return none
  const value = typeof u === "string" ? parseJson(u) : u
  return Array.isArray(value) ? value.filter(isRecord) : none
}
