/**
 * What is done one after the other, in lanes beside each other.
 *
 * Not a semaphore for each lane in an `RcMap`: a place there is taken after the wait for its making, by whoever comes to it
 * first ("are in the order in which places were taken, …" in test/cli/exec/lanes.test.ts).
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** Takes a place in a lane, at once; what it gives runs the task when those before it have ended. */
export type Lanes = <A, E, R>(lane: string, task: Effect.Effect<A, E, R>) => Effect.Effect<Effect.Effect<A, E, R>>

export const make: Effect.Effect<Lanes> = Effect.sync(() => {
  const lanes = new Map<string, Deferred.Deferred<void>>()
  return (lane, task) =>
    Effect.gen(function*() {
      const before = lanes.get(lane)
      const done = yield* Deferred.make<void>()
      lanes.set(lane, done)
      return Effect.zipRight(before === undefined ? Effect.void : Deferred.await(before), task).pipe(
        Effect.ensuring(Effect.suspend(() => {
          if (lanes.get(lane) === done) lanes.delete(lane)
          return Deferred.succeed(done, undefined)
        }))
      )
    })
})
