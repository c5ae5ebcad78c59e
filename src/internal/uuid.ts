import * as Effect from "effect/Effect"

/** An id that nobody else has. */
export const uuid: Effect.Effect<string> = Effect.sync(() => globalThis.crypto.randomUUID())
