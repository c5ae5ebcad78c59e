import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"

/** Starts a fiber from a callback. Once the scope is closed, nothing starts any more. */
export type Start<R> = (effect: Effect.Effect<void, never, R>, scheduler?: Runtime.RunForkOptions["scheduler"]) => void

/**
 * The socket boundary: the one way in which a callback of an account starts a fiber. The fibers belong to the scope,
 * whose close interrupts them. They never start at once: a callback must get through to its acknowledgements first.
 */
export const make = <R>(): Effect.Effect<Start<R>, never, R | Scope.Scope> =>
  Effect.gen(function*() {
    const fibers = yield* FiberSet.make<void>()
    const run = yield* FiberSet.runtime(fibers)<R>()
    return (effect, scheduler) => {
      run(effect, scheduler === undefined ? { immediate: false } : { immediate: false, scheduler })
    }
  })
