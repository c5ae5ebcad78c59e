/** The signals, from the first moment on. Without imports: whatever is loaded before it is a time without it. */

const numberOf = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

type Ending = keyof typeof numberOf

export interface Signals {
  /** What the first signal that stops does from now on. */
  readonly onStop: (stop: () => void) => void
  /** What SIGHUP does from now on, where no terminal went away. */
  readonly onReload: (reload: () => void) => void
}

/** Nothing: but whoever listens to SIGUSR1 keeps Node from opening its inspector on it. */
const ignored = (): void => {}

/**
 * The first SIGTERM, SIGINT or SIGHUP stops in good order, once there is something to stop; the second one at once, as
 * SIGQUIT does. SIGHUP that does not tell of a terminal's end means a reload where there is something to reload.
 */
export const listen = (stopNow: () => void, hasTerminal: () => boolean): Signals => {
  let stop = stopNow
  let reload: (() => void) | undefined
  let stopping = false
  const onSignal = (signal: Ending) => {
    if (stopping || signal === "SIGQUIT") process.exit(128 + numberOf[signal])
    if (signal === "SIGHUP" && reload !== undefined && !hasTerminal()) return reload()
    stopping = true
    stop()
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) process.on(signal, onSignal)
  process.on("SIGUSR1", ignored)
  return {
    onStop: (next) => {
      stop = next
    },
    onReload: (next) => {
      reload = next
    }
  }
}
