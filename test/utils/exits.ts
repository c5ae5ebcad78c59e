import * as Exit from "effect/Exit"

/** What an effect gave; throws if it did not. */
export const valueOf = <A, E>(exit: Exit.Exit<A, E>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  throw new Error(`expected a success: ${exit}`)
}

/** The error that an effect failed with; throws if it did not, or otherwise. */
export const failureOf = <A, E>(exit: Exit.Exit<A, E>): E => {
  if (Exit.isFailure(exit) && exit.cause._tag === "Fail") return exit.cause.error
  throw new Error(`expected a failure: ${exit}`)
}
