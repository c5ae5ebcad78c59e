/** SIGINT and SIGTERM, from the first moment on. Without imports: whatever is loaded before it is a time without it. */

const numberOf = { SIGINT: 2, SIGTERM: 15 } as const

export interface Signals {
  /** What the first signal does from now on. */
  readonly onFirst: (stop: () => void) => void
}

/** The first signal stops in good order, once there is something to stop; the second one at once. */
export const listen = (stopNow: () => void): Signals => {
  let stop = stopNow
  let stopping = false
  const onSignal = (signal: keyof typeof numberOf) => {
    if (stopping) process.exit(128 + numberOf[signal])
    stopping = true
    stop()
  }
  process.on("SIGINT", onSignal)
  process.on("SIGTERM", onSignal)
  return {
    onFirst: (next) => {
      stop = next
    }
  }
}
