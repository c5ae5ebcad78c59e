/**
 * A Markdown text that is still being written, made fit to be shown. Pure.
 *
 * @since 0.1.0
 */
import { closing, walk } from "./internal/blocks.ts"

const endsInHalfACharacter = (text: string): boolean => {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff
}

/**
 * The text as it may be shown: without half a character at its end, and with an open code block closed. Showing the same
 * text twice shows the same.
 *
 * @since 0.1.0
 * @category decisions
 */
export const shown = (text: string): string => {
  const whole = endsInHalfACharacter(text) ? text.slice(0, -1) : text
  const { block } = walk(`${whole}\n`, true, undefined)
  const edge = block === undefined ? undefined : closing(block)
  return edge === undefined ? whole : `${whole}${whole.endsWith("\n") ? "" : "\n"}${edge}`
}

/**
 * A text and more of it, at most `limit` characters together; a surrogate pair is not cut.
 *
 * @since 0.1.0
 * @category decisions
 */
export const append = (text: string, more: string, limit: number): string => {
  const room = limit - text.length
  if (more.length <= room) return text + more
  const cut = text + more.slice(0, Math.max(0, room))
  return endsInHalfACharacter(cut) ? cut.slice(0, -1) : cut
}
