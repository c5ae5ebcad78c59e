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

/** Letters and digits together are what secrets are made of, and hardly ever a mistyped word. */
const mixed = /(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{6,}/i

/** Longest text that is shown whole: a mistyped word is not longer, a secret is. In characters. */
const maxShown = 12

const isTelling = (text: string): boolean =>
  /^[a-z]+:\/\//i.test(text.trim()) || (text.trim().length <= maxShown && !mixed.test(text))

/** A string in quotes, on one line and cut to 80 characters, without what may be a secret that got into a wrong place. */
export const quoteText = (text: string): string =>
  quote(text.replace(new RegExp(`${mixed.source}|[\\w-]{24,}`, "gi"), "…"))

/**
 * The value as the user wrote it, if it is short and plain, else its kind: what stands under a wrong key may be a secret.
 */
export const describe = (u: unknown): string => {
  switch (typeof u) {
    case "string":
      return isTelling(u) ? quote(withoutSecrets(u)) : `a string of ${u.length} characters`
    case "number":
    case "bigint":
    case "boolean":
      return String(u)
    default:
      return kindOf(u)
  }
}
