/**
 * Finds half-open sockets: one ticker for all connections of the process, so that a thousand idle accounts cost one
 * timer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { monotonicMillis } from "../internal/runtime/clock.ts"
import { releasing } from "../internal/runtime/releasing.ts"
import { StreamTiming } from "./StreamTiming.ts"
import type { Connection } from "./Transport.ts"

/**
 * A connection under watch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Watched {
  /** To be called, synchronously, for everything that the other side says by itself. */
  readonly heard: () => void
  /** To be called, synchronously, for a pong. */
  readonly answered: () => void
  /** Attaches the connection once it is up; the watch begins. */
  readonly attach: (connection: Connection) => void
}

/**
 * The shared ticker.
 *
 * @since 0.1.0
 * @category tags
 */
export class Heartbeat extends Context.Tag("effect-dingtalk/stream/Heartbeat")<Heartbeat, {
  /** `onLost` is called, synchronously and once, when nothing was heard for a whole interval after a ping. */
  readonly watch: (onLost: (connection: Connection) => void) => Effect.Effect<Watched, never, Scope.Scope>
}>() {}

/**
 * What one tick does with a connection.
 *
 * A connection that spoke since the last tick needs no ping: DingTalk asks for a sign of life itself, and the pings of a
 * thousand idle accounts would cost as much CPU as all else that they do.
 *
 * A tick that comes late says nothing about the peer: the process was suspended or its event loop blocked, and the
 * pong may be waiting unread. Then the connection gets a new ping and a new deadline.
 *
 * @since 0.1.0
 * @category decisions
 */
export const judge = (
  { pingUnanswered, spoke, tickWasLate }: {
    readonly pingUnanswered: boolean
    readonly spoke: boolean
    readonly tickWasLate: boolean
  }
): "lost" | "ping" | "fine" => {
  if (pingUnanswered) return tickWasLate ? "ping" : "lost"
  return spoke ? "fine" : "ping"
}

interface Entry {
  connection: Connection | undefined
  pingUnanswered: boolean
  spoke: boolean
  readonly onLost: (connection: Connection) => void
}

/**
 * Makes the ticker; it lives as long as the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Heartbeat["Type"], never, Scope.Scope> = Effect.gen(function*() {
  const { pingIntervalMs } = yield* StreamTiming
  const entries = new Set<Entry>()
  let last = yield* monotonicMillis

  const tick = Effect.map(monotonicMillis, (now) => {
    const late = now - last > pingIntervalMs * 1.25
    last = now
    for (const entry of entries) {
      if (entry.connection === undefined) continue
      const { pingUnanswered, spoke } = entry
      const verdict = judge({ pingUnanswered, spoke, tickWasLate: late })
      entry.spoke = false
      if (verdict === "lost") {
        entries.delete(entry)
        entry.onLost(entry.connection)
      } else if (verdict === "ping") {
        entry.pingUnanswered = true
        entry.connection.ping()
      }
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.zipRight(Effect.sleep(pingIntervalMs), tick)))

  return {
    watch: (onLost) =>
      Effect.map(
        releasing(
          Effect.sync((): Entry => {
            const entry: Entry = { connection: undefined, pingUnanswered: false, spoke: false, onLost }
            entries.add(entry)
            return entry
          }),
          (entry) => Effect.sync(() => entries.delete(entry))
        ),
        (entry): Watched => ({
          heard: () => {
            entry.pingUnanswered = false
            entry.spoke = true
          },
          answered: () => {
            entry.pingUnanswered = false
          },
          attach: (connection) => {
            entry.connection = connection
          }
        })
      )
  }
})

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Heartbeat> = Layer.scoped(Heartbeat, make)
