/** Counts the fibers that are alive. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Supervisor from "effect/Supervisor"

export interface FiberCount {
  readonly alive: () => number
  /** Fibers that are started under it count. */
  readonly layer: Layer.Layer<never>
}

export const make = (): FiberCount => {
  let alive = 0
  class Counting extends Supervisor.AbstractSupervisor<number> {
    override get value() {
      return Effect.sync(() => alive)
    }
    override onStart() {
      alive += 1
    }
    override onEnd() {
      alive -= 1
    }
  }
  return { alive: () => alive, layer: Supervisor.addSupervisor(new Counting()) }
}
