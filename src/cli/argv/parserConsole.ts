/** The console of the parser, whose own help and errors are not shown: ours say more. Questions are asked elsewhere. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** Runs an effect without what it prints by `Console.log` and `Console.error`. */
export const quiet = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    Console.consoleWith(Effect.succeed),
    (console) => Effect.withConsole(self, { ...console, log: () => Effect.void, error: () => Effect.void })
  )
