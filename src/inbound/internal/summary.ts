import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Ids } from "../Delivery.ts"

/** Time between two records of a summary, in milliseconds. */
export const intervalMs = 10_000

const whileAny = Schedule.spaced(intervalMs).pipe(Schedule.whileInput((wasAny: boolean) => wasAny))

/** How many of an interval are told in full, and of how many more the id alone. */
export const most = { inFull: 20, byId: 200 } as const

/** What happened in an interval: each with what names it, and what else is to be said of it. */
export interface Summed<A extends Ids> {
  readonly count: number
  /** The first of them. */
  readonly deliveries: ReadonlyArray<A>
  /** The ids of more; there is none for what is not known to have one. */
  readonly ids?: ReadonlyArray<string>
}

export interface Summary<A extends Ids> {
  /** Counts one more; synchronous and cheap. */
  readonly report: (detail: A) => void
}

/** Sums up a number of things at once. */
export const sumUp = <A extends Ids>(details: ReadonlyArray<A>, count: number = details.length): Summed<A> => {
  const ids = details.slice(most.inFull, most.inFull + most.byId).map(({ frame, messageId }) => messageId ?? frame)
  const summed = { count, deliveries: details.slice(0, most.inFull) }
  return ids.length === 0 ? summed : { ...summed, ids }
}

/**
 * Sums up what happens too often for a log record each. `log` is run at the first happening, then at most every
 * {@link intervalMs} while it goes on, and at the end for what was not logged yet. Nothing runs while nothing happens.
 */
export const make = <A extends Ids>(
  start: (effect: Effect.Effect<void>) => void,
  log: (summed: Summed<A>) => Effect.Effect<void>
): Effect.Effect<Summary<A>, never, Scope.Scope> =>
  Effect.gen(function*() {
    let kept: Array<A> = []
    let count = 0
    let isWatched = false
    /** Tells of the rest; gives whether there was any. */
    const tell = Effect.suspend(() => {
      isWatched = count > 0
      if (count === 0) return Effect.succeed(false)
      const summed = sumUp(kept, count)
      kept = []
      count = 0
      return Effect.as(log(summed), true)
    })
    const watch = Effect.asVoid(Effect.repeat(tell, whileAny))
    yield* Effect.addFinalizer(() => tell)
    return {
      report: (detail) => {
        count += 1
        if (kept.length < most.inFull + most.byId) kept.push(detail)
        if (isWatched) return
        isWatched = true
        start(watch)
      }
    }
  })
