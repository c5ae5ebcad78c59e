/**
 * The words of a command line: what the options are called, and which of them is followed by a value. Pure.
 *
 * @since 0.1.0
 */

/**
 * Options that every command has, and that may stand before it.
 *
 * @since 0.1.0
 * @category constants
 */
export const general: ReadonlySet<string> = new Set(["--config", "--account", "--log-format", "--log-level"])

/**
 * Options that are followed by a value, of whatever command.
 *
 * @since 0.1.0
 * @category constants
 */
export const valued: ReadonlySet<string> = new Set([
  ...general,
  "--allow-host",
  "--at",
  "--audio",
  "--card-key",
  "--card-template",
  "--completions",
  "--console-port",
  "--cover",
  "--dingtalk-port",
  "--download",
  "--duration",
  "--encoding",
  "--file",
  "--health-host",
  "--health-name",
  "--health-port",
  "--image",
  "--inbox",
  "--limit",
  "--markdown",
  "--on-busy",
  "--on-error",
  "--on-timeout",
  "--param",
  "--port",
  "--resume",
  "--state",
  "--text",
  "--timeout",
  "--title",
  "--to",
  "--to-file",
  "--video",
  "--write"
])

/**
 * Options that stand alone.
 *
 * @since 0.1.0
 * @category constants
 */
export const flags: ReadonlySet<string> = new Set([
  "--again-unknown",
  "--at-all",
  "--console-text",
  "--dry-run",
  "--help",
  "--json",
  "--open",
  "--own",
  "--persistent",
  "--robot-only",
  "--scan",
  "--stream",
  "--version",
  "--wizard",
  "--zip",
  "-h"
])

/**
 * A word, and what it is on this line.
 *
 * @since 0.1.0
 * @category models
 */
export type Word =
  /** An option with its value, if it is one of those that have one, as it was written: in one word or in two. */
  | { readonly _tag: "Option"; readonly name: string; readonly words: ReadonlyArray<string>; readonly value?: string }
  | { readonly _tag: "Plain"; readonly text: string }

const isKnown = (word: string): boolean => {
  const [name = ""] = word.split("=", 1)
  return valued.has(name) || flags.has(name)
}

/**
 * Reads the words. A word behind an option with a value is that, unless it is another option: then the value is missing.
 *
 * @since 0.1.0
 * @category parsing
 */
export const read = (words: ReadonlyArray<string>): ReadonlyArray<Word> => {
  const all: Array<Word> = []
  for (let at = 0; at < words.length; at += 1) {
    const text = words[at] ?? ""
    const [name = ""] = text.split("=", 1)
    const next = words[at + 1]
    if (!/^-./.test(text) || text === "--") all.push({ _tag: "Plain", text })
    else if (name !== text) all.push({ _tag: "Option", name, words: [text], value: text.slice(name.length + 1) })
    else if (!valued.has(name) || next === undefined || isKnown(next)) all.push({ _tag: "Option", name, words: [text] })
    else {
      all.push({ _tag: "Option", name, words: [text, next], value: next })
      at += 1
    }
  }
  return all
}
