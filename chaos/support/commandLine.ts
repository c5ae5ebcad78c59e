/** What a program here may be told, and what is wrong with what it was told. Pure. */
import { nearest } from "../../src/internal/text/nearest.ts"

/** By name, without dashes: what the option's value is, in a word. */
export interface Known {
  readonly options: Readonly<Record<string, string>>
  /** What `--only`, or a bare word, may name. */
  readonly parts?: ReadonlyArray<string> | undefined
  /** What these options may name, several after commas. */
  readonly lists?: Readonly<Record<string, ReadonlyArray<string>>> | undefined
}

/** What was written, word by word: options with their values, and bare words. */
export const read = (argv: ReadonlyArray<string>) => {
  const options: Array<readonly [name: string, value: string | undefined]> = []
  const words: Array<string> = []
  for (const [i, word] of argv.entries()) {
    const before = argv[i - 1]
    if (word.startsWith("--")) {
      const next = argv[i + 1]
      options.push([word.slice(2), next?.startsWith("--") === true ? undefined : next])
    } else if (before?.startsWith("--") !== true) words.push(word)
    else if (before === "--only") words.push(word)
  }
  return { options, words }
}

/** What there is, in lines. */
export const usage = ({ lists = {}, options, parts = [] }: Known): string =>
  [
    ...Object.entries(options).map(([name, value]) => `  --${name} ${value}`),
    ...Object.entries(lists).map(([name, values]) => `  --${name} ${values.join(",")}`),
    ...parts.length === 0 ? [] : [`  --only PART, of: ${parts.join(", ")}`]
  ].join("\n")

const unknown = (what: string, given: string, names: ReadonlyArray<string>, dashes = "") => {
  const meant = nearest(given, names)
  return `there is no ${what} ${dashes}${given}${meant === undefined ? "" : `: did you mean ${dashes}${meant}?`}`
}

/** The first thing that is wrong; `undefined`: nothing. */
export const misuse = (argv: ReadonlyArray<string>, known: Known): string | undefined => {
  const { options, words } = read(argv)
  const { lists = {}, parts } = known
  const names = [...Object.keys(known.options), ...Object.keys(lists), ...parts === undefined ? [] : ["only"]]
  for (const [name, value] of options) {
    if (!names.includes(name)) return unknown("option", name, names, "--")
    if (value === undefined) return `--${name} takes a value`
    const among = lists[name]
    const stray = among === undefined ? undefined : value.split(",").find((each) => !among.includes(each))
    if (among !== undefined && stray !== undefined) return unknown(name, stray, among)
    const isNumber = /^N\b/.test(known.options[name] ?? "")
    if (isNumber && !Number.isFinite(Number(value))) return `--${name} takes a number, not ${value}`
  }
  const stray = words.find((word) => parts?.includes(word) !== true)
  return stray === undefined ? undefined : unknown("part", stray, parts ?? [])
}
