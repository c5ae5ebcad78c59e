/** A bound for what is asked of a database. */
import { SqlError } from "@effect/sql/SqlError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** How long a statement of a few rows is waited for. */
export const patience = "5 seconds"

/**
 * Fails when the database does not answer in time. Of a connection that is cut off nothing may ever be heard, so that it
 * is not waited for; what comes next takes another one.
 */
export const within =
  (duration: Duration.DurationInput) => <A, E, R>(asked: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    asked.pipe(
      Effect.disconnect,
      Effect.timeoutFail({
        duration,
        onTimeout: () => new SqlError({ cause: undefined, message: "the database does not answer" })
      })
    )
