/** What a client writes on its socket, read with as little work as possible: the gateway must not be the bottleneck. */

export type Opcode = "text" | "close" | "ping" | "pong" | "other"

const opcodes: { readonly [code: number]: Opcode } = { 1: "text", 8: "close", 9: "ping", 10: "pong" }

/**
 * Takes chunks of a socket, and calls back with each whole frame. The payload is only good until the callback returns:
 * its memory is used again.
 */
export const reader = (onFrame: (opcode: Opcode, payload: Buffer) => void): (chunk: Buffer) => void => {
  let rest: Buffer | undefined
  let scratch = Buffer.alloc(4_096)
  return (chunk) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      if (bytes.length - at < 2) break
      const short = bytes.readUInt8(at + 1) & 0x7f
      const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
      const maskAt = at + 2 + lengthBytes
      if (bytes.length < maskAt + 4) break
      const length = short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short
      const start = maskAt + 4
      if (bytes.length < start + length) break
      if (scratch.length < length) scratch = Buffer.alloc(length)
      for (let index = 0; index < length; index++) {
        scratch[index] = (bytes[start + index] ?? 0) ^ (bytes[maskAt + (index & 3)] ?? 0)
      }
      onFrame(opcodes[bytes.readUInt8(at) & 0x0f] ?? "other", scratch.subarray(0, length))
      at = start + length
    }
    rest = at === bytes.length ? undefined : bytes.subarray(at)
  }
}
