/** Timers of Node's own that end with the fake and keep no process alive. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export class Timers extends Context.Tag("effect-dingtalk/testing/Timers")<Timers, {
  /** Runs `act` after `ms` milliseconds. Answers how to call it off. */
  readonly after: (ms: number, act: () => void) => () => void
  readonly every: (ms: number, act: () => void) => void
}>() {
  static readonly layer: Layer.Layer<Timers> = Layer.scoped(
    Timers,
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Set<NodeJS.Timeout>()),
        (handles) => Effect.sync(() => handles.forEach((handle) => clearTimeout(handle)))
      ),
      (handles) => {
        const keep = (handle: NodeJS.Timeout) => {
          handle.unref()
          handles.add(handle)
        }
        return {
          after: (ms, act) => {
            const handle = setTimeout(() => {
              handles.delete(handle)
              act()
            }, ms)
            keep(handle)
            return () => {
              clearTimeout(handle)
              handles.delete(handle)
            }
          },
          every: (ms, act) => keep(setInterval(act, ms))
        }
      }
    )
  )
}
