/** Which records somebody wants: what they say is not put together for nobody. */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as LogLevel from "effect/LogLevel"

/** Whether records of a level are logged here. */
export const isLogged = (level: LogLevel.LogLevel): Effect.Effect<boolean> =>
  FiberRef.getWith(
    FiberRef.currentMinimumLogLevel,
    (least) => Effect.succeed(LogLevel.greaterThanEqual(level, least))
  )
