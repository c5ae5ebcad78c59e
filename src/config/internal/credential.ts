/**
 * What is wrong with an id or a secret as it was copied: files of variables and templates leave in it what does not belong.
 */
/** Nothing of DingTalk's has such characters in it. Control characters at the ends are trimmed, and no fault. */
const invisible = /[\p{Cc}\p{Default_Ignorable_Code_Point}]/u

const quotes = /^["'`“”‘’]|["'`“”‘’]$/

const placeholder = /\$\{|\$\(|\{\{|^\$[a-z_]\w*$|^%\w+%$|^<.*>$/i

const codePoint = (text: string): string =>
  `U+${(invisible.exec(text)?.[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

/** No blank. The byte order mark, which `trim` takes for one, is to be told of. */
const isSolid = (unit: string): boolean => /[\S\ufeff]/.test(unit)

/**
 * Without the blanks at its ends. One by one: an expression that ends with `$` looks from each blank within anew whether these
 * are the last ones.
 */
const trimmed = (text: string): string => {
  const units = text.split("")
  const first = units.findIndex(isSolid)
  return first === -1 ? "" : text.slice(first, units.findLastIndex(isSolid) + 1)
}

/** What can be wrong. */
export type Problem = "invisible" | "quotes" | "placeholder" | "blanks"

/** What is wrong, if anything is. */
export const kindOf = (text: string): Problem | undefined => {
  const plain = trimmed(text)
  if (invisible.test(plain)) return "invisible"
  if (quotes.test(plain)) return "quotes"
  if (placeholder.test(plain)) return "placeholder"
  return /\s/.test(plain) ? "blanks" : undefined
}

/** A sentence that reads on from the path, and holds nothing of the value. Undefined if nothing is wrong. */
export const problemOf = (text: string): string | undefined => {
  switch (kindOf(text)) {
    case "invisible":
      return `has a character in it that can't be seen (${
        codePoint(trimmed(text))
      }): write it again by hand, or copy it elsewhere`
    case "quotes":
      return "has quotes around it that are taken for a part of it (docker --env-file does not remove them): write it without"
    case "placeholder":
      return "is a placeholder (${…}, $NAME, %NAME%, <…>) that nothing was put in for: is the variable set where this is filled in?"
    case "blanks":
      return "has blanks in the middle: were two things copied, or a line cut?"
    case undefined:
      return undefined
  }
}

const looksLikeId = /^(?:ding|suite)[a-z0-9]{12,24}$/

/** Whether id and secret were probably mistaken for each other: an id has a form of its own, a secret is longer. */
export const areSwapped = (id: string, secret: string): boolean =>
  looksLikeId.test(secret.trim()) && !looksLikeId.test(id.trim()) && id.trim().length > secret.trim().length

/** The text without quotes around the whole of it, and whatever blanks are outside of them. */
export const unquoted = (text: string): string => {
  const plain = text.trim()
  const [quote] = plain
  const inner = plain.slice(1, -1)
  return plain.length > 1 && (quote === "\"" || quote === "'") && plain.endsWith(quote) && !inner.includes(quote)
    ? inner
    : text
}

/** What people write between the items of a list, besides the comma of a comma list; no id has it in it. */
const separator = /[,，、;；|]/

/** The same of an item of a list: one that is several would be nobody's id. */
export const itemProblemOf = (text: string): string | undefined => {
  const between = separator.exec(text)?.[0]
  return problemOf(text) ?? (between === undefined
    ? undefined
    : `has "${between}" in it, which no id has: write a list of strings, or one text with "," between the ids`)
}
