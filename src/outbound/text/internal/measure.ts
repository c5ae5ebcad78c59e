/** How long a piece of text is on the wire, and where it may be cut. */

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Bytes of the code point at `index` inside a JSON string, as `JSON.stringify` writes it in UTF-8. */
const jsonBytesAt = (text: string, index: number): number => {
  const unit = text.charCodeAt(index)
  if (unit === 0x22 || unit === 0x5c) return 2
  if (unit < 0x20) return unit === 0x0a || unit === 0x0d || unit === 0x09 || unit === 0x08 || unit === 0x0c ? 2 : 6
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  if (isHigh(unit)) return isLow(text.charCodeAt(index + 1)) ? 4 : 6
  return isLow(unit) ? 6 : 3
}

const unitsAt = (text: string, index: number): 1 | 2 =>
  isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1)) ? 2 : 1

/** Bytes of a text as a JSON string in UTF-8, without the quotes. */
export const jsonBytes = (text: string): number => {
  let bytes = 0
  for (let index = 0; index < text.length; index += unitsAt(text, index)) bytes += jsonBytesAt(text, index)
  return bytes
}

/**
 * The end of the longest piece from `from` that has at most so many characters (UTF-16 units) and JSON bytes. At least
 * one code point long, so that whoever walks a text by it arrives.
 */
export const furthest = (text: string, from: number, characters: number, bytes: number): number => {
  let end = from
  let left = bytes
  while (end < text.length) {
    const units = unitsAt(text, end)
    left -= jsonBytesAt(text, end)
    if (end > from && (left < 0 || end + units - from > characters)) break
    end += units
  }
  return end
}

/** Below the first combining mark, only CR LF is a grapheme of two. */
const firstCombining = 0x300

/**
 * The last end of a grapheme in `(from, end]`, where `from` starts one and `end` starts a code point. A grapheme that
 * reaches from `from` beyond `end` can't be kept whole: then it is `end`.
 */
export const graphemeEnd = (text: string, from: number, end: number): number => {
  if (end >= text.length) return text.length
  const before = text.charCodeAt(end - 1)
  const after = text.charCodeAt(end)
  if (before < firstCombining && after < firstCombining && !(before === 0x0d && after === 0x0a)) return end
  // What follows the code point after `end` has no say in whether there is a boundary before it.
  const window = text.slice(from, end + unitsAt(text, end))
  // Made here, not once: the first one takes 8 ms of everybody's start, the later ones 6 µs each.
  const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" })
  const start = graphemes.segment(window).containing(end - from)?.index ?? 0
  return start > 0 ? from + start : end
}
