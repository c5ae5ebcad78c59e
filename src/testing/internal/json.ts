/** Looking into JSON that somebody else made. */

export type Json = Readonly<Record<string, unknown>>

export const isRecord = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

export const isText = (u: unknown): u is string => typeof u === "string" && u !== ""

/** The texts of a list; none of what is no list. */
export const texts = (u: unknown): ReadonlyArray<string> => Array.isArray(u) ? u.filter(isText) : []

/** `undefined` for what is no JSON. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
