/**
 * The log of what all accounts of a channel do alike: a record each, unless there are floods of them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { monotonicMillis } from "../internal/runtime/clock.ts"
import { logEvents } from "../logEvents.ts"

/**
 * Logs an event with its facts as annotations. The first {@link most} of a kind within {@link intervalMs} are logged at
 * `level`, what comes beyond them at DEBUG, with one record at `level` that sums them up.
 *
 * @since 0.1.0
 * @category models
 */
export interface EventLog {
  readonly log: (
    level: LogLevel.LogLevel,
    event: string,
    facts?: Readonly<Record<string, unknown>>
  ) => Effect.Effect<void>
}

/**
 * How many records of a kind there are within an interval, at most.
 *
 * @since 0.1.0
 * @category constants
 */
export const most = 20

/**
 * The interval, in milliseconds.
 *
 * @since 0.1.0
 * @category constants
 */
export const intervalMs = 10_000

interface Counted {
  readonly level: LogLevel.LogLevel
  readonly since: number
  readonly count: number
}

type All = ReadonlyMap<string, Counted>

/**
 * Counts one more record of an event at a time in milliseconds.
 *
 * @since 0.1.0
 * @category decisions
 */
export const count = (all: All, event: string, level: LogLevel.LogLevel, now: number): readonly [Counted, All] => {
  const before = all.get(event)
  const isOver = before === undefined || (now - before.since >= intervalMs && before.count <= most)
  const counted = isOver ? { level, since: now, count: 1 } : { ...before, count: before.count + 1 }
  return [counted, new Map(all).set(event, counted)]
}

/**
 * Makes the log. What was not summed up yet is, when the scope closes. Nothing runs while there is no flood.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<EventLog, never, Scope.Scope> = Effect.gen(function*() {
  const counts = yield* Ref.make<All>(new Map())
  const scope = yield* Effect.scope
  const sumUp = (event: string) =>
    Ref.modify(counts, (all) => {
      const rest = new Map(all)
      rest.delete(event)
      return [all.get(event), rest] as const
    }).pipe(Effect.flatMap((counted) =>
      counted === undefined || counted.count <= most
        ? Effect.void
        : Effect.annotateLogs(Effect.logWithLevel(counted.level, logEvents.summary), {
          event,
          count: counted.count - most,
          intervalMs,
          module: "stream"
        })
    ))
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Ref.get(counts), (all) => Effect.forEach(all.keys(), sumUp, { discard: true }))
  )
  return {
    log: (level, event, facts = {}) =>
      Effect.gen(function*() {
        const now = yield* monotonicMillis
        const counted = yield* Ref.modify(counts, (all) => count(all, event, level, now))
        yield* Effect.annotateLogs(Effect.logWithLevel(counted.count <= most ? level : LogLevel.Debug, event), facts)
        if (counted.count !== most + 1) return
        const leftMs = Math.max(0, counted.since + intervalMs - now)
        yield* Effect.forkIn(Effect.zipRight(Effect.sleep(leftMs), sumUp(event)), scope)
      })
  }
})
