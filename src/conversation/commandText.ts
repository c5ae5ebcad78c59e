/**
 * A text as a command: its name and what follows it. Pure.
 *
 * What a Chinese keyboard types counts as what it means: a full-width slash, letter, quotation mark or blank.
 *
 * @since 0.1.0
 */

/**
 * A text that begins like a command.
 *
 * @since 0.1.0
 * @category models
 */
export interface CommandText {
  /** Without its prefix, in lower case, in half-width characters. */
  readonly name: string
  /** What follows the name, as it was written, trimmed. */
  readonly rest: string
}

/**
 * A word of what follows a command's name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Word {
  readonly text: string
  /** Where it begins in the text, in UTF-16 units. */
  readonly at: number
  /** It stood in quotation marks: `--dry` in them is no option. */
  readonly quoted: boolean
}

/**
 * Names are compared in this form: NFKC turns `／ＤＥＰＬＯＹ` into `/DEPLOY`.
 *
 * @since 0.1.0
 * @category decisions
 */
export const folded = (text: string): string => text.normalize("NFKC").toLowerCase()

/** A mention at the head; others' mentions are part of a message's text, and so is one's own where it can't be known. */
const mention = /^[@＠]\S+\s+/u

/**
 * Reads a text as a command that begins with `prefix`; `undefined` if it does not. Mentions before it are passed over.
 * With the prefix `""` every text is a command, named by its first word.
 *
 * @since 0.1.0
 * @category decisions
 */
export const parse = (text: string, prefix: string): CommandText | undefined => {
  let line = text.trim()
  while (mention.test(line)) line = line.replace(mention, "")
  const [head = ""] = /^\S*/u.exec(line) ?? []
  const name = folded(head)
  const start = folded(prefix)
  if (!name.startsWith(start) || name === start) return undefined
  return { name: name.slice(start.length), rest: line.slice(head.length).trim() }
}

const closing: Readonly<Record<string, string>> = {
  "\"": "\"",
  "'": "'",
  "“": "”",
  "‘": "’",
  "「": "」",
  "『": "』",
  "＂": "＂"
}

/**
 * The words of a text. What stands in quotation marks is one word, its blanks included; a mark that is never closed is
 * a character like any other.
 *
 * @since 0.1.0
 * @category decisions
 */
export const words = (text: string): ReadonlyArray<Word> => {
  const found: Array<Word> = []
  let at = 0
  while (at < text.length) {
    const blank = /^\s+/u.exec(text.slice(at))
    if (blank !== null) {
      at += blank[0].length
      continue
    }
    const close = closing[text[at] ?? ""]
    const end = close === undefined ? -1 : text.indexOf(close, at + 1)
    if (end > 0) {
      found.push({ text: text.slice(at + 1, end), at, quoted: true })
      at = end + 1
      continue
    }
    const [word = ""] = /^\S+/u.exec(text.slice(at)) ?? []
    found.push({ text: word, at, quoted: false })
    at += word.length
  }
  return found
}

/**
 * The arguments that words give to parameters of these names, in the order in which they are declared.
 *
 * @since 0.1.0
 * @category models
 */
export interface Arguments {
  readonly values: Readonly<Record<string, string>>
  /** Words that no parameter takes. */
  readonly unexpected: ReadonlyArray<string>
}

/**
 * `--name value`, `--name=value` and `name=value`, for the names that there are. Phones and Chinese keyboards make dashes of
 * the two hyphens.
 */
const option = (word: Word, names: ReadonlyArray<string>) => {
  if (word.quoted) return undefined
  const match = /^(--|－－|—{1,2})?([\p{L}\p{N}_-]+)(?:[=＝]([^]*))?$/u.exec(word.text)
  const [, dashes, name = "", value] = match ?? []
  return !names.includes(name) || (dashes === undefined && value === undefined) ? undefined : { name, value }
}

/**
 * Gives the words of a text to parameters: by name (`--version 2`, `--version=2`, `version=2`), the others by position.
 * A parameter that is called `rest` takes, by position, all that is left of the text, as it was written.
 *
 * @since 0.1.0
 * @category decisions
 */
export const assign = (text: string, names: ReadonlyArray<string>, rest: string | undefined): Arguments => {
  const values: Record<string, string> = {}
  const unexpected: Array<string> = []
  const all = words(text)
  const open = () => names.find((name) => !Object.hasOwn(values, name))
  for (let index = 0; index < all.length; index += 1) {
    const word = all[index]
    if (word === undefined) break
    const named = option(word, names)
    if (named !== undefined) {
      const next = named.value === undefined ? all[index += 1] : undefined
      values[named.name] = named.value ?? next?.text ?? ""
      continue
    }
    const name = open()
    if (name === undefined) {
      unexpected.push(word.text)
      continue
    }
    if (name === rest) {
      values[name] = all.length === index + 1 ? word.text : text.slice(word.at)
      break
    }
    values[name] = word.text
  }
  return { values, unexpected }
}
