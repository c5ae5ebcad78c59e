/** Bends JSON where it hurts: values, keys, structure, nesting, and the text itself. */
import type { Random } from "../support/random.ts"

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** A string in a value that stands for text which no value can be written as. */
const mark = (index: number): string => `@@raw${index}@@`

const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}0${close.repeat(depth)}`

/** Text that a parser takes and that `JSON.stringify` would not write. */
const raws = [
  "1e400",
  "-0",
  "-1e-400",
  "123456789012345678901234567890",
  "\"\\ud800\"",
  "\"\\u0000\"",
  "{\"a\":1,\"a\":2}",
  "{\"__proto__\":{\"polluted\":1}}",
  "{\"constructor\":{\"prototype\":{\"polluted\":1}}}",
  nested("[", "]", 50),
  nested("[", "]", 2_000),
  nested("{\"a\":", "}", 2_000),
  nested("[", "]", 20_000)
] as const

/** Writes a value as text. */
export const write = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.includes("@@raw") ? text.replace(/"@@raw(\d+)@@"/g, (_, index) => raws[Number(index)] ?? "null") : text
}

const oddStrings = [
  "",
  " ",
  "0",
  "-1",
  "1e999",
  "NaN",
  "null",
  "true",
  "[]",
  "{}",
  "[{}]",
  "{\"text\":1}",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "\u0000",
  "\u001b[2J",
  "\ud800",
  "e\u0301",
  "💥",
  "../../etc/passwd",
  "cid",
  "2"
] as const

const oddNumbers = [0, -1, 0.5, 2 ** 31, 2 ** 53, Number.MAX_VALUE, 5e-324, 1e21] as const

/** Pieces that regular expressions and loops may trip over when there are very many of them. */
export const pieces = [
  "[",
  "【",
  "]",
  "(",
  "//",
  "a",
  "aA.",
  "A.A_",
  "1.",
  "::",
  "token=",
  "secret : ",
  "subcode=",
  "\"status\": ",
  "qyapi_",
  "```\n",
  "~~~",
  "`",
  "#",
  "\n",
  " ",
  "\t",
  "\u0301",
  "\u200d👩",
  "\ud800",
  "@",
  "&a=",
  "?",
  "%",
  "\\",
  "\"",
  "<",
  "你",
  "/",
  ",",
  "0"
] as const

/** Mostly short; now and then long enough for a loop in a loop to show. */
const manyPieces = (random: Random): string =>
  random.pick(pieces).repeat(random.once(40) ? 1 + random.below(20_000) : 1 + random.below(40)) +
  (random.once(2) ? random.pick(pieces) : "")

/** It can't be turned into a string or a number. */
const hostile: Json = { toString: 1, valueOf: 1, toJSON: 1, length: -1 }

const oddValue = (random: Random): Json => {
  switch (random.below(10)) {
    case 0:
      return null
    case 1:
      return random.once(2)
    case 2:
      return random.pick(oddNumbers)
    case 3:
      return random.pick(oddStrings)
    case 4:
      return manyPieces(random)
    case 5:
      return []
    case 6:
      return {}
    case 7:
      // Deep nesting is dear to write, so there is less of it.
      return mark(random.below(random.once(8) ? raws.length : raws.length - 3))
    case 8:
      return random.once(2) ? [random.pick(oddStrings), random.pick(oddNumbers), null, {}] : hostile
    default:
      return Object.fromEntries([[random.pick(oddStrings), random.pick(oddStrings)]])
  }
}

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

/** In a string of JSON, in the value behind it. */
const within = (text: string, random: Random, others: ReadonlyArray<Json>): Json => {
  if (text.startsWith("{") || text.startsWith("[")) {
    try {
      const inner: Json = JSON.parse(text)
      return write(mutate(inner, random, others))
    } catch {
      return random.pick(oddStrings)
    }
  }
  return random.once(2) ? oddValue(random) : text + manyPieces(random)
}

/** Bends one place of a value. The value itself stays as it is. */
export const mutate = (value: Json, random: Random, others: ReadonlyArray<Json>): Json => {
  if (random.once(12)) return random.once(4) ? others[random.below(others.length)] ?? null : oddValue(random)
  if (typeof value === "string") return within(value, random, others)
  if (value === null || typeof value !== "object") return oddValue(random)
  if (isList(value)) {
    const at = random.below(value.length + 1)
    const item = value[at]
    switch (random.below(4)) {
      case 0:
        return value.filter((_, i) => i !== at)
      case 1:
        return [...value, oddValue(random)]
      case 2:
        return item === undefined ? value : Array.from({ length: random.once(20) ? 1_000 : 3 }, () => item)
      default:
        return item === undefined ? [oddValue(random)] : value.with(at, mutate(item, random, others))
    }
  }
  const entries = Object.entries(value)
  const [key = "", field = null] = entries[random.below(entries.length)] ?? []
  const rest = entries.filter(([name]) => name !== key)
  switch (random.below(10)) {
    case 0:
      return Object.fromEntries(rest)
    case 1:
      return Object.fromEntries([...rest, [random.pick(oddStrings), field]])
    case 2:
      return Object.fromEntries([...entries, [random.pick(oddStrings), oddValue(random)]])
    case 3:
      return Object.fromEntries([...rest, [key, typeof field === "string" ? [field] : write(field)]])
    default:
      return Object.fromEntries(entries.map(([name, it]) => [name, name === key ? mutate(it, random, others) : it]))
  }
}

/** Bends a text without regard for what it means. */
export const garble = (text: string, random: Random): string => {
  const at = random.below(text.length + 1)
  const to = Math.min(text.length, at + random.below(8))
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(to)
    case 2:
      return text.slice(0, at) + String.fromCharCode(random.below(0x1_0000)) + text.slice(at)
    case 3:
      return text.slice(0, at) + text.slice(at, to).repeat(5) + text.slice(to)
    case 4:
      return text.slice(0, at) + manyPieces(random) + text.slice(to)
    default:
      return text.slice(at) + text.slice(0, at)
  }
}

/** Some changes, one on top of the other. */
export const bend = (seed: Json, random: Random, others: ReadonlyArray<Json>): Json => {
  let value = seed
  for (let n = random.below(4); n > 0; n--) value = mutate(value, random, others)
  return value
}

export const bendText = (seed: string, random: Random): string => {
  let text = seed
  for (let n = 1 + random.below(3); n > 0; n--) text = garble(text, random)
  return text
}
