/**
 * How wide a text is on a terminal, and how it is broken into lines. Pure.
 *
 * @since 0.1.0
 */

/** Most of the wide characters: CJK, kana, hangul, fullwidth forms, emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu

/**
 * How many columns of a terminal a text takes.
 *
 * @since 0.1.0
 * @category rendering
 */
export const columns = (text: string): number => [...text].length + (text.match(wide)?.length ?? 0)

/**
 * Puts words on lines that are no wider than so many columns, where the words let it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const fill = (words: ReadonlyArray<string>, width: number): ReadonlyArray<string> =>
  words.reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last !== undefined && columns(last) + 1 + columns(word) <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, word]
  }, [])

/** What stands together: a word, or a character of Chinese, with the marks that may not begin or end a line. */
const unbroken = new RegExp(`[（“]*(?:${wide.source}|(?:(?!${wide.source})[^（“])+)[，。、；：？！）”]*`, "gu")

/**
 * Breaks a text at its spaces and between characters of Chinese, which has none.
 *
 * @since 0.1.0
 * @category rendering
 */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines = [""]
  for (const [index, word] of text.split(" ").entries()) {
    for (const [place, piece] of (word.match(unbroken) ?? [""]).entries()) {
      const last = lines.at(-1) ?? ""
      const gap = index > 0 && place === 0 ? " " : ""
      const isFirst = index === 0 && place === 0
      if (isFirst || columns(last) + gap.length + columns(piece) <= width) lines[lines.length - 1] = last + gap + piece
      else lines.push(piece)
    }
  }
  return lines
}

/**
 * The end of a text that fits into so many columns, behind an ellipsis if something is left out.
 *
 * @since 0.1.0
 * @category rendering
 */
export const tailWithin = (text: string, width: number): string => {
  if (columns(text) <= width) return text
  const kept: Array<string> = []
  let left = width - 1
  for (const character of [...text].toReversed()) {
    left -= columns(character)
    if (left < 0) break
    kept.push(character)
  }
  return `…${kept.toReversed().join("")}`
}

/**
 * The text, and blanks up to so many columns.
 *
 * @since 0.1.0
 * @category rendering
 */
export const padded = (text: string, width: number): string =>
  `${text}${" ".repeat(Math.max(0, width - columns(text)))}`
