/**
 * What is wrong with a command line that its command does not take, in better words than the parser's. Pure.
 *
 * @since 0.1.0
 */
import { nearest } from "../../internal/text/nearest.ts"
import * as Words from "../argv/words.ts"
import * as Manual from "./Manual.ts"

const numeric = { integer: /^[+-]?\d+$/, number: /^[+-]?\d*\.?\d+(?:e[+-]?\d+)?$/i }

const listed = (names: ReadonlyArray<string>): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`

const notHere = (entry: Manual.Entry, all: ReadonlyArray<Manual.Entry>, name: string): string => {
  const owners = all.filter(({ options }) => options.some((option) => option.name === name)).map(({ name }) => name)
  const near = nearest(name, entry.options.map((option) => option.name))
  const way = near !== undefined
    ? `did you mean ${near}?`
    : owners.length > 0
    ? `it belongs to ${listed(owners)}; leave it out`
    : "leave it out"
  return `${entry.name} has no option ${name}: ${way}`
}

/**
 * The first mistake in the words of a command, if it is one that can be named.
 *
 * @since 0.1.0
 * @category decisions
 */
export const find = (
  entry: Manual.Entry,
  all: ReadonlyArray<Manual.Entry>,
  words: ReadonlyArray<string>
): string | undefined => {
  const read = Words.read(words)
  const names = read.flatMap((word) => word._tag === "Option" ? [word.name] : [])
  const known = [...entry.options, ...Manual.builtIn, ...Manual.ofProgram]
  const stranger = names.find((name) => name !== "-h" && !known.some((option) => option.name === name))
  if (stranger !== undefined) return notHere(entry, all, stranger)
  const twice = entry.options.find(({ isRepeated, name }) =>
    !isRepeated && names.filter((each) => each === name).length > 1
  )
  if (twice !== undefined) return `${twice.name} is given twice: ${entry.name} takes it once`
  for (const word of read) {
    if (word._tag === "Option") {
      const option = known.find(({ name }) => name === word.name)
      if (option === undefined) continue
      if (option.kind !== "text" && !numeric[option.kind].test(word.value ?? "")) {
        return `${word.name} must be ${
          option.kind === "integer" ? "a whole number" : "a number"
        }, but is "${word.value}"`
      }
      if (option.choices.length > 0 && word.value !== undefined && !option.choices.includes(word.value)) {
        return `${word.name} must be one of ${option.choices.join(", ")}, but is "${word.value}"`
      }
    } else if (entry.words === undefined) {
      return `${entry.name} does not know what to do with "${word.text}": words stand behind an option, in quotes if there are several`
    }
  }
  return undefined
}
