/** Letting the event loop go on: sockets are read, and acknowledgements leave, between two turns. */
import * as Effect from "effect/Effect"

/** A turn of the event loop. Effect's own `yieldNow` lets other fibers run, but no socket. */
export const turn: Effect.Effect<void> = Effect.async((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})
