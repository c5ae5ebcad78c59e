/**
 * Terminals that nobody waits for. Node writes to them so that the whole process stands still while a terminal is paused
 * (Ctrl-S) or slow: no acknowledgement, no answer to a health check.
 */
import { constants, openSync, writeSync } from "node:fs"
import type { WriteStream } from "node:tty"
import { codeOf } from "../../internal/net/errorCode.ts"

type Done = (error?: Error | null) => void

/** The longest pause between two tries, in milliseconds; a terminal that is being read again has lost no more than that. */
const longestMs = 50

/** The terminal once more, by a descriptor that never blocks; `undefined` where the system does not open it anew. */
const reopened = (descriptor: number): number | undefined => {
  if (process.platform !== "linux") return undefined
  try {
    return openSync(
      `/proc/self/fd/${descriptor}`,
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY
    )
  } catch {
    // Somebody else's terminal, as under su: it stays as it is.
    return undefined
  }
}

const errorOf = (error: unknown): Error => error instanceof Error ? error : new Error(String(error))

/** Writes all of it, at once as far as the terminal takes it, and the rest as it does. */
const writeAll = (descriptor: number, bytes: Buffer, done: Done, waitMs = 1): void => {
  let offset = 0
  try {
    while (offset < bytes.length) offset += writeSync(descriptor, bytes, offset)
  } catch (error) {
    if (codeOf(error) !== "EAGAIN") return done(errorOf(error))
    // Below a stream of Node's there is no fiber that could wait.
    const rest = bytes.subarray(offset)
    const nextMs = offset > 0 ? 1 : Math.min(2 * waitMs, longestMs)
    setTimeout(() => writeAll(descriptor, rest, done, nextMs), waitMs)
    return
  }
  done()
}

/** One after the other, whichever stream it is of: lines of stdout and stderr do not get into each other. */
const oneByOne = (): (write: (done: () => void) => void) => void => {
  const waiting: Array<(done: () => void) => void> = []
  let writing = false
  const next = (): void => {
    const write = waiting.shift()
    writing = write !== undefined
    write?.(next)
  }
  return (write) => {
    waiting.push(write)
    if (!writing) next()
  }
}

/**
 * Has those of the standard streams that are terminals keep what they can't write at once, as pipes do. How much waits,
 * their `writableLength` says.
 */
export const make = (streams: Readonly<Record<1 | 2, WriteStream>>): void => {
  const enqueue = oneByOne()
  for (const descriptor of [1, 2] as const) {
    const stream = streams[descriptor]
    const own = stream.isTTY ? reopened(descriptor) : undefined
    if (own === undefined) continue
    const write = (chunk: Buffer | string, encoding: BufferEncoding, done: Done): void =>
      enqueue((next) =>
        writeAll(own, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk, (error) => {
          done(error)
          next()
        })
      )
    Object.assign(stream, { _write: write, _writev: null })
  }
}
