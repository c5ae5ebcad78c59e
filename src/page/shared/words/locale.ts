/**
 * The language of the page.
 *
 * @since 0.1.0
 */
import { createContext } from "preact"
import { useContext } from "preact/hooks"

/**
 * @since 0.1.0
 * @category models
 */
export type Locale = "zh-CN" | "en-US"

/**
 * Sentences in both languages. One that Chinese lacks does not compile.
 *
 * @since 0.1.0
 * @category models
 */
export type Bilingual<W> = Readonly<Record<Locale, W>>

/**
 * The language that somebody wants to read, by what the browser says, in the order of preference. Default: English.
 *
 * @since 0.1.0
 * @category decisions
 */
export const preferred = (languages: ReadonlyArray<string>): Locale => {
  const first = languages.map((language) => language.toLowerCase()).find((language) => /^(?:zh|en)\b/.test(language))
  return first?.startsWith("zh") === true ? "zh-CN" : "en-US"
}

/**
 * The language in force, and how to change it.
 *
 * @since 0.1.0
 * @category contexts
 */
export const Language = createContext<{ readonly locale: Locale; readonly choose: (locale: Locale) => void }>({
  locale: "en-US",
  choose: () => {}
})

/**
 * @since 0.1.0
 * @category hooks
 */
export const useLocale = (): Locale => useContext(Language).locale

/**
 * The sentences of the language in force.
 *
 * @since 0.1.0
 * @category hooks
 */
export const useWords = <W>(all: Bilingual<W>): W => all[useLocale()]
