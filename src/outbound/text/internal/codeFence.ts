/** Fenced code blocks of Markdown, line by line. */

/** An open code block, as its first line says it. */
export interface Fence {
  readonly indent: string
  /** Three or more of the same: backticks or tildes. */
  readonly marker: string
  readonly info: string
}

/** The line that opens such a block. */
export const opening = (fence: Fence): string => `${fence.indent}${fence.marker}${fence.info}`

/** The line that closes it. */
export const closing = (fence: Fence): string => `${fence.indent}${fence.marker}`

const fenceLine = /^([ \t]*)(`{3,}|~{3,})(.*)$/s

/** Whether a line looks like the edge of a code block from its beginning. */
export const looksLikeFence = (line: string): boolean => /^[ \t]*(?:```|~~~)/.test(line)

/** Markdown lets a closing line be indented by three columns more than the block. */
const isCloser = (fence: Fence, indent: string, marker: string, rest: string): boolean =>
  marker[0] === fence.marker[0] && marker.length >= fence.marker.length && rest.trim() === "" &&
  indent.length <= fence.indent.length + 3

/** Whether a line closes an open block. */
export const closes = (fence: Fence, line: string): boolean => {
  const match = fenceLine.exec(line)
  return match !== null && isCloser(fence, match[1] ?? "", match[2] ?? "", match[3] ?? "")
}

/** The block that is open after a line. */
export const fenceAfter = (fence: Fence | undefined, line: string): Fence | undefined => {
  const match = fenceLine.exec(line)
  if (match === null) return fence
  const [, indent = "", marker = "", rest = ""] = match
  if (fence !== undefined) return isCloser(fence, indent, marker, rest) ? undefined : fence
  // A backtick later in the line makes it inline code.
  return marker.startsWith("`") && rest.includes("`") ? undefined : { indent, marker, info: rest.trimEnd() }
}
