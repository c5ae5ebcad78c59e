/** What must be released at the end of a scope that lives long. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/** By itself, so that it keeps nothing but these two. */
const end = <A>(release: (value: A) => Effect.Effect<unknown>, value: A) => Effect.suspend(() => release(value))

/**
 * `Effect.acquireRelease` that keeps nothing of the fiber which acquires, for what each of thousands of accounts has: what
 * releases runs with the fiber refs of whoever closes the scope.
 */
export const releasing = <A, E, R>(
  acquire: Effect.Effect<A, E, R>,
  release: (value: A) => Effect.Effect<unknown>
): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.uninterruptible(
    Effect.flatMap(
      Effect.scope,
      (scope) => Effect.tap(acquire, (value) => Scope.addFinalizer(scope, end(release, value)))
    )
  )
