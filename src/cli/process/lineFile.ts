/** Lines at the end of a file: whole ones, whatever happened to the last one. */
import { closeSync, fstatSync, ftruncate, openSync, readSync, write } from "node:fs"
import { isatty } from "node:tty"

type Done = (error: Error | null | undefined) => void

const newline = 0x0a

/** Whether a descriptor is that of a file, or of a device that is no terminal. */
export const isFile = (descriptor: number): boolean => {
  try {
    const stat = fstatSync(descriptor)
    return stat.isFile() || (stat.isCharacterDevice() && !isatty(descriptor))
  } catch {
    return false
  }
}

const sizeOf = (descriptor: number): number | undefined => {
  const stat = fstatSync(descriptor)
  return stat.isFile() ? stat.size : undefined
}

/** Whether a file ends within a line: whoever wrote it was ended. A descriptor that only writes is opened once more. */
const isTorn = (descriptor: number): boolean => {
  const size = sizeOf(descriptor)
  if (size === undefined || size === 0) return false
  try {
    const reading = openSync(`/dev/fd/${descriptor}`, "r")
    try {
      const last = Buffer.alloc(1)
      return readSync(reading, last, 0, 1, size - 1) === 1 && last[0] !== newline
    } finally {
      closeSync(reading)
    }
  } catch {
    // Nothing can be known of it.
    return false
  }
}

/** Writes all of it, however often the system takes only a part. */
const writeAll = (descriptor: number, bytes: Buffer, done: (error: Error | null, written: number) => void): void => {
  const from = (offset: number): void =>
    write(descriptor, bytes, offset, bytes.length - offset, null, (error, count) => {
      if (error !== null) return done(error, offset)
      if (offset + count >= bytes.length) return done(null, bytes.length)
      from(offset + count)
    })
  from(0)
}

/** Takes a part of a line off the end of a file, unless somebody has written behind it. */
const takeBack = (descriptor: number, before: number | undefined, written: number, done: () => void): void => {
  if (before === undefined || written === 0 || sizeOf(descriptor) !== before + written) return done()
  ftruncate(descriptor, before, () => done())
}

/**
 * A way to add lines, one after the other. Of a line that does not fit nothing stays behind; behind one that somebody
 * else has torn, a new one begins.
 */
export const make = (descriptor: number): (bytes: Buffer, done: Done) => void => {
  const waiting: Array<{ readonly bytes: Buffer; readonly done: Done }> = []
  let writing = false
  let isFirst = true
  const next = (): void => {
    const line = waiting.shift()
    writing = line !== undefined
    if (line === undefined) return
    const bytes = isFirst && isTorn(descriptor) ? Buffer.concat([Buffer.of(newline), line.bytes]) : line.bytes
    isFirst = false
    const before = sizeOf(descriptor)
    writeAll(descriptor, bytes, (error, written) => {
      const finish = (): void => {
        line.done(error)
        next()
      }
      if (error === null) finish()
      else takeBack(descriptor, before, written, finish)
    })
  }
  return (bytes, done) => {
    waiting.push({ bytes, done })
    if (!writing) next()
  }
}
