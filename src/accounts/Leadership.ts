/**
 * Which of several processes holds an account's connection: this one alone, which is what happens without a `Leadership`,
 * or the one that a cluster chooses.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * @since 0.1.0
 * @category models
 */
export interface Chosen {
  /**
   * Puts an account's connection up for election until the scope closes. What comes back runs it while this process is the
   * one that is chosen, as often as it is, and fails as it fails. `onChange` is told, first with false, whether it is.
   */
  readonly elect: <E, R>(
    account: string,
    connection: Effect.Effect<never, E, R | Scope.Scope>,
    onChange: (isChosen: boolean) => Effect.Effect<void>
  ) => Effect.Effect<Effect.Effect<never, E>, never, Exclude<R, Scope.Scope> | Scope.Scope>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Leadership extends Context.Tag("effect-dingtalk/accounts/Leadership")<Leadership, Chosen>() {}
