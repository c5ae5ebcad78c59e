/** Letting the event loop go on: sockets are read, and acknowledgements leave, between two iterations. */
import * as Effect from "effect/Effect"

/** An iteration of the event loop. Effect's own `yieldNow` lets other fibers run, but no socket. */
export const iteration: Effect.Effect<void> = Effect.async((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})
