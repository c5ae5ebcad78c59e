/**
 * Cuts a long text into messages. Pure.
 *
 * @since 0.1.0
 */
import { closes, closing, type Fence, looksLikeFence, opening, walk } from "./internal/codeFence.ts"
import { furthest, graphemeEnd, jsonBytes } from "./internal/measure.ts"

/**
 * How long a chunk may be.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** In characters, as `String.length` counts them; at least 1. */
  readonly characters: number
  /** In bytes of the chunk as a JSON string in UTF-8, without the quotes; at least 6, `Infinity` for no bound. */
  readonly jsonBytes: number
  /** Whether the text is Markdown, so that code blocks are closed at a cut and opened again after it. */
  readonly markdown: boolean
}

/** A closing line is looked for this far behind a cut, in characters. */
const longestClosingLine = 256

const fits = (text: string, limits: Limits): boolean =>
  text.length <= limits.characters && (limits.jsonBytes === Infinity || jsonBytes(text) <= limits.jsonBytes)

/** A block whose edges would fill half of every chunk (a very long info string, say) is cut like plain text. */
const isRepairable = (fence: Fence, limits: Limits): boolean =>
  fits(`${opening(fence)}\n\n${closing(fence)}`, {
    characters: limits.characters / 2,
    jsonBytes: limits.jsonBytes / 2,
    markdown: true
  })

interface Piece {
  readonly chunk: string
  /** Whether there is nothing in it but blanks and repaired edges. */
  readonly isBlank: boolean
  readonly to: number
  readonly fence: Fence | undefined
}

/** One chunk of `text` from `from`, where `fence` is open. Looks at no more of the text than the chunk may hold. */
const next = (text: string, from: number, fence: Fence | undefined, limits: Limits): Piece => {
  const shown = (fence: Fence | undefined) =>
    limits.markdown && fence !== undefined && isRepairable(fence, limits) ? fence : undefined
  const atLineStart = from === 0 || text[from - 1] === "\n"
  const carried = shown(fence)
  const head = carried === undefined ? "" : `${opening(carried)}\n`
  const room = limits.characters - head.length
  const byteRoom = limits.jsonBytes - jsonBytes(head)

  const cutAt = (end: number): number => {
    const window = text.slice(from, end)
    const newline = window.lastIndexOf("\n")
    const to = newline > window.length / 4 ? from + newline + 1 : graphemeEnd(text, from, end)
    if (!limits.markdown) return to
    const piece = text.slice(from, to)
    if (piece.endsWith("\n")) {
      // A block that would be opened and closed with nothing in it begins in the next chunk.
      const { contentAt } = walk(piece, atLineStart, fence)
      const openedAt = contentAt === piece.length ? piece.lastIndexOf("\n", contentAt - 2) + 1 : 0
      return openedAt > 0 ? from + openedAt : to
    }
    const line = piece.lastIndexOf("\n") + 1
    return line > 0 && looksLikeFence(text.slice(from + line, to + 3)) ? from + line : to
  }

  const finish = (to: number): Piece => {
    const body = text.slice(from, to)
    const isBlank = body.trim() === ""
    const open = limits.markdown ? walk(body, atLineStart, fence).fence : undefined
    const edge = shown(open)
    const content = `${head}${body}`.trimEnd()
    if (edge === undefined) return { chunk: content, isBlank, to, fence: open }
    if (body.endsWith("\n")) {
      const following = text.slice(to, to + longestClosingLine)
      const newline = following.indexOf("\n")
      const line = newline === -1 ? following : following.slice(0, newline)
      const after = newline === -1 ? to + line.length : to + newline + 1
      const whole = `${content}\n${line.trimEnd()}`
      if ((newline !== -1 || after === text.length) && closes(edge, line) && fits(whole, limits)) {
        return { chunk: whole, isBlank, to: after, fence: undefined }
      }
    }
    return { chunk: `${content}\n${closing(edge)}`, isBlank, to, fence: open }
  }

  const end = furthest(text, from, room, byteRoom)
  if (end === text.length) {
    const body = text.slice(from)
    return { chunk: `${head}${body}`.trimEnd(), isBlank: body.trim() === "", to: end, fence: undefined }
  }
  const first = finish(cutAt(end))
  if (fits(first.chunk, limits)) return first
  // No room for the closing line: cut again, with room for the longest one that this chunk can need.
  const reserve = walk(text.slice(from, end), atLineStart, fence).seen.reduce(
    (longest, seen) => Math.max(longest, shown(seen) === undefined ? 0 : closing(seen).length + 1),
    0
  )
  // A line end, a blank or a marker takes at most two bytes.
  return finish(cutAt(furthest(text, from, room - reserve, byteRoom - 2 * reserve)))
}

/**
 * Cuts a text into chunks within the limits; a text that fits comes back as it is (behaviour case B10).
 *
 * A cut falls behind the last line end within the limit if that lies beyond a quarter of it, else where the limit is;
 * chunks are trimmed on the right, blank ones are left out. No cut splits a grapheme, unless that alone is longer than
 * the limit, and none splits a surrogate pair. In Markdown, a code block that is cut is closed at the cut and opened
 * again behind it, info string included. Takes time in proportion to the text.
 *
 * @since 0.1.0
 * @category decisions
 */
export const chunk = (text: string, limits: Limits): ReadonlyArray<string> => {
  if (fits(text, limits)) return [text]
  const bounded: Limits = {
    characters: Math.max(1, Math.floor(limits.characters)),
    jsonBytes: Math.max(6, limits.jsonBytes),
    markdown: limits.markdown
  }
  const chunks: Array<string> = []
  let from = 0
  let fence: Fence | undefined
  while (from < text.length) {
    const piece = next(text, from, fence, bounded)
    if (!piece.isBlank) chunks.push(piece.chunk)
    from = piece.to
    fence = piece.fence
  }
  return chunks.length === 0 ? [""] : chunks
}
