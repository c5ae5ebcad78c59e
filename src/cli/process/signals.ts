/** The signals, from the first moment on. Without imports: whatever is loaded before it is a time without it. */

const numberOf = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

type Ending = keyof typeof numberOf

export interface Signals {
  /** What the first signal that stops does from now on. */
  readonly onStop: (stop: () => void) => void
  /** From now on SIGHUP does this, too, instead of stopping, until a stop has begun. Gives how to have it do so no more. */
  readonly onHangup: (hangup: () => void) => () => void
}

/** Nothing: but whoever listens to SIGUSR1 keeps Node from opening its inspector on it. */
export const ignored = (): void => {}

/**
 * The first SIGTERM, SIGINT or SIGHUP stops in good order, once there is something to stop; the second one at once, as
 * SIGQUIT does. A program that reads its configuration anew on SIGHUP says so.
 */
export const listen = (stopNow: () => void): Signals => {
  let stop = stopNow
  const hangups = new Set<() => void>()
  let isHangupRequest = false
  let stopping = false
  const onSignal = (signal: Ending) => {
    if (signal === "SIGHUP" && isHangupRequest) {
      if (!stopping) { for (const hangup of hangups) hangup() }
      return
    }
    if (stopping || signal === "SIGQUIT") process.exit(128 + numberOf[signal])
    stopping = true
    stop()
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) process.on(signal, onSignal)
  process.on("SIGUSR1", ignored)
  return {
    onStop: (next) => {
      stop = next
    },
    onHangup: (hangup) => {
      isHangupRequest = true
      hangups.add(hangup)
      return () => {
        hangups.delete(hangup)
      }
    }
  }
}
