/**
 * How a wrong value is named in a sentence.
 */

/** What kind of thing a value is; nothing of the value itself, so it serves for secrets too. */
export const kindOf = (u: unknown): string => {
  if (u === null || u === undefined) return String(u)
  if (Array.isArray(u)) return "a list"
  switch (typeof u) {
    case "string":
      return "a string"
    case "number":
    case "bigint":
      return "a number"
    case "boolean":
      return "a boolean"
    case "object":
      return "an object"
    default:
      return `a ${typeof u}`
  }
}

/** Longest quotation, in characters: enough to recognise a value by. */
const maxQuoted = 80

/** A string in quotes, on one line, cut to 80 characters. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text)

/** A name and password inside a URL, and whatever its query holds, are nobody's business in a log. */
const withoutSecrets = (text: string): string => {
  const start = text.indexOf("//")
  if (start === -1) return text
  const query = text.slice(start).search(/[?#]/)
  const end = text.lastIndexOf("@")
  const tail = query === -1 ? text.length : start + query
  const shown = end > start && end < tail ? `${text.slice(0, start)}//…${text.slice(end, tail)}` : text.slice(0, tail)
  return query === -1 ? shown : `${shown}${text.slice(tail, tail + 1)}…`
}

/** The value as the user wrote it, if it is short and plain, else its kind. Never to be called with a secret. */
export const describe = (u: unknown): string => {
  switch (typeof u) {
    case "string":
      return quote(withoutSecrets(u))
    case "number":
    case "bigint":
    case "boolean":
      return String(u)
    default:
      return kindOf(u)
  }
}
