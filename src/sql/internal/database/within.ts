/** Bounds for what is asked of a database. */
import { SqlError } from "@effect/sql/SqlError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"

/** How long a statement of a few rows is waited for. */
export const patience = "5 seconds"

/** How long a read of many rows is waited for. */
export const readPatience = "10 seconds"

/** How long something is waited for that goes on where it was the next time, or for which nobody waits. */
export const chorePatience = "1 minute"

const silent = () => new SqlError({ cause: undefined, message: "the database does not answer" })

/**
 * Fails when the database does not answer in time. Of a connection that is cut off nothing may ever be heard, so that it
 * is not waited for; what comes next takes another one.
 */
export const within =
  (duration: Duration.DurationInput) => <A, E, R>(asked: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.timeoutFail(Effect.disconnect(asked), { duration, onTimeout: silent })

/**
 * The same for what must not be interrupted, but for a part of it: an interruption is passed on to that part, and waits for the
 * end, which is told as if nobody had interrupted it.
 */
export const settledWithin =
  (duration: Duration.DurationInput) => <A, E, R>(asked: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.uninterruptible(
      Effect.flatMap(
        Effect.forkDaemon(asked),
        (fiber) =>
          Effect.exit(Effect.interruptible(Effect.timeoutOption(Fiber.await(fiber), duration))).pipe(
            Effect.flatMap(Exit.match({
              onFailure: () => Fiber.interrupt(fiber),
              onSuccess: Option.match({
                onNone: () => Effect.as(Fiber.interruptFork(fiber), Exit.fail(silent())),
                onSome: Effect.succeed<Exit.Exit<A, E | SqlError>>
              })
            })),
            Effect.flatten
          )
      )
    )
