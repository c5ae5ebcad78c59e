/** The one way to stderr: whole lines, and never a reason to wait or to grow. */
import * as Effect from "effect/Effect"
import * as StatusLine from "../terminal/statusLine.ts"

/** Bytes that may wait for a reader that does not read; what comes beyond is left out, and said to be. */
const maxWaiting = 1024 * 1024

/** A way to write lines for which a reader that is gone, or does not read, holds nobody up. */
export const makeWriter = (): (line: string) => void => {
  let missed = 0
  return (line) => {
    if (process.stderr.writableLength > maxWaiting) {
      missed += 1
      return
    }
    const note = missed === 0 ? "" : `(${missed} lines were left out: nobody read them)\n`
    missed = 0
    process.stderr.write(`${StatusLine.before()}${note}${line}\n`)
  }
}

/** Writes one line. */
export const line = (text: string): Effect.Effect<void> => Effect.sync(() => makeWriter()(text))
