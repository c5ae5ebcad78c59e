/** A scenario: something that is measured, with the clients that it is measured on. */
import type * as Effect from "effect/Effect"
import type { Plan } from "../harness/plan.ts"
import type { ProcessFailed } from "../harness/Process.ts"
import type { ScenarioResult } from "../report/result.ts"

export interface Scenario {
  /** For `--only`. */
  readonly name: string
  /** Runs only when it is asked for by name. */
  readonly onRequest?: true
  readonly run: (plan: Plan) => Effect.Effect<ScenarioResult, ProcessFailed>
}
