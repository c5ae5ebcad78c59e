/**
 * Help as a terminal of some width shows it. Pure.
 *
 * @since 0.1.0
 */
import * as Words from "../argv/words.ts"
import { columns, fill, wrap } from "../text/columns.ts"
import * as Manual from "./Manual.ts"
import type { Example, Page } from "./pages.ts"

/**
 * How help looks.
 *
 * @since 0.1.0
 * @category models
 */
export interface Look {
  /** Columns of a line. */
  readonly width: number
  /** Whether titles stand out. */
  readonly colours: boolean
  /** A sentence of it in the language of the reader. */
  readonly say: (english: string) => string
}

const command = "effect-dingtalk"

/** The widest column of names; a name that is wider has a line of its own. */
const widestName = 26

/** A terminal that is wider than this is not filled: nobody reads such lines. */
const widestText = 120

const narrowest = 30

/**
 * The width of help for a terminal with so many columns.
 *
 * @since 0.1.0
 * @category decisions
 */
export const widthOf = (columns: number): number => Math.min(Math.max(columns, narrowest), widestText)

const title = ({ colours, say }: Look, text: string): string => colours ? `\u001b[1m${say(text)}\u001b[0m` : say(text)

/** Names and what they are, in two columns, or one below the other where there is no room. */
const table = (look: Look, rows: ReadonlyArray<readonly [name: string, about: string]>): ReadonlyArray<string> => {
  const names = rows.map(([name]) => columns(name)).filter((width) => width <= widestName)
  const column = look.width < 50 ? 2 : Math.max(0, ...names) + 4
  const room = look.width - Math.max(column, 6)
  const indent = " ".repeat(Math.max(column, 6))
  return rows.flatMap(([name, about]) => {
    const [first = "", ...rest] = wrap(look.say(about), room)
    const behind = rest.map((line) => indent + line)
    return columns(name) + 4 <= column
      ? [`  ${name}${" ".repeat(column - 2 - columns(name))}${first}`, ...behind]
      : [...wrapped(name, look.width, "  "), indent + first, ...behind]
  })
}

/** A line that is broken where it has to be; what follows stands in a little. */
const wrapped = (text: string, width: number, indent: string): ReadonlyArray<string> =>
  wrap(text, width - columns(indent) - 4).map((line, index) => `${indent}${index === 0 ? "" : "    "}${line}`)

const usageOf = (look: Look, { usage }: Page): ReadonlyArray<string> =>
  usage.flatMap((each) => wrapped(`${command} ${each}`, look.width, "  "))

/** The words of a line of shell; what is in quotes holds together. */
const shellWords = (line: string): ReadonlyArray<string> => line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []

/** An example is a line to be copied: it is broken as a shell has it. */
const exampleOf = (look: Look, { about, line }: Example): ReadonlyArray<string> => {
  const broken = fill(shellWords(line), look.width - 8)
  return [
    ...wrap(`# ${look.say(about)}`, look.width - 2).map((each, index) => `  ${index === 0 ? "" : "# "}${each}`),
    ...broken.map((each, index) => `  ${index === 0 ? "" : "    "}${each}${index < broken.length - 1 ? " \\" : ""}`)
  ]
}

const rowOf = ({ choices, description, isRepeated, name, value }: Manual.Term): readonly [string, string] => {
  const shown = value === undefined ? "" : ` ${choices.length > 0 ? choices.join("|") : value}`
  return [
    `${name}${columns(shown) > widestName ? ` ${value}` : shown}${isRepeated ? " …" : ""}`,
    description
  ]
}

const section = (
  look: Look,
  name: string,
  lines: ReadonlyArray<string>
): ReadonlyArray<string> => lines.length === 0 ? [] : ["", title(look, name), ...lines]

const sectionsOf = (look: Look, page: Page, sections: ReadonlyArray<readonly [string, ReadonlyArray<string>]>) => [
  ...section(look, "Usage:", usageOf(look, page)),
  ...sections.flatMap(([name, lines]) => section(look, name, lines)),
  ...section(look, "Examples:", page.examples.flatMap((example) => exampleOf(look, example)))
]

const isGeneral = ({ name }: Manual.Term): boolean => Words.general.has(name)

/**
 * The help of a command.
 *
 * @since 0.1.0
 * @category rendering
 */
export const ofEntry = (look: Look, entry: Manual.Entry, page: Page): string =>
  [
    ...wrap(look.say(entry.description), look.width),
    ...sectionsOf(look, page, [
      ["Arguments:", table(look, entry.words === undefined ? [] : [rowOf(entry.words)])],
      ["Options:", table(look, entry.options.filter((option) => !isGeneral(option)).map(rowOf))],
      ["General options:", table(look, [...entry.options.filter(isGeneral), ...Manual.builtIn].map(rowOf))]
    ])
  ].join("\n")

/**
 * The help of the program.
 *
 * @since 0.1.0
 * @category rendering
 */
export const ofProgram = (
  look: Look,
  version: string,
  about: string,
  entries: ReadonlyArray<Manual.Entry>,
  page: Page
): string =>
  [
    ...wrap(`${command} ${version}: ${look.say(about)}`, look.width),
    ...sectionsOf(look, page, [
      ["Commands:", table(look, entries.map((entry) => [entry.name, Manual.summary(look.say(entry.description))]))],
      ["Options:", table(look, [...Manual.builtIn, ...Manual.ofProgram].map(rowOf))]
    ])
  ].join("\n")
