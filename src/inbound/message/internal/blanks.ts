/** Blanks as people and clients write them: all that Unicode calls a space, and the zero-width ones. */

const blank = /[\s\u200b\u2060\ufeff]/

export const isBlank = (text: string, index: number): boolean => index < text.length && blank.test(text.charAt(index))

/** Without the blanks at its ends. Loops, because a pattern for the end of a text takes a square of the time. */
export const trim = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && blank.test(text.charAt(start))) start += 1
  while (end > start && blank.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/** A field's words without the blanks around them; `""` for none. */
export const trimmed = (u: unknown): string => typeof u === "string" ? trim(u) : ""
