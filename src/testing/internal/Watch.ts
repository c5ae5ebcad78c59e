/**
 * How fibers wait for what Node's callbacks do. A callback changes what it has to and then calls `changed`; no fiber is
 * ever started from one.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { NeverHappened } from "../Seen.ts"
import { Settings } from "./settings.ts"

/** Real time: the fake is a server, whatever `TestClock` its user runs under. */
const elapsed = (ms: number): Effect.Effect<void> => Effect.withClock(Effect.sleep(ms), Clock.make())

interface Waiting {
  /** Something changed. Cheap while nobody waits. */
  readonly changed: () => void
  /** Waits until `look` finds something, for ever. */
  readonly wait: <A, E, R>(look: Effect.Effect<Option.Option<A>, E, R>) => Effect.Effect<A, E, R>
  /** Waits until `look` finds something; fails after `awaitTimeoutMs` real milliseconds with what `saw` says. */
  readonly until: <A, E, R>(
    waitedFor: string,
    look: Effect.Effect<Option.Option<A>, E, R>,
    saw: () => string
  ) => Effect.Effect<A, E | NeverHappened, R>
}

export class Watch extends Context.Tag("effect-dingtalk/testing/Watch")<Watch, Waiting>() {
  static readonly layer: Layer.Layer<Watch, never, Settings> = Layer.effect(
    Watch,
    Effect.map(Settings, ({ awaitTimeoutMs }): Waiting => {
      let next: Deferred.Deferred<void> | undefined
      // The signal is taken before the look, so that no change in between is missed.
      const signal = Effect.sync(() => next ??= Deferred.unsafeMake<void>(FiberId.none))
      const wait: Waiting["wait"] = (look) =>
        Effect.flatMap(signal, (changed) =>
          Effect.flatMap(
            look,
            Option.match({
              onSome: (found) => Effect.succeed(found),
              onNone: () => Effect.zipRight(Deferred.await(changed), wait(look))
            })
          ))
      return {
        changed: () => {
          const waiting = next
          next = undefined
          if (waiting !== undefined) Deferred.unsafeDone(waiting, Exit.void)
        },
        wait,
        // `interruptible` inside: in a finalizer, whoever loses a race could not be interrupted and would be waited for.
        until: (waitedFor, look, saw) =>
          Effect.raceFirst(
            Effect.interruptible(wait(look)),
            Effect.flatMap(
              Effect.interruptible(elapsed(awaitTimeoutMs)),
              () =>
                Effect.suspend(() =>
                  Effect.fail(new NeverHappened({ waitedFor, waitedMs: awaitTimeoutMs, saw: saw() }))
                )
            )
          )
      }
    })
  )
}
