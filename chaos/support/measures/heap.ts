/** How much is really in use: for programs that run with `--expose-gc`. */
import * as Effect from "effect/Effect"

const iteration = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** The heap and what hangs on it outside (buffers), in bytes, once everything that can be collected is. */
export const inUse: Effect.Effect<number> = Effect.gen(function*() {
  for (let time = 0; time < 4; time++) {
    globalThis.gc?.()
    // Finalisation registries and weak references need iterations of the event loop between collections.
    yield* iteration
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
})

export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
