/**
 * How the demonstration looks. Pure.
 *
 * @since 0.1.0
 */
import { padded, wrap } from "../text/columns.ts"
import { escaped } from "../text/printable.ts"

/**
 * What can be written; each gives one or more lines.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page {
  readonly title: (text: string) => string
  /** The heading of an act, with a line that says what is about to happen. */
  readonly act: (number: number, name: string, about: string) => string
  /** A line of a chat. */
  readonly says: (name: string, text: string) => string
  /** Something that was measured or came about. */
  readonly fact: (text: string) => string
  /** What it means; as many lines as it takes. */
  readonly meaning: (text: string) => string
}

const nameWidth = 18

/** Widest line, in columns. */
const lineWidth = 100

const painter = (colours: boolean) => (code: string, text: string): string =>
  colours ? `\u001b[${code}m${text}\u001b[0m` : text

/**
 * A page with or without colours.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (colours: boolean): Page => {
  const paint = painter(colours)
  return {
    title: (text) => paint("1", text),
    act: (number, name, about) => `\n${paint("1;36", `${number}. ${name}`)}\n   ${about}\n`,
    says: (name, text) => `   ${paint("33", padded(escaped(name), nameWidth))}${escaped(text)}`,
    fact: (text) => `   ${paint("32", "→")} ${wrap(text, lineWidth - 5).join("\n     ")}`,
    meaning: (text) => wrap(text, lineWidth - 3).map((line) => `   ${paint("90", line)}`).join("\n")
  }
}

/**
 * A number with its thousands set apart.
 *
 * @since 0.1.0
 * @category rendering
 */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",")
