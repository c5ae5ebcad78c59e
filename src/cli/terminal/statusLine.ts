/** A line on a terminal's stderr that shows the state of things and gives way to whatever else is written there. */
import * as Effect from "effect/Effect"
import * as Terminal from "./terminal.ts"

const eraseLine = "\u001b[K"

/** The cursor waits at the line's beginning: what is written next takes the line's place. */
const write = (text: string): void => {
  process.stderr.write(`${eraseLine}${text}\r`)
}

/** Shows a text of at most so many columns; nothing where there is no terminal. */
export const show = (text: (columns: number) => string): Effect.Effect<void> =>
  Effect.sync(() => {
    // On a terminal that is paused, the next one will do.
    if (Terminal.canRedraw() && process.stderr.writableLength === 0) {
      write(text(Terminal.stderrColumns() - 1))
    }
  })

/** Takes the line away. */
export const clear: Effect.Effect<void> = Effect.sync(() => {
  if (Terminal.canRedraw()) write("")
})

/** What has to stand before a line that is to be read undisturbed. */
export const before = (): string => Terminal.canRedraw() ? eraseLine : ""
