/**
 * Patterns that are matched in time linear in the text. JavaScript's own engine backtracks: with a pattern such as
 * `^(a+)+$`, one message of forty letters would stop the process for hours.
 */
import * as Option from "effect/Option"
import { RE2JS } from "re2js"

/** What JavaScript counts as a blank and RE2 does not; the full-width one is what Chinese keyboards type. */
const blanks = "\\s\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"

/** Makes `\s` mean the same as in JavaScript, within a class and outside of one. */
const withAllBlanks = (source: string): string => {
  let inClass = false
  return source.replace(/\\s|\\.|\[|\]/gsu, (token) => {
    if (token === "[") inClass = true
    else if (token === "]") inClass = false
    return token === "\\s" ? (inClass ? blanks : `[${blanks}]`) : token
  })
}

/**
 * Whether a pattern is found in a text, whatever its case; `None` for what can't be matched in linear time:
 * look-around, back references and counts above 1 000.
 */
export const compile = (pattern: RegExp): Option.Option<(text: string) => boolean> => {
  const flags = RE2JS.CASE_INSENSITIVE | (pattern.multiline ? RE2JS.MULTILINE : 0) | (pattern.dotAll ? RE2JS.DOTALL : 0)
  return Option.map(
    Option.liftThrowable(() => RE2JS.compile(RE2JS.translateRegExp(withAllBlanks(pattern.source)), flags))(),
    (compiled) => (text) => compiled.test(text)
  )
}
