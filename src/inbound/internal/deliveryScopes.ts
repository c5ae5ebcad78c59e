/**
 * A scope for each delivery whose handler asks for one. Most don't, and to make a scope and put it into the context takes
 * longer than all else that is done about a delivery: so a scope that nobody touched serves the next one.
 *
 * Not `Effect.scoped`: that one takes three times as many steps, and leaves to a delivery what the one before did to the
 * fiber refs ("takes less than half of the steps of Effect.scoped …" and "Effect.scoped has a delivery begin with …" in
 * test/inbound/internal/deliveryScopes.test.ts).
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import type * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import { CurrentHandler, type Underway } from "../../internal/handler/CurrentHandler.ts"

/** What follows when a delivery is over, and its scope closed. */
export interface Ends<A, E, B, E2> {
  readonly onSuccess: (value: A) => Effect.Effect<B, E2>
  readonly onFailure: (cause: Cause.Cause<E>) => Effect.Effect<B, E2>
}

/**
 * `Effect.scoped`, and `Effect.matchCauseEffect` behind it, for a fiber that does one thing after the other: it does not
 * bring back the fiber refs that were there before, but begins with the same ones each time, whatever was done to them,
 * and with the handler at hand. To be run uninterruptibly; the effect itself can be interrupted.
 */
export type Scoped = <A, E, R, B, E2>(
  current: Underway,
  effect: Effect.Effect<A, E, R>,
  ends: Ends<A, E, B, E2>
) => Effect.Effect<B, E2, Exclude<R, Scope.Scope>>

interface Room {
  readonly scope: Scope.CloseableScope
  readonly isTouched: () => boolean
  readonly refs: FiberRefs.FiberRefs
}

/** The scope, and whether anything was asked of it. */
const watched = (scope: Scope.Scope) => {
  let isTouched = false
  const get = (target: Scope.Scope, name: string | symbol): unknown => {
    isTouched = true
    return Reflect.get(target, name)
  }
  return { scope: new Proxy(scope, { get }), isTouched: () => isTouched }
}

/** Whether there is nothing left of an effect but how it ended. */
const isOver = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** The one place that says to the type checker what it does to enter a room. */
const provided = <A, E, R>(effect: Effect.Effect<A, E, R>) => effect as Effect.Effect<A, E, Exclude<R, Scope.Scope>>

/**
 * Makes it for fibers on this scheduler, with the fiber refs and the context of the fiber that makes it. A scope that is
 * kept by somebody and used for the first time when its delivery is over ends with a later one, or with the scope around.
 */
export const make = (scheduler: Scheduler.Scheduler): Effect.Effect<Scoped, never, Scope.Scope> =>
  Effect.gen(function*() {
    const refs = FiberRefs.updateAs(yield* Effect.getFiberRefs, {
      fiberId: FiberId.none,
      fiberRef: FiberRef.currentScheduler,
      value: scheduler
    })
    const context = FiberRefs.getOrDefault(refs, FiberRef.currentContext)
    const spare: Array<Room> = []
    yield* Effect.addFinalizer((exit) =>
      Effect.forEach(spare, ({ scope }) => Scope.close(scope, exit), { discard: true })
    )

    const roomOf = (made: Scope.CloseableScope): Room => {
      const { isTouched, scope } = watched(made)
      const value = Context.add(context, Scope.Scope, scope)
      return {
        scope: made,
        isTouched,
        refs: FiberRefs.updateAs(refs, { fiberId: FiberId.none, fiberRef: FiberRef.currentContext, value })
      }
    }
    const enter = ({ refs }: Room, current: Underway) =>
      Effect.updateFiberRefs((_, before) => {
        const entered = FiberRefs.updateAs(refs, { fiberId: FiberId.none, fiberRef: CurrentHandler, value: current })
        // An interruption that came in the meantime is kept in a fiber ref, too.
        const value = FiberRefs.getOrDefault(before, FiberRef.interruptedCause)
        return Cause.isEmpty(value)
          ? entered
          : FiberRefs.updateAs(entered, { fiberId: FiberId.none, fiberRef: FiberRef.interruptedCause, value })
      })
    const within = <A, E, R, B, E2>(
      room: Room,
      current: Underway,
      effect: Effect.Effect<A, E, R>,
      { onFailure, onSuccess }: Ends<A, E, B, E2>
    ) => {
      const leave = (exit: Exit.Exit<A, E>) =>
        Effect.matchCauseEffect(Effect.zipRight(Scope.close(room.scope, exit), exit), { onFailure, onSuccess })
      return Effect.matchCauseEffect(Effect.zipRight(enter(room, current), Effect.interruptible(provided(effect))), {
        onSuccess: (value) => {
          if (room.isTouched()) return leave(Exit.succeed(value))
          spare.push(room)
          return onSuccess(value)
        },
        onFailure: (cause) => {
          if (room.isTouched()) return leave(Exit.failCause(cause))
          spare.push(room)
          return onFailure(cause)
        }
      })
    }
    return (current, effect, ends) => {
      // A handler that ignores its message, as most do in a busy group, leaves nothing to run.
      if (isOver(effect)) return Exit.match(effect, ends)
      const room = spare.pop()
      return room === undefined
        ? Effect.flatMap(Scope.make(), (made) => within(roomOf(made), current, effect, ends))
        : within(room, current, effect, ends)
    }
  })
