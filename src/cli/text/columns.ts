/**
 * How wide a text is on a terminal, and how it is broken into lines. Pure.
 *
 * @since 0.1.0
 */

/** Most of the wide characters: CJK, kana, hangul, fullwidth forms. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/gu

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

/**
 * Breaks a text at its spaces, as {@link fill} has it.
 *
 * @since 0.1.0
 * @category rendering
 */
export const wrap = (text: string, width: number): ReadonlyArray<string> => fill(text.split(" "), width)
