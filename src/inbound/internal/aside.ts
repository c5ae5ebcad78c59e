/** Handlers that are told of a message which is not handled: what becomes of them is of no consequence to it. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { logEvents } from "../../logEvents.ts"

/** Runs one in a scope of its own, interruptibly, for `boundMs` at most; a failure is logged. */
export const aside = <R>(
  handler: string,
  attributes: Record<string, unknown>,
  boundMs: number | undefined,
  tell: () => Effect.Effect<unknown, unknown, R>
): Effect.Effect<void, never, Exclude<R, Scope.Scope>> => {
  const told = Effect.scoped(Effect.suspend(tell))
  const bounded = boundMs === undefined
    ? Effect.asSome(told)
    : Effect.timeoutOption(told, boundMs)
  const log = (cause: unknown) =>
    Effect.annotateLogs(Effect.logError(logEvents.handlerFailed, cause), { ...attributes, handler })
  return Effect.matchCauseEffect(Effect.interruptible(bounded), {
    onFailure: (cause) => Cause.isInterruptedOnly(cause) ? Effect.interrupt : log(cause),
    onSuccess: (ended) => Option.isNone(ended) ? log(`not done within ${boundMs} ms`) : Effect.void
  })
}
