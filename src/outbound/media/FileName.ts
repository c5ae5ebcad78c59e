/**
 * Names of files that come from outside, made safe for any file system. Pure.
 *
 * @since 0.1.0
 */

/**
 * The longest name, in bytes of UTF-8; common file systems take 255, and a temporary name is longer than its file's.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxBytes = 180

/** Windows takes these for devices, whatever their extension. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))/i

/**
 * Control characters, what Windows forbids, and what can't be seen or makes a name look other than it is: marks of
 * direction, joiners, fillers, tags, selectors.
 */
const forbidden =
  /[<>:"|?*\u2800\ufff9-\ufffb\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

/** What begins so is an option to many a program. */
const option = /^-/

/** Half a surrogate pair has no place in UTF-8. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** The longest beginning of so many bytes that cuts no character. */
const beginning = (text: string, bytes: number): string => {
  let end = ""
  let left = bytes
  for (const character of text) {
    left -= bytesOf(character)
    if (left < 0) break
    end += character
  }
  return end
}

/** Longest name that is looked at, in characters: the end of it, where the extension is. Names come from messages. */
const longestLook = 2_000

/** Without blanks and dots at either end. A loop, because a pattern for the end of a text takes quadratic time. */
const trimmed = (name: string): string => {
  const start = name.search(/[^\s.]/)
  if (start === -1) return ""
  let end = name.length
  while (/[\s.]/.test(name.charAt(end - 1))) end -= 1
  return name.slice(start, end)
}

/** Cuts the stem, not the extension, unless that is no extension. */
const shortened = (name: string): string => {
  if (bytesOf(name) <= maxBytes) return name
  const extension = /\.[^.\s]{1,16}$/.exec(name)?.[0] ?? ""
  return `${
    beginning(name.slice(0, name.length - extension.length), maxBytes - bytesOf(extension)).trimEnd()
  }${extension}`
}

/**
 * A name that is one for a file in the directory it is put into, and nothing else: without directories, without
 * characters or names that some system or program treats specially, not hidden, at most {@link maxBytes} long. `file` if nothing is
 * left of it.
 *
 * @since 0.1.0
 * @category decisions
 */
export const safe = (name: string): string => {
  const last = wellFormed(name.slice(-longestLook)).replace(forbidden, "").normalize("NFC").split(/[/\\]/).findLast((
    part
  ) => trimmed(part) !== "")
  const clean = trimmed(last ?? "")
  const usable = clean === "" ? "file" : device.test(clean) || option.test(clean) ? `_${clean}` : clean
  return trimmed(shortened(usable))
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * The name in a `Content-Disposition`, whose extended form wins; `undefined` if there is none.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromContentDisposition = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined
  const extended = /;\s*filename\*\s*=\s*(?:utf-8|us-ascii)'[^']*'([^;\s]+)/i.exec(header)?.[1]
  const name = extended === undefined ? undefined : decoded(extended)
  if (name !== undefined && name !== "") return name
  const [, quoted, bare] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(header) ?? []
  const plain = quoted?.replace(/\\(.)/g, "$1") ?? bare
  if (plain === undefined || plain === "") return undefined
  // Clients read the header as Latin-1 where servers mean UTF-8, and servers like to percent-encode.
  const bytes = /[\u0080-\u00ff]/.test(plain) && !/[^\u0000-\u00ff]/.test(plain)
    ? Buffer.from(plain, "latin1").toString("utf8")
    : plain
  const text = bytes.includes("\ufffd") ? plain : bytes
  return /%[0-9a-f]{2}/i.test(text) ? decoded(text) ?? text : text
}

/**
 * The last part of a URL's path; `undefined` if there is none.
 *
 * @since 0.1.0
 * @category decisions
 */
export const fromUrl = (url: URL): string | undefined => {
  const last = url.pathname.split("/").at(-1) ?? ""
  const name = decoded(last) ?? last
  return name === "" ? undefined : name
}

/**
 * The n-th name to try where the one before is taken: `a.pdf`, `a (2).pdf`, …
 *
 * @since 0.1.0
 * @category decisions
 */
export const numbered = (name: string, n: number): string => {
  if (n <= 1) return name
  const dot = name.lastIndexOf(".")
  const at = dot <= 0 ? name.length : dot
  return `${name.slice(0, at)} (${n})${name.slice(at)}`
}
