import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

/** Made apart from its caller, so that it holds on to nothing else of it. */
const releasing = <A>(release: (a: A) => Effect.Effect<void>, a: A) => () => release(a)

/**
 * `Effect.acquireRelease`, but the release runs with the fiber refs of whoever closes the scope. To keep the acquirer's
 * would cost each of a thousand idle accounts a copy of all fiber refs per resource, half a kilobyte.
 */
export const acquireRelease = <A, E, R>(
  acquire: Effect.Effect<A, E, R>,
  release: (a: A) => Effect.Effect<void>
): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) =>
    Effect.uninterruptible(
      Effect.tap(acquire, (a) => Scope.addFinalizerExit(scope, releasing(release, a)))
    ))

/** `Effect.addFinalizer`, with the same difference. */
export const addFinalizer = (finalizer: Effect.Effect<void>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) => Scope.addFinalizer(scope, finalizer))
