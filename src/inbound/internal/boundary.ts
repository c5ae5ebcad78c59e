import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"

/** Starts a fiber from a callback. Once all were interrupted, nothing starts any more. */
export type Start<R> = (effect: Effect.Effect<void, never, R>, scheduler?: Runtime.RunForkOptions["scheduler"]) => void

export interface Boundary<R> {
  readonly start: Start<R>
  /** Interrupts the fibers that have not ended, and waits for their ends. */
  readonly interruptAll: Effect.Effect<void>
}

/**
 * The socket boundary: the one way in which a callback of an account starts a fiber. They never start at once: a callback
 * must get through to its acknowledgements first.
 *
 * It is what `FiberSet.runtime` gives, but made synchronously, by the first callback: an idle account has none.
 */
export const unsafeMake = <R>(runtime: Runtime.Runtime<R>): Boundary<R> => {
  const fibers = new Set<Fiber.RuntimeFiber<void>>()
  let isClosed = false
  return {
    start: (effect, scheduler) => {
      if (isClosed) return
      const fiber = Runtime.runFork(
        runtime,
        effect,
        scheduler === undefined ? { immediate: false } : { immediate: false, scheduler }
      )
      fibers.add(fiber)
      fiber.addObserver(() => {
        fibers.delete(fiber)
      })
    },
    interruptAll: Effect.suspend(() => {
      isClosed = true
      return Fiber.interruptAll(fibers)
    })
  }
}
