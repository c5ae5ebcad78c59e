/**
 * Bytes as lines, however they are cut, within a bound. Pure.
 *
 * @since 0.1.0
 */

/**
 * A line of a program.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Without its end; `undefined` of a line that was too long, whose rest is passed over. */
  readonly bytes: Uint8Array | undefined
}

/**
 * What is held of a line that has not ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Held {
  /** Lines that have ended. */
  readonly count: number
  readonly parts: ReadonlyArray<Uint8Array>
  readonly size: number
}

/**
 * Nothing was read yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nothing: Held = { count: 0, parts: [], size: 0 }

/**
 * Longest line, in bytes: 1 MiB.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxBytes = 1024 * 1024

const newline = 0x0a

const added = ({ count, parts, size }: Held, bytes: Uint8Array): Held => {
  const all = size + bytes.length
  // Of one that is too long nothing is kept.
  return { count, size: all, parts: bytes.length === 0 ? parts : all > maxBytes ? [] : [...parts, bytes] }
}

const lineOf = ({ count, parts, size }: Held): Line => ({
  number: count + 1,
  bytes: size > maxBytes ? undefined : Buffer.concat(parts)
})

/**
 * Adds what was read: the lines that end in it, and what is held then.
 *
 * @since 0.1.0
 * @category decoding
 */
export const add = (held: Held, chunk: Uint8Array): readonly [held: Held, lines: ReadonlyArray<Line>] => {
  const lines: Array<Line> = []
  let now = held
  let from = 0
  for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
    lines.push(lineOf(added(now, chunk.subarray(from, at))))
    now = { count: now.count + 1, parts: [], size: 0 }
    from = at + 1
  }
  return [added(now, chunk.subarray(from)), lines]
}

/**
 * The last line, if it has no end.
 *
 * @since 0.1.0
 * @category decoding
 */
export const rest = (held: Held): ReadonlyArray<Line> => held.size === 0 ? [] : [lineOf(held)]
