/**
 * Every sentence that people read in their own language, in English and in Chinese. A sentence that one of the two lacks
 * does not compile. Names of log events, fields of JSON and options stay as they are in any language.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Doctor from "./doctor.ts"
import * as Ending from "./ending.ts"
import * as Init from "./init.ts"
import * as Hints from "./library/hints.ts"
import { type Locale, locale } from "./locale.ts"
import * as New from "./new.ts"
import * as Play from "./play.ts"
import * as Sending from "./sending.ts"
import * as Simulate from "./simulate.ts"

const english = {
  locale: identity<Locale>("en"),
  doctor: Doctor.english,
  ending: Ending.english,
  hints: Hints.english,
  init: Init.english,
  new: New.english,
  play: Play.english,
  sending: Sending.english,
  simulate: Simulate.english
}

/**
 * The sentences of one language.
 *
 * @since 0.1.0
 * @category models
 */
export type Words = typeof english

const chinese: Words = {
  locale: "zh",
  doctor: Doctor.chinese,
  ending: Ending.chinese,
  hints: Hints.chinese,
  init: Init.chinese,
  new: New.chinese,
  play: Play.chinese,
  sending: Sending.chinese,
  simulate: Simulate.chinese
}

/**
 * @since 0.1.0
 * @category constants
 */
export const catalogue: Readonly<Record<Locale, Words>> = { en: english, zh: chinese }

/**
 * The language that this process speaks. Default: English.
 *
 * @since 0.1.0
 * @category tags
 */
export class Language extends Context.Reference<Language>()("effect-dingtalk/cli/words/Language", {
  defaultValue: (): Words => catalogue.en
}) {}

/**
 * Lets an effect speak the language of the environment.
 *
 * @since 0.1.0
 * @category operations
 */
export const spoken = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    Effect.orElseSucceed(locale, (): Locale => "en"),
    (found) => Effect.provideService(self, Language, catalogue[found])
  )

/**
 * What is wrong with a command line, in the language of this process. The words are read when
 * something is.
 *
 * @since 0.1.0
 * @category rendering
 */
export const inLanguage = (sentence: string): Effect.Effect<string> =>
  Effect.flatMap(Language, ({ locale }) =>
    locale === "en"
      ? Effect.succeed(sentence)
      : Effect.map(Effect.promise(() => import("./usage.ts")), ({ inChinese }) => inChinese(sentence)))
