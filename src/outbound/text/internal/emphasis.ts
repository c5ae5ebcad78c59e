/** Emphasis of Markdown: runs of `*`, `_` and `~` around words. */

interface Run {
  readonly at: number
  readonly marker: string
  readonly length: number
  readonly opens: boolean
  readonly closes: boolean
}

const isBlank = (character: string): boolean => character === "" || /\s/.test(character)
const isWord = (character: string): boolean => /[\p{L}\p{N}_]/u.test(character)

const runsOf = (text: string): ReadonlyArray<Run> =>
  Array.from(text.matchAll(/\*+|_+|~~+/g), ({ 0: run, index: at }) => {
    const before = text.charAt(at - 1)
    const after = text.charAt(at + run.length)
    const marker = run.charAt(0)
    // Within a word `_` is a letter; so it is before a call or an extension, as in `__init__.py`.
    const inName = marker === "_"
    return {
      at,
      marker,
      length: run.length,
      opens: !isBlank(after) && !(inName && isWord(before)),
      closes: !isBlank(before) && !(inName && (isWord(after) || /^(?:\(|\.\w)/.test(text.slice(at + run.length))))
    }
  })

/** A text without the markers that belong together; any other stays. */
export const withoutEmphasis = (text: string): string => {
  const runs = runsOf(text)
  const left = runs.map(({ length }) => length)
  const open: Array<number> = []
  for (const [index, run] of runs.entries()) {
    while (run.closes && (left[index] ?? 0) > 0) {
      const opener = open.findLastIndex((at) => runs[at]?.marker === run.marker)
      const from = open[opener]
      if (from === undefined) break
      // What was opened inside and not closed is no markup.
      open.length = opener
      const matched = Math.min(left[from] ?? 0, left[index] ?? 0)
      left[from] = (left[from] ?? 0) - matched
      left[index] = (left[index] ?? 0) - matched
      if (left[from] !== 0) open.push(from)
    }
    if (run.opens && left[index] !== 0) open.push(index)
  }
  const pieces = runs.map(({ at, length, marker }, index) => {
    const next = runs[index + 1]?.at
    return marker.repeat(left[index] ?? 0) + text.slice(at + length, next)
  })
  return text.slice(0, runs[0]?.at) + pieces.join("")
}
