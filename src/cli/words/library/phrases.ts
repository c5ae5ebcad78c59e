/**
 * Sentences that are said in English elsewhere, recognised by their pattern and said in Chinese. Pure.
 *
 * @since 0.1.0
 */

/**
 * A pattern, and what it is in Chinese, given what its groups have caught.
 *
 * @since 0.1.0
 * @category models
 */
export type Phrase = readonly [pattern: RegExp, chinese: (...parts: ReadonlyArray<string>) => string]

/**
 * A sentence by the first phrase that it is. One that is none of them stays as it is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const phrase = (table: ReadonlyArray<Phrase>, text: string): string => {
  for (const [pattern, chinese] of table) {
    const found = pattern.exec(text)
    if (found !== null) return chinese(...found.slice(1))
  }
  return text
}
