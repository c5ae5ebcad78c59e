/** The end of a stream of bytes, within bounds. */

export interface Tail {
  readonly add: (chunk: Buffer) => void
  readonly text: () => string
}

/** Keeps the last `bytes` bytes. */
export const tail = (bytes: number): Tail => {
  let kept = Buffer.alloc(0)
  return {
    add: (chunk) => {
      kept = Buffer.concat([kept, chunk.subarray(-bytes)]).subarray(-bytes)
    },
    // A character that was cut in two at the front is not one.
    text: () => kept.toString("utf8").replace(/^\ufffd+/, "")
  }
}
