/**
 * SIGHUP as a request to read the configuration anew.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Signals } from "./signals.ts"

/**
 * @since 0.1.0
 * @category tags
 */
export class Hangup extends Context.Tag("effect-dingtalk/cli/process/Hangup")<Hangup, {
  /** An element for each request; several that come while one is being met are one. */
  readonly requests: Stream.Stream<void>
}>() {}

/**
 * The process's own. With `isTerminal`, SIGHUP means that the terminal has gone, and stops: there are no requests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (signals: Signals, isTerminal: boolean): Layer.Layer<Hangup> =>
  Layer.succeed(Hangup, {
    requests: isTerminal ? Stream.never : Stream.asyncPush<void>(
      (emit) =>
        Effect.acquireRelease(
          Effect.sync(() => signals.onHangup(() => emit.single())),
          (forget) => Effect.sync(forget)
        ),
      { bufferSize: 1, strategy: "sliding" }
    )
  })
