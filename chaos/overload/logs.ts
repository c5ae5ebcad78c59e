/** A logger that only counts, by event. */
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

export interface Counts {
  readonly of: (event: string) => number
  readonly matching: (pattern: RegExp) => ReadonlyArray<string>
  readonly layer: Layer.Layer<never>
}

export const make = (): Counts => {
  const counts = new Map<string, number>()
  const logger = Logger.make(({ message }) => {
    const event = Array.isArray(message) ? String(message[0]) : String(message)
    counts.set(event, (counts.get(event) ?? 0) + 1)
  })
  return {
    of: (event) => counts.get(event) ?? 0,
    matching: (pattern) => [...counts.keys()].filter((event) => pattern.test(event)),
    layer: Logger.replace(Logger.defaultLogger, logger)
  }
}
