/** What the gate refuses: counted, told one by one at DEBUG, and in summary at INFO. */
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import type * as Scope from "effect/Scope"
import { isLogged } from "../../internal/runtime/logLevels.ts"
import { logEvents } from "../../logEvents.ts"
import * as Metrics from "../../metrics.ts"
import type { Ids } from "../Delivery.ts"
import type * as Gate from "../Gate.ts"
import * as Summary from "./summary.ts"

/** A message that reaches no handler; who sent it is not known of one that says nothing. */
export interface Refusal extends Ids {
  readonly reason: Gate.DropReason | "empty"
  readonly sender?: string
}

export type Refuse = (refusal: Refusal) => Effect.Effect<void>

export const make = (
  account: string,
  start: (effect: Effect.Effect<void>) => void
): Effect.Effect<Refuse, never, Scope.Scope> =>
  Effect.gen(function*() {
    const isTold = yield* isLogged(LogLevel.Debug)
    let reasons: Record<string, number> = {}
    const summary = yield* Summary.make<Refusal>(start, (summed) =>
      Effect.suspend(() => {
        const facts = { summarised: true, reasons, ...summed }
        reasons = {}
        return Effect.annotateLogs(Effect.logInfo(logEvents.refused), facts)
      }))
    return (refusal) =>
      Effect.suspend(() => {
        const { reason } = refusal
        Metrics.ofGated(account, reason).unsafeUpdate(1, [])
        reasons[reason] = (reasons[reason] ?? 0) + 1
        summary.report(refusal)
        return isTold ? Effect.annotateLogs(Effect.logDebug(logEvents.refused), { ...refusal }) : Effect.void
      })
  })
