/**
 * An account's connection as a singleton of the cluster: one runner has it.
 *
 * @since 0.1.0
 */
import type { Sharding } from "@effect/cluster/Sharding"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { Chosen } from "../accounts/Leadership.ts"

/**
 * Elects by where the cluster puts a singleton of the account's name.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (sharding: Context.Tag.Service<Sharding>): Chosen => ({
  elect: <E, R>(
    account: string,
    connection: Effect.Effect<never, E, R>,
    onChange: (isChosen: boolean) => Effect.Effect<void>
  ) =>
    Effect.gen(function*() {
      const failed = yield* Deferred.make<never, E>()
      // A singleton runs in a fiber of the cluster's, which says nothing of the account.
      const annotations = yield* FiberRef.get(FiberRef.currentLogAnnotations)
      const held = Effect.scoped(Effect.zipRight(onChange(true), connection)).pipe(
        Effect.ensuring(onChange(false)),
        Effect.catchAllCause((cause) =>
          Cause.isInterruptedOnly(cause) ? Effect.interrupt : Deferred.failCause(failed, cause)
        ),
        Effect.locally(FiberRef.currentLogAnnotations, annotations)
      )
      yield* onChange(false)
      yield* sharding.registerSingleton(`effect-dingtalk/${account}`, held)
      return Deferred.await(failed)
    })
})
