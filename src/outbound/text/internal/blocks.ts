/** What goes on over a cut: the code block or the table that a piece of Markdown ends in. */
import {
  closes as closesFence,
  closing as closingOf,
  type Fence,
  fenceAfter,
  opening as openingOf
} from "./codeFence.ts"
import { endsTable, isHead } from "./table.ts"

/** A table, of which every part needs the head: two lines, without the last line end. */
export interface Table {
  readonly head: string
}

/** A block that is open. */
export type Block = Fence | Table

const isTable = (block: Block): block is Table => "head" in block

/** The lines that open such a block. */
export const opening = (block: Block): string => isTable(block) ? block.head : openingOf(block)

/** The line that closes it; `undefined` for a table, which needs none. */
export const closing = (block: Block): string | undefined => isTable(block) ? undefined : closingOf(block)

/** How much longer a piece gets by closing the block, in characters. */
export const closingRoom = (block: Block): number => isTable(block) ? 0 : closingOf(block).length + 1

/** Whether a line closes a code block. */
export const closes = (block: Block, line: string): boolean => !isTable(block) && closesFence(block, line)

/** Whether the block goes on with a line. */
export const goesOn = (block: Block, line: string): boolean => !isTable(block) || !endsTable(line)

/** What a walk over a piece of text found. */
export interface Walk {
  /** The block that is open at its end. */
  readonly block: Block | undefined
  /** Every block that was open somewhere in it. */
  readonly seen: ReadonlyArray<Block>
  /** Where the block at the end was opened, if it was in this piece; else 0. */
  readonly openedAt: number
  /** Where its content begins; else 0. */
  readonly contentAt: number
  /** Where the last complete line begins that may be the head of a table; else `undefined`. */
  readonly headAt: number | undefined
}

/** Walks over the complete lines of a piece. A line that began before it, or is cut off by its end, is not looked at. */
export const walk = (piece: string, atLineStart: boolean, block: Block | undefined): Walk => {
  const seen = block === undefined ? [] : [block]
  let current = block
  let openedAt = 0
  let contentAt = 0
  let headAt: number | undefined
  let start = atLineStart ? 0 : piece.indexOf("\n") + 1
  if (!atLineStart && start === 0) return { block, seen, openedAt, contentAt, headAt }

  const open = (opened: Block, from: number, to: number) => {
    seen.push(opened)
    current = opened
    openedAt = from
    contentAt = to
  }

  for (let end = piece.indexOf("\n", start); end !== -1; end = piece.indexOf("\n", start)) {
    const line = piece.slice(start, end)
    const lineAt = start
    start = end + 1
    if (current !== undefined && isTable(current)) {
      if (!endsTable(line)) continue
      current = undefined
    }
    const fence = fenceAfter(current, line)
    if (fence !== current) {
      if (fence === undefined) current = undefined
      else open(fence, lineAt, start)
      headAt = undefined
      continue
    }
    if (current !== undefined) continue
    if (headAt !== undefined && isHead(piece.slice(headAt, lineAt).trimEnd(), line)) {
      open({ head: piece.slice(headAt, end).trimEnd() }, headAt, start)
      headAt = undefined
    } else headAt = line.includes("|") ? lineAt : undefined
  }
  return { block: current, seen, openedAt, contentAt, headAt }
}
