/**
 * What surrounds the content of every page.
 *
 * @since 0.1.0
 */
import { type ComponentChildren, render } from "preact"
import { useContext, useEffect, useState } from "preact/hooks"
import type { Link } from "../process.ts"
import { common } from "../words/common.ts"
import { Language, type Locale, preferred, useWords } from "../words/locale.ts"

const storedAs = "effect-dingtalk.locale"

const stored = (): Locale | undefined => {
  const value = localStorage.getItem(storedAs)
  return value === "zh-CN" || value === "en-US" ? value : undefined
}

const Languages = ({ children }: { readonly children: ComponentChildren }) => {
  const [locale, setLocale] = useState<Locale>(() => stored() ?? preferred(navigator.languages))
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const choose = (chosen: Locale) => {
    localStorage.setItem(storedAs, chosen)
    setLocale(chosen)
  }
  return <Language.Provider value={{ locale, choose }}>{children}</Language.Provider>
}

/**
 * Shows a page in the document's `#root`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const start = (page: ComponentChildren): void => {
  const root = document.querySelector("#root")
  if (root !== null) render(<Languages>{page}</Languages>, root)
}

/**
 * Changes to the other language.
 *
 * @since 0.1.0
 * @category components
 */
export const LanguageSwitch = () => {
  const { choose, locale } = useContext(Language)
  const { otherLanguage } = useWords(common)
  const other = locale === "zh-CN" ? "en-US" : "zh-CN"
  return (
    <button class="button quiet" type="button" lang={other} onClick={() => choose(other)}>
      {otherLanguage}
    </button>
  )
}

/**
 * Says when the process is not there, or does not know this browser.
 *
 * @since 0.1.0
 * @category components
 */
export const LinkNotice = ({ link }: { readonly link: Link }) => {
  const words = useWords(common)
  return (
    <div class="link-notice" role="status" aria-live="polite">
      {link === "up" ? null : <p class={link === "connecting" ? "" : "bad"}>{words[link]}</p>}
    </div>
  )
}
