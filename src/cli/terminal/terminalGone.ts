/** What a terminal that goes away leaves behind. */
import { closeSync } from "node:fs"
import { isatty } from "node:tty"

/** Those of the standard streams that are terminals now: one that has gone says no more that it was one. */
export const terminals = (): ReadonlyArray<number> => [0, 1, 2].filter((descriptor) => isatty(descriptor))

/** At its end, Node resets terminals, and aborts where that can't be done: what is closed is not reset. */
export const closeAtExit = (descriptors: ReadonlyArray<number>): void => {
  process.on("exit", () => {
    for (const descriptor of descriptors) {
      if (isatty(descriptor)) continue
      try {
        closeSync(descriptor)
      } catch {
        // Closed by somebody else.
      }
    }
  })
}
