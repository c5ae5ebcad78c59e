/**
 * What the command line offers, read from the very commands that run: nothing of it is written down twice. Pure.
 *
 * @since 0.1.0
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import type * as Usage from "@effect/cli/Usage"
import * as Option from "effect/Option"

/**
 * An option, or the words that a command takes by themselves.
 *
 * @since 0.1.0
 * @category models
 */
export interface Term {
  /** As it is written: `--to`, or `KEY` for a word. */
  readonly name: string
  /** What its value is called, such as `FILE`; `undefined` for an option that stands alone. */
  readonly value: string | undefined
  /** All its values, where they are fixed. */
  readonly choices: ReadonlyArray<string>
  /** What its value has to be. */
  readonly kind: "text" | "integer" | "number"
  readonly isRepeated: boolean
  readonly description: string
}

const flag: Omit<Term, "description" | "name"> = { value: undefined, choices: [], kind: "text", isRepeated: false }

/**
 * What every command has, and what the program has without one.
 *
 * @since 0.1.0
 * @category constants
 */
export const builtIn: ReadonlyArray<Term> = [
  {
    ...flag,
    name: "--log-level",
    value: "LEVEL",
    choices: ["all", "trace", "debug", "info", "warning", "error", "fatal", "none"],
    description: "The least that is logged: all, trace, debug, info, warning, error, fatal or none. Default: info."
  },
  { ...flag, name: "--help", description: "Show this; -h does, too." }
]

/**
 * What only the program itself has.
 *
 * @since 0.1.0
 * @category constants
 */
export const ofProgram: ReadonlyArray<Term> = [
  {
    ...flag,
    name: "--completions",
    value: "SHELL",
    choices: ["bash", "zsh", "fish"],
    description: "Print a script by which the shell completes commands, options and values."
  },
  { ...flag, name: "--version", description: "Print the version; -v does, too." },
  { ...flag, name: "--wizard", description: "Put a command line together by questions, on a terminal." }
]

/**
 * A command.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly name: string
  readonly description: string
  /** Without those that every command has. */
  readonly options: ReadonlyArray<Term>
  /** The words that it takes; `undefined` if it takes none. */
  readonly words: Term | undefined
}

type Shape = Omit<Term, "description" | "kind">

const shapesOf = (usage: Usage.Usage, isRepeated = false): ReadonlyArray<Shape> => {
  switch (usage._tag) {
    case "Named": {
      const value = Option.getOrUndefined(usage.acceptedValues)
      const choices = value?.includes(" | ") === true ? value.split(" | ") : []
      const name = usage.names.find((each) => each.startsWith("--")) ?? usage.names[0] ?? ""
      return [{ name: name.replace(/^<(.*)>$/, "$1"), value, choices, isRepeated }]
    }
    case "Optional":
      return shapesOf(usage.usage, isRepeated)
    case "Repeated":
      return shapesOf(usage.usage, true)
    case "Concat":
    case "Alternation":
      return [...shapesOf(usage.left, isRepeated), ...shapesOf(usage.right, isRepeated)]
    case "Empty":
    case "Mixed":
      return []
  }
}

const textOf = (span: Span.Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Sequence":
      return textOf(span.left) + textOf(span.right)
    case "Highlight":
    case "Strong":
    case "Weak":
      return textOf(span.value)
  }
}

/**
 * The paragraphs of a help text.
 *
 * @since 0.1.0
 * @category rendering
 */
export const paragraphsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<string> => {
  switch (doc._tag) {
    case "Paragraph":
      return [textOf(doc.value)]
    case "Sequence":
      return [...paragraphsOf(doc.left), ...paragraphsOf(doc.right)]
    default:
      return []
  }
}

interface Definition extends Pick<Term, "description" | "kind"> {
  readonly names: ReadonlyArray<string>
}

/** The parser's own words for them. */
const kinds: ReadonlyMap<string | undefined, Term["kind"]> = new Map([
  ["An integer.", "integer"],
  ["A floating point number.", "number"]
])

/** What is said of each word and option. */
const definitionsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<Definition> => {
  switch (doc._tag) {
    case "DescriptionList":
      return doc.definitions.map(([span, about]) => {
        const [kind, description = ""] = paragraphsOf(about)
        return { names: textOf(span).split(/[\s,()<>]+/), kind: kinds.get(kind) ?? "text", description }
      })
    case "Sequence":
      return [...definitionsOf(doc.left), ...definitionsOf(doc.right)]
    default:
      return []
  }
}

/**
 * Reads a command.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofCommand = (command: CommandDescriptor.Command<unknown>): Entry => {
  const doc = CommandDescriptor.getHelp(command, CliConfig.defaultConfig)
  const about = definitionsOf(doc)
  const [self, ...shapes] = shapesOf(CommandDescriptor.getUsage(command))
  const terms = shapes.map((shape): Term => {
    const { description = "", kind = "text" } = about.find(({ names }) => names.includes(shape.name)) ?? {}
    return { ...shape, kind, description }
  })
  return {
    name: self?.name ?? "",
    description: paragraphsOf(doc)[0] ?? "",
    options: terms.filter(({ name }) => name.startsWith("-")),
    words: terms.find(({ name }) => !name.startsWith("-"))
  }
}

/**
 * The first sentence of a command's description, in English or in Chinese.
 *
 * @since 0.1.0
 * @category rendering
 */
export const summary = (description: string): string => /^.*?(?:[.](?= |$)|。)/.exec(description)?.[0] ?? description
