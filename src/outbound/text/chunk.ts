/**
 * Cuts a long text into messages. Pure.
 *
 * @since 0.1.0
 */
import { type Block, closes, closing, closingRoom, goesOn, opening, walk } from "./internal/blocks.ts"
import { looksLikeFence } from "./internal/codeFence.ts"
import { furthest, graphemeEnd, jsonBytes } from "./internal/measure.ts"
import { isHead } from "./internal/table.ts"

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
  /** Whether the text is Markdown, so that code blocks and tables go on behind a cut as what they are. */
  readonly markdown: boolean
}

/** The line behind a cut is looked at so far, in characters. */
const lookAhead = 1_024

const fits = (text: string, limits: Limits): boolean =>
  text.length <= limits.characters && (limits.jsonBytes === Infinity || jsonBytes(text) <= limits.jsonBytes)

/** A block whose edges would fill half of every chunk (a very long info string, say) is cut like plain text. */
const isRepairable = (block: Block, limits: Limits): boolean =>
  fits(`${opening(block)}\n\n${closing(block) ?? ""}`, {
    characters: limits.characters / 2,
    jsonBytes: limits.jsonBytes / 2,
    markdown: true
  })

/**
 * Where a text goes on: at a place, inside a block or not.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  readonly at: number
  readonly block: Block | undefined
}

/**
 * The beginning of a text.
 *
 * @since 0.1.0
 * @category constants
 */
export const start: Place = { at: 0, block: undefined }

/**
 * A chunk, and where the text goes on behind it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Piece {
  readonly chunk: string
  /** Whether there is nothing in it but blanks and repaired edges. */
  readonly isBlank: boolean
  readonly to: Place
}

/** The line from `from`, or as much of it as is looked at. */
const lineAt = (text: string, from: number) => {
  const window = text.slice(from, from + lookAhead)
  const newline = window.indexOf("\n")
  return {
    line: newline === -1 ? window : window.slice(0, newline),
    isWhole: newline !== -1 || from + window.length === text.length,
    end: from + (newline === -1 ? window.length : newline + 1)
  }
}

const carriedBy = ({ block }: Place, limits: Limits): Block | undefined =>
  limits.markdown && block !== undefined && isRepairable(block, limits) ? block : undefined

/**
 * What is left of a text from a place, with the block that goes on there opened again.
 *
 * @since 0.1.0
 * @category decisions
 */
export const rest = (text: string, from: Place, limits: Limits): string => {
  const carried = carriedBy(from, limits)
  return `${carried === undefined ? "" : `${opening(carried)}\n`}${text.slice(from.at)}`
}

/**
 * One chunk of `text` from a place. Looks at no more of the text than the chunk may hold.
 *
 * @since 0.1.0
 * @category decisions
 */
export const next = (text: string, place: Place, limits: Limits): Piece => {
  const { at: from, block } = place
  const shown = (block: Block | undefined) =>
    limits.markdown && block !== undefined && isRepairable(block, limits) ? block : undefined
  const atLineStart = from === 0 || text[from - 1] === "\n"
  const carried = carriedBy(place, limits)
  const head = carried === undefined ? "" : `${opening(carried)}\n`
  const room = limits.characters - head.length
  const byteRoom = limits.jsonBytes - jsonBytes(head)

  const cutAt = (end: number): number => {
    const window = text.slice(from, end)
    const newline = window.lastIndexOf("\n")
    const inLine = () => graphemeEnd(text, from, end)
    const to = newline > window.length / 4 ? from + newline + 1 : inLine()
    if (!limits.markdown) return to
    const piece = text.slice(from, to)
    if (piece.endsWith("\n")) {
      const { contentAt, headAt, openedAt } = walk(piece, atLineStart, block)
      // A block that would be opened and closed with nothing in it begins in the next chunk.
      if (contentAt === piece.length) return openedAt > 0 ? from + openedAt : inLine()
      const isCutHead = headAt !== undefined && headAt > 0 &&
        isHead(piece.slice(headAt).trimEnd(), lineAt(text, to).line)
      return isCutHead ? from + headAt : to
    }
    const line = piece.lastIndexOf("\n") + 1
    return line > 0 && looksLikeFence(text.slice(from + line, to + 3)) ? from + line : to
  }

  const finish = (to: number): Piece => {
    const body = text.slice(from, to)
    const isBlank = body.trim() === ""
    const open = limits.markdown ? walk(body, atLineStart, block).block : undefined
    const edge = shown(open)
    const content = `${head}${body}`.trimEnd()
    if (open === undefined) return { chunk: content, isBlank, to: { at: to, block: undefined } }
    if (body.endsWith("\n")) {
      const { end, isWhole, line } = lineAt(text, to)
      if (!goesOn(open, line)) return { chunk: content, isBlank, to: { at: to, block: undefined } }
      const whole = `${content}\n${line.trimEnd()}`
      if (edge !== undefined && isWhole && closes(edge, line) && fits(whole, limits)) {
        return { chunk: whole, isBlank, to: { at: end, block: undefined } }
      }
    }
    const closed = edge === undefined ? undefined : closing(edge)
    return {
      chunk: closed === undefined ? content : `${content}\n${closed}`,
      isBlank,
      to: { at: to, block: open }
    }
  }

  const end = furthest(text, from, room, byteRoom)
  if (end === text.length) {
    const body = text.slice(from)
    return { chunk: `${head}${body}`.trimEnd(), isBlank: body.trim() === "", to: { at: end, block: undefined } }
  }
  const first = finish(cutAt(end))
  if (fits(first.chunk, limits)) return first
  // No room for the closing line: cut again, with room for the longest one that this chunk can need.
  const reserve = walk(text.slice(from, end), atLineStart, block).seen.reduce(
    (longest, seen) => Math.max(longest, shown(seen) === undefined ? 0 : closingRoom(seen)),
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
 * again behind it, info string included; a table that is cut goes on behind its head. Takes time in proportion to the text.
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
  let place = start
  while (place.at < text.length) {
    const piece = next(text, place, bounded)
    if (!piece.isBlank) chunks.push(piece.chunk)
    place = piece.to
  }
  return chunks.length === 0 ? [""] : chunks
}
