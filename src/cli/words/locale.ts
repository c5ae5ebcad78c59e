/**
 * Which language people want to read, by the environment as POSIX and GNU have it.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"

/**
 * @since 0.1.0
 * @category models
 */
export type Locale = "en" | "zh"

/**
 * The variables that say it; one that is not set is empty.
 *
 * @since 0.1.0
 * @category models
 */
export interface Variables {
  readonly lcAll: string
  readonly lcMessages: string
  readonly lang: string
  /** Languages in the order of preference, with colons between them. */
  readonly language: string
}

const localeOf = (name: string): Locale | undefined => {
  const [language] = name.trim().toLowerCase().split(/[_.@-]/)
  return language === "zh" ? "zh" : language === "en" || language === "c" || language === "posix" ? "en" : undefined
}

/**
 * The first that is set of `LC_ALL`, `LC_MESSAGES` and `LANG` is the locale. Unless that is `C`, `LANGUAGE` may name
 * languages that are preferred to it. What is neither Chinese nor English is read in English.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromVariables = ({ lang, language, lcAll, lcMessages }: Variables): Locale => {
  const base = [lcAll, lcMessages, lang].find((name) => name.trim() !== "")
  if (base !== undefined && /^(?:c|posix)(?:\.|$)/i.test(base.trim())) return "en"
  const preferred = language.split(":").map(localeOf).find((locale) => locale !== undefined)
  return preferred ?? localeOf(base ?? "") ?? "en"
}

const variable = (name: string): Config.Config<string> => Config.withDefault(Config.string(name), "")

/**
 * The locale of the current `ConfigProvider`.
 *
 * @since 0.1.0
 * @category decoding
 */
export const locale: Config.Config<Locale> = Config.map(
  Config.all({
    lcAll: variable("LC_ALL"),
    lcMessages: variable("LC_MESSAGES"),
    lang: variable("LANG"),
    language: variable("LANGUAGE")
  }),
  fromVariables
)
