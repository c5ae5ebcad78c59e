import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { Language, spoken } from "../../../src/cli/words/Catalogue.ts"
import { fromVariables, type Locale } from "../../../src/cli/words/locale.ts"

const none = { lcAll: "", lcMessages: "", lang: "", language: "" }

const cases: ReadonlyArray<readonly [variables: Partial<typeof none>, locale: Locale]> = [
  [{}, "en"],
  [{ lang: "zh_CN.UTF-8" }, "zh"],
  [{ lang: "zh_TW" }, "zh"],
  [{ lang: "zh-Hans" }, "zh"],
  [{ lang: "zh" }, "zh"],
  [{ lang: "ZH_cn.utf8" }, "zh"],
  [{ lang: "de_DE.UTF-8" }, "en"],
  [{ lang: "zhx_CN" }, "en"],
  [{ lang: "en_US.UTF-8", lcMessages: "zh_CN.UTF-8" }, "zh"],
  [{ lang: "zh_CN.UTF-8", lcMessages: "en_US.UTF-8" }, "en"],
  [{ lang: "zh_CN.UTF-8", lcAll: "C" }, "en"],
  [{ lang: "zh_CN.UTF-8", lcAll: "C.UTF-8" }, "en"],
  [{ lang: "en_US.UTF-8", lcAll: "zh_CN.GB18030" }, "zh"],
  [{ language: "zh_CN:en" }, "zh"],
  [{ lang: "en_US.UTF-8", language: "zh_CN:en" }, "zh"],
  [{ lang: "zh_CN.UTF-8", language: "en_US:zh" }, "en"],
  [{ lang: "de_DE.UTF-8", language: "de:zh_CN" }, "zh"],
  [{ lang: "C", language: "zh_CN" }, "en"]
]

describe("the locale", () => {
  for (const [variables, locale] of cases) {
    it(`${JSON.stringify(variables)} is ${locale}`, () =>
      assert.strictEqual(fromVariables({ ...none, ...variables }), locale))
  }

  it("understands anything", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), FastCheck.string(), (lang, language) => {
      assert.oneOf(fromVariables({ ...none, lang, language }), ["en", "zh"])
    }))
  })

  it.effect("is the environment's", () =>
    Effect.gen(function*() {
      const localeOf = (variables: ReadonlyArray<readonly [string, string]>) =>
        Effect.map(Language, ({ locale }) => locale).pipe(
          spoken,
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map(variables)))
        )
      assert.strictEqual(yield* localeOf([["LANG", "zh_CN.UTF-8"]]), "zh")
      assert.strictEqual(yield* localeOf([]), "en")
    }))
})
