import * as Effect from "effect/Effect"

/** An iteration of the event loop: all that is ready to run, runs. */
const iteration = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Lets everything run until it waits for a clock, a socket or another fiber. */
export const settle = Effect.repeatN(iteration, 50)
